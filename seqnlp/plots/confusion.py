"""A confusion matrix as a grid: gold labels down, predicted ones across, each row coloured by its shares."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seqnlp.metrics.confusion import ConfusionMatrix
from seqnlp.plots import grid
from seqnlp.plots.picture import BLUE, as_text, save_picture
from seqnlp.report.page import html_page
from seqnlp.report.text import short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_STYLE = (
    grid.STYLE
    + """
td { min-width: 2.6rem; height: 1.8rem; padding: 0 .5rem; text-align: right; font-variant-numeric: tabular-nums; }
td[style]::before { content: ""; position: absolute; inset: 0; z-index: -1; background: var(--first); opacity: var(--w);
             forced-color-adjust: none; print-color-adjust: exact; }
td.right { outline: 2px solid var(--ink); outline-offset: -2px; }
.axis { color: var(--soft); } tbody .axis { padding: 0 .6rem 0 0; vertical-align: middle; }
tbody .axis span { writing-mode: vertical-rl; transform: rotate(180deg); }
"""
)


def confusion_html(title: str, matrix: ConfusionMatrix) -> str:
    """The whole page; it needs nothing else: no network, no script. Every text is escaped."""
    size = len(matrix.names)
    across = f'<tr><td></td><td></td><th class="axis" scope="colgroup" colspan="{size}">predicted</th></tr>'
    columns = "".join(map(grid.column_name, matrix.names))
    down = f'<th class="axis" scope="rowgroup" rowspan="{size}"><span>gold</span></th>'
    rows = "\n".join(_row(number, matrix, down if number == 0 else "") for number in range(size))
    how = (
        f"A row is a gold label, a column what the model said; a field counts {matrix.unit}, and its colour is their "
        "share of the row. What is right stands in the framed fields."
    )
    heading = f'<h1 dir="auto">{escape(title)}</h1>\n<p>{how}</p>'
    head = f"<thead>{across}\n<tr><td></td><td></td>{columns}</tr></thead>"
    table = f"<table>\n{head}\n<tbody>\n{rows}\n</tbody>\n</table>"
    return html_page(title, _STYLE, f'{heading}\n<div class="scroll">{table}</div>')


def confusion_picture(path: Path, title: str, matrix: ConfusionMatrix) -> None:
    """Write the same grid as a PNG or SVG file.

    Raises:
        SeqnlpError: matplotlib is missing.
        TrainingError: the file cannot be written.
    """
    save_picture(path, lambda: _figure(title, matrix), dpi=110)


def _shares(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Each row divided by its sum; a row of zeros stays."""
    shares: NDArray[np.float64] = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)  # (K, K)
    return shares


def _row(gold: int, matrix: ConfusionMatrix, before: str) -> str:
    cells = []
    for place, (count, share) in enumerate(
        zip(matrix.counts[gold].tolist(), _shares(matrix.counts)[gold].tolist(), strict=True)
    ):
        mark = ' class="right"' if place == gold and not (matrix.merged and gold == len(matrix.names) - 1) else ""
        said = escape(f"{matrix.names[gold]} taken for {matrix.names[place]}: {count:,} ({100 * share:.1f} %)")
        cells.append(f'<td{mark} style="--w:{0.75 * share:.3f}" title="{said}">{count:,}</td>')
    return f"<tr>{before}{grid.row_name(matrix.names[gold])}{''.join(cells)}</tr>"


def _figure(title: str, matrix: ConfusionMatrix) -> Figure:
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure

    size = 2 + 0.5 * len(matrix.names)
    figure = Figure(figsize=(size, size), layout="constrained")
    axes, shares = figure.subplots(), _shares(matrix.counts)
    axes.imshow(shares, cmap=LinearSegmentedColormap.from_list("share", ["#ffffff", BLUE]), vmin=0, vmax=1)
    names, places = [short(name) for name in matrix.names], range(len(matrix.names))
    axes.set_xticks(places, names, rotation=90, **as_text())
    axes.set_yticks(places, names, **as_text())
    axes.set_xlabel("predicted")
    axes.set_ylabel("gold")
    axes.set_title(title, **as_text())
    for gold, place in np.ndindex(*matrix.counts.shape):
        if count := matrix.counts[gold, place]:
            ink = "white" if shares[gold, place] > 0.6 else "black"
            axes.text(place, gold, f"{count:,}", ha="center", va="center", color=ink, fontsize=7)
    return figure
