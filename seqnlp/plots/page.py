"""The frame of every HTML page that seqnlp writes: it needs nothing else, no network and no script."""

from __future__ import annotations

from html import escape

# Colours from the palette of Okabe and Ito, which people with colour-blindness can tell apart, by day and by night.
_STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --page: #ffffff; --faint: #e3e3e3; --soft: #5c5c5c;
        --first: #0072b2; --second: #d55e00; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececec; --page: #16181b; --faint: #34383d; --soft: #a9aeb4; --first: #56b4e9; --second: #e69f00; }
}
body { margin: 2rem auto; max-width: 62rem; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif;
       color: var(--ink); background: var(--page); }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; } p { color: var(--soft); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; }
"""


def html_page(title: str, style: str, body: str) -> str:
    """A whole page.

    Args:
        title: plain text.
        style: CSS on top of the frame's.
        body: HTML in which every text from data is escaped already.
    """
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{_STYLE}{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
