"""Gates and states as grids: a column for each word (or subword, character) of a text, a row for each unit."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.plots import grid
from seqnlp.plots.picture import BLUE, VERMILLION, as_text, save_picture
from seqnlp.report.page import html_page
from seqnlp.report.text import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FloatArray = NDArray[np.floating[Any]]

MAX_STEPS = 200
"""A grid with more columns cannot be read."""

UNITS = 32
"""Rows of a grid by default."""

ABOVE = 1.2
"""Inches of a picture above its grids, for the title and the headings of the columns."""

_HOW_TO_READ = (
    "A column is what the layer reads at one step, a row one of its units. Gates go from 0, shut (no colour), to 1, "
    "open (blue): what the forget gate (a GRU's update gate) keeps, the input gate lets in, the output gate shows. "
    "Candidates, cells and hidden states have a sign: blue is above 0, orange-red below, the stronger the further. "
    "Point at a field to read its number."
)

# Two hues that colour-blind people can tell apart, stronger for more.
_STYLE = (
    grid.STYLE
    + """
body { max-width: 100rem; } p { max-width: 62rem; }
h2 { font-size: 1.15rem; margin: 2.4rem 0 0; } h3 { font-size: 1rem; margin: 0 0 .2rem; }
.sheet { display: flex; flex-wrap: wrap; gap: 1.4rem 1.8rem; margin-top: 1rem; } .panel { max-width: 100%; }
th { font-size: .8rem; } thead th { padding: .2rem 0; }
tbody th { padding: 0 .5rem 0 0; line-height: 1; color: var(--soft); }
td { min-width: 1.1rem; height: .8rem; padding: 0; }
td[style]::before { content: ""; position: absolute; inset: 0; background: var(--first); opacity: var(--w);
             forced-color-adjust: none; print-color-adjust: exact; }
td.n[style]::before { background: var(--second); } tr.mean td, tr.room th { height: 1.3rem; }
tr.room { visibility: hidden; }
"""
)


@dataclass(frozen=True)
class Sheet:
    """One layer in one direction.

    Attributes:
        heading: what it is.
        values: by name, (T, H) each; of names that end in ``gate`` from 0 to 1.
    """

    heading: str
    values: dict[str, FloatArray]

    @property
    def num_units(self) -> int:
        """H."""
        return int(next(iter(self.values.values())).shape[1])

    def most_varying_units(self, count: int) -> list[int]:
        """The units whose cell (or hidden state, if there is no cell) changes most over the text, in rising order."""
        state = self.values.get("cell state", self.values["hidden"])  # (T, H)
        order = np.argsort(-state.std(axis=0), kind="stable")  # (H,)
        return sorted(order[: count or None].tolist())


def gates_html(title: str, steps: Sequence[str], sheets: Sequence[Sheet], units: int = UNITS) -> str:
    """The whole page; it needs nothing else: no network, no script. Every text is escaped.

    Args:
        steps: what is read at each of T steps.
        units: rows of a grid; 0: all.
    """
    sections = [_section(steps, sheet, sheet.most_varying_units(units)) for sheet in sheets]
    body = f'<h1 dir="auto">{escape(title)}</h1>\n<p>{_HOW_TO_READ}</p>\n' + "\n".join(sections)
    return html_page(title, _STYLE, body)


def gates_picture(path: Path, title: str, steps: Sequence[str], sheets: Sequence[Sheet], units: int = UNITS) -> None:
    """Write the same grids as a PNG file, those of a layer below each other, layers side by side.

    Raises:
        SeqnlpError: matplotlib is missing.
        TrainingError: the file cannot be written.
    """
    save_picture(path, lambda: _figure(title, steps, sheets, units), dpi=110)


def _shown(sheet: Sheet, units: Sequence[int]) -> str:
    if len(units) == sheet.num_units:
        return f"all {sheet.num_units:,} units"
    return f"the {len(units):,} of {sheet.num_units:,} units that change most"


def _section(steps: Sequence[str], sheet: Sheet, units: Sequence[int]) -> str:
    with_means = any(name.endswith("gate") for name in sheet.values)
    grids = "\n".join(_grid(name, values, steps, units, with_means) for name, values in sheet.values.items())
    return f'<h2>{escape(sheet.heading)}: {_shown(sheet, units)}</h2>\n<div class="sheet">\n{grids}\n</div>'


def _grid(name: str, values: FloatArray, steps: Sequence[str], units: Sequence[int], with_means: bool) -> str:
    """A gate or state as a table; gates have the mean of all units above, states (with means) room for it."""
    full = _full_colour(name, values)
    head = "".join(map(grid.column_name, steps))
    rows = [_row(f"{unit}", f"unit {unit}", values[:, unit], steps, full) for unit in units]
    if name.endswith("gate"):
        mean = _row("mean", "mean of all units", values.mean(axis=1), steps, full)
        rows.insert(0, mean.replace("<tr>", '<tr class="mean">', 1))
    elif with_means:
        rows.insert(0, '<tr class="room" aria-hidden="true"><th>mean</th></tr>')
    table = f"<table>\n<thead><tr><td></td>{head}</tr></thead>\n<tbody>\n" + "\n".join(rows) + "\n</tbody>\n</table>"
    return f'<div class="panel">\n<h3>{escape(name)}{_note(full)}</h3>\n<div class="scroll">{table}</div>\n</div>'


def _row(label: str, spoken: str, values: FloatArray, steps: Sequence[str], full: float) -> str:
    cells = []
    for step, value in zip(steps, values.tolist(), strict=True):
        sign = ' class="n"' if value < 0 else ""
        said = escape(f"{step}, {spoken}: {value:.2f}")
        cells.append(f'<td{sign} style="--w:{min(abs(value) / full, 1):.2f}" title="{said}"></td>')
    return f'<tr><th scope="row">{label}</th>{"".join(cells)}</tr>'


def _full_colour(name: str, values: FloatArray) -> float:
    """The size that has the strongest colour: 1, but a cell may be beyond."""
    return max(1.0, float(np.abs(values).max())) if name == "cell state" else 1.0


def _note(full: float) -> str:
    return "" if full == 1 else f" (full colour: {full:.2f})"


def _figure(title: str, steps: Sequence[str], sheets: Sequence[Sheet], units: int) -> Figure:
    from matplotlib.figure import Figure

    names, chosen = list(sheets[0].values), [sheet.most_varying_units(units) for sheet in sheets]
    width = max(3.2, 1.2 + 0.22 * len(steps)) * len(sheets)
    height = (0.4 + 0.05 * max(map(len, chosen))) * len(names)
    figure = Figure(figsize=(width, height + ABOVE))
    spaces = {"hspace": 0.25, "wspace": 0.05, "bottom": 0, "top": height / (height + ABOVE)}
    panels = figure.subplots(len(names), len(sheets), squeeze=False, gridspec_kw=spaces)
    figure.suptitle(textwrap.fill(title, max(30, int(11 * width))), y=1, va="top", **as_text())
    for column, (sheet, rows) in enumerate(zip(sheets, chosen, strict=True)):
        for line, name in enumerate(names):
            above = f"{sheet.heading}\n{_shown(sheet, rows)}\n" if line == 0 else ""
            _draw(panels[line, column], above, name, sheet.values[name], rows)
        panels[-1, column].set_xticks(range(len(steps)), [short(step) for step in steps], rotation=90, **as_text())
    return figure


def _draw(axes: Axes, above: str, name: str, values: FloatArray, units: Sequence[int]) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    full, is_gate = _full_colour(name, values), name.endswith("gate")
    colours = ["#ffffff", BLUE] if is_gate else [VERMILLION, "#ffffff", BLUE]
    scale = LinearSegmentedColormap.from_list("value", colours)
    axes.imshow(values[:, list(units)].T, cmap=scale, vmin=0 if is_gate else -full, vmax=full, aspect="auto")
    axes.set_title(f"{above}{name}{_note(full)}", fontsize=9)
    axes.set_xticks([])
    axes.set_yticks([])
