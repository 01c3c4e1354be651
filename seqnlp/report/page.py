"""The HTML pages that seqnlp writes: each is one file that needs nothing else, no network and no script.

What is put into a template is escaped, unless it is marked as HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from seqnlp.report.chart import CHART_STYLE
from seqnlp.report.drawings import Drawing
from seqnlp.report.tables import Table

if TYPE_CHECKING:
    from jinja2 import Environment

_STYLE = """
h2 { font-size: 1.1rem; margin-top: 2.2rem; }
figcaption, dt { color: var(--soft); } figure { margin: 1rem 0; }
dl { display: grid; grid-template-columns: fit-content(40%) 1fr; gap: .1rem 1.2rem; }
dd { margin: 0; overflow-wrap: anywhere; }
dd:first-of-type { font-weight: 700; }
table { font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .9rem .2rem 0; text-align: left; border-bottom: 1px solid var(--faint); }
td { overflow-wrap: break-word; max-width: min(24rem, 40vw); } th { color: var(--soft); font-weight: 600; }
footer { margin-top: 2.5rem; color: var(--soft); font-size: .85rem; overflow-wrap: anywhere; }
.number { text-align: right; } td:is(.number, .name) { white-space: nowrap; } td.sentence { min-width: 12rem; }
.track { fill: var(--faint); } .bar { fill: var(--first); }
.ideal { stroke: var(--soft); stroke-dasharray: 5 4; } polyline { fill: none; stroke-width: 1.5; }
.before rect { fill: var(--second); } .before polyline { stroke: var(--second); stroke-dasharray: 2 3; }
.after circle { fill: var(--first); } .after polyline { stroke: var(--first); }
"""


def html_page(title: str, style: str, body: str) -> str:
    """A whole page.

    Args:
        title: plain text.
        style: CSS on top of the frame's.
        body: HTML in which every text from data is escaped already.
    """
    from markupsafe import Markup

    return _render("page", title=title, style=Markup(style), body=Markup(body))


def report_page(
    title: str, size: str, headline: Sequence[tuple[str, str]], sections: Sequence[Table | Drawing], origin: str = ""
) -> str:
    """A page of a title, the size of the data, names with values, tables and drawings, and what all of it is from."""
    body = _render("report", title=title, size=size, headline=headline, sections=sections, origin=origin)
    return html_page(title, _STYLE + CHART_STYLE, body)


def _render(name: str, **content: Any) -> str:
    return _templates().get_template(f"{name}.html.jinja").render(content)


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("seqnlp.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
