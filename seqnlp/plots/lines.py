"""Pages and pictures of charts: several to a page, or to a PNG file."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.plots.picture import BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION, as_text, save_picture
from seqnlp.report.chart import CHART_STYLE, DASHES, Chart, chart_svg
from seqnlp.report.page import html_page
from seqnlp.report.text import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK)
"""Of each line in turn; they repeat."""

_STYLE = """
h2 { font-size: 1.1rem; margin: 0; }
.charts { display: flex; flex-wrap: wrap; gap: 1.6rem 1.4rem; margin-top: 1.6rem; } section { max-width: 100%; }
"""


def charts_html(title: str, explanation: str, charts: Sequence[Chart]) -> str:
    """A page that needs nothing else: no network, no script. Every text is escaped."""
    sections = [f"<section>\n<h2>{escape(chart.heading)}</h2>\n{chart_svg(chart)}\n</section>" for chart in charts]
    drawn = f'<div class="charts">\n{chr(10).join(sections)}\n</div>'
    body = f"<h1>{escape(title)}</h1>\n<p>{escape(explanation)}</p>\n{drawn}"
    return html_page(title, _STYLE + CHART_STYLE, body)


def charts_picture(path: Path, title: str, charts: Sequence[Chart]) -> None:
    """Write charts as a PNG or SVG file, two beside each other if there are more than two.

    Raises:
        SeqnlpError: matplotlib is missing.
        TrainingError: the file cannot be written.
    """
    save_picture(path, lambda: _figure(title, charts), dpi=100)


def _figure(title: str, charts: Sequence[Chart]) -> Figure:
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    columns = 1 if len(charts) <= 2 else 2
    rows = -(-len(charts) // columns)
    figure = Figure(figsize=(7, 0.5 + 3.6 * rows) if columns == 1 else (10, 0.5 + 3 * rows), layout="constrained")
    figure.suptitle(title, **as_text())
    places = figure.subplots(rows, columns, squeeze=False).ravel()
    for empty in places[len(charts) :]:
        empty.set_axis_off()
    for axes, chart in zip(places, charts, strict=False):
        for number, line in enumerate(chart.drawn):
            style = (0, DASHES[number % len(DASHES)] or None)
            xs, ys = [x for x, _ in line.points], [y for _, y in line.points]
            mark = "o" if len(xs) == 1 else None  # a line through one point is nothing to see
            axes.plot(xs, ys, color=COLOURS[number % len(COLOURS)], linestyle=style, marker=mark)
        axes.set_yscale("log" if chart.logarithmic else "linear")
        axes.set_title(chart.heading, fontsize=10)
        axes.set_xlabel(chart.x_name)
        if chart.counts_x:
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_ylabel(chart.y_name)
        axes.grid(color="#e3e3e3")
        _name_lines(axes, [short(line.name) for line in chart.drawn])
    return figure


def _name_lines(axes: Axes, names: Sequence[str]) -> None:
    """A legend of the lines that have points. Names are set afterwards: a legend leaves out those that begin with _."""
    import numpy as np

    drawn = [(line, name) for line, name in zip(axes.lines, names, strict=True) if np.size(line.get_xdata())]
    if not drawn:
        return
    legend = axes.legend([line for line, _ in drawn], [str(number) for number in range(len(drawn))], fontsize=8)
    for text, (_, name) in zip(legend.get_texts(), drawn, strict=True):
        text.set(parse_math=False, text=name)
