"""The end of a series and its forecast with prediction intervals, a panel for each column."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from seqnlp.arrays import FloatArray
from seqnlp.errors import SeqnlpError
from seqnlp.plots.picture import BLACK, BLUE, as_text, drawable, save_picture
from seqnlp.plots.time_axis import RowPosition, name_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Bands = tuple[FloatArray, FloatArray, FloatArray]
"""Low end, forecast and high end, (N, C) each."""

SHOWN_BEFORE = 8
"""Rows of the series that are shown for each row that is forecast."""

MAX_COLUMNS = 12
"""More panels cannot be read."""


def forecast_picture(
    path: Path,
    title: str,
    names: Sequence[str],
    values: FloatArray,
    bands: Bands,
    places: Sequence[RowPosition],
    level: float,
) -> None:
    """Write the picture as a PNG or SVG file.

    Args:
        names: (C,) of the columns.
        values: (T, C) of the series.
        places: (T + N) when the rows of the series and those ahead are, or their numbers.
        level: of the prediction intervals.

    Raises:
        SeqnlpError: matplotlib is missing, or there are too many columns.
        TrainingError: the file cannot be written.
    """
    if len(names) > MAX_COLUMNS:
        raise SeqnlpError(f"a picture of forecasts holds up to {MAX_COLUMNS} columns, found {len(names)}")
    save_picture(path, lambda: _figure(title, names, values, bands, places, level))


def _figure(
    title: str,
    names: Sequence[str],
    values: FloatArray,
    bands: Bands,
    places: Sequence[RowPosition],
    level: float,
) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 1 + 2.2 * len(names)))
    panels = figure.subplots(len(names), 1, sharex=True, squeeze=False)[:, 0]
    for place, (panel, name) in enumerate(zip(panels, names, strict=True)):
        _draw(panel, drawable(values[:, place]), tuple(drawable(band[:, place]) for band in bands), level)
        panel.set_ylabel(name, **as_text())
    shown = SHOWN_BEFORE * len(bands[0]) + 1 + len(bands[0])
    name_rows(panels[-1], max(1 - len(values), -SHOWN_BEFORE * len(bands[0])), places[-shown:])
    panels[0].set_title(title, loc="left", **as_text())
    panels[0].legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False)
    return figure


def _draw(panel: Axes, values: FloatArray, bands: tuple[FloatArray, ...], level: float) -> None:
    """One column: row 0 is the last that is known."""
    low, middle, high = bands  # (N,) each
    last = values[-SHOWN_BEFORE * len(middle) - 1 :]
    ahead = np.arange(1, len(middle) + 1)
    bounded = np.isfinite(low) & np.isfinite(high)
    panel.plot(np.arange(1 - len(last), 1), last, color=BLACK, linewidth=1, label="series")
    panel.plot(np.append(0, ahead), np.append(last[-1], middle), color=BLUE, linewidth=1.5, label="forecast")
    panel.fill_between(
        ahead[bounded],
        low[bounded],
        high[bounded],
        color=BLUE,
        alpha=0.25,
        linewidth=0,
        label=f"{100 * level:g} % interval",
    )
    panel.axvline(0, color=BLACK, linewidth=0.5, linestyle=":")
