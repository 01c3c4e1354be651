"""What the pages of grids share: tables whose columns are named upwards and whose fields are coloured by a number."""

from __future__ import annotations

from html import escape

from seqnlp.report.text import short

STYLE = """
th { font-weight: 400; white-space: nowrap; }
thead th { padding: .3rem 0; vertical-align: bottom; text-align: center; }
thead th span { display: inline-block; vertical-align: bottom; writing-mode: vertical-rl; transform: rotate(180deg); }
tbody th { padding: 0 .6rem 0 0; text-align: right; }
tbody td { position: relative; border: 1px solid var(--faint); }
"""


def column_name(text: str) -> str:
    """The heading of a column, read from below."""
    return f'<th scope="col" title="{escape(text)}"><span dir="auto">{escape(short(text))}</span></th>'


def row_name(text: str) -> str:
    """The heading of a row."""
    return f'<th scope="row" dir="auto" title="{escape(text)}">{escape(short(text))}</th>'
