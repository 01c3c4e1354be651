"""A report as one HTML file that needs nothing else: no network, no script, readable by day and by night."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from seqnlp.metrics.calibration import Calibration
from seqnlp.metrics.report import EvaluationReport
from seqnlp.metrics.svg import reliability_diagram, score_bars
from seqnlp.metrics.tables import Table, headline, tables_of
from seqnlp.plots.page import html_page

_STYLE = """
h2 { font-size: 1.1rem; margin-top: 2.2rem; }
figcaption, dt { color: var(--soft); } figure { margin: 1rem 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1.2rem; } dd { margin: 0; }
dd:first-of-type { font-weight: 700; }
table { font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .9rem .2rem 0; text-align: left; border-bottom: 1px solid var(--faint); }
td { overflow-wrap: anywhere; } th { color: var(--soft); font-weight: 600; }
footer { margin-top: 2.5rem; color: var(--soft); font-size: .85rem; overflow-wrap: anywhere; }
.number { text-align: right; white-space: nowrap; }
svg { max-width: 100%; height: auto; font: 13px system-ui, sans-serif; } svg text { fill: var(--ink); }
.track { fill: var(--faint); } .bar { fill: var(--first); } .frame { fill: none; stroke: var(--soft); }
.ideal { stroke: var(--soft); stroke-dasharray: 5 4; } polyline { fill: none; stroke-width: 1.5; }
.before rect { fill: var(--second); } .before polyline { stroke: var(--second); stroke-dasharray: 2 3; }
.after circle { fill: var(--first); } .after polyline { stroke: var(--first); }
"""


def report_html(report: EvaluationReport, origin: str = "") -> str:
    """The whole page. Every text that comes from data is escaped.

    Args:
        origin: which run was evaluated on what, when and by what; it stands at the end.
    """
    sections = [
        *([figure(score_bars(report.per_label), "F1 of each label, in percent.")] if report.per_label else []),
        *map(table_section, tables_of(report)),
        *([calibration_figure(report.calibration)] if report.calibration else []),
    ]
    size = f"{report.sentences:,} sentences, {report.tokens:,} tokens"
    return page(f"{report.title} on {report.split}", size, headline(report), sections, origin)


def page(title: str, size: str, facts: Sequence[tuple[str, str]], sections: Sequence[str], origin: str = "") -> str:
    """A page of a title, the size of the data, names with values, sections that are HTML already, and its origin."""
    end = [f"<footer>{escape(origin)}</footer>"] if origin else []
    items = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>\n" for name, value in facts)
    body = "\n".join([f"<h1>{escape(title)}</h1>\n<p>{escape(size)}</p>\n<dl>\n{items}</dl>", *sections, *end])
    return html_page(title, _STYLE, body)


def table_section(table: Table) -> str:
    """A table under its heading."""
    head = _row(table, table.names, "th")
    rows = "\n".join(_row(table, row, "td") for row in table.rows)
    return (
        f'<h2>{escape(table.heading)}</h2>\n<div class="scroll"><table>\n'
        f"<thead>{head}</thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>"
    )


def _row(table: Table, cells: list[str] | tuple[str, ...], element: str) -> str:
    marks = [' class="number"' if numeric else "" for numeric in table.numeric]
    inner = "".join(f"<{element}{mark}>{escape(cell)}</{element}>" for cell, mark in zip(cells, marks, strict=True))
    return f"<tr>{inner}</tr>"


def calibration_figure(calibration: Calibration) -> str:
    """The reliability diagram with its caption."""
    caption = (
        "Predictions in ten bins of probability: how often they are right against how sure they are. On the dashed "
        "line probabilities mean what they say. Squares, dotted: at temperature 1. Circles, solid: at temperature "
        f"{calibration.temperature:.3f}. A larger mark stands for more predictions."
    )
    return figure(reliability_diagram(calibration), caption)


def figure(picture: str, caption: str) -> str:
    """A drawing (SVG) and what it shows."""
    return f"<figure>\n{picture}\n<figcaption>{caption}</figcaption>\n</figure>"
