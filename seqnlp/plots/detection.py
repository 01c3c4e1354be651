"""A picture of a series, the score of each row, and the events found in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import SeqnlpError
from seqnlp.plots.picture import BLACK, BLUE, VERMILLION, as_text, drawable, save_picture
from seqnlp.plots.time_axis import RowPosition, name_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MAX_COLUMNS = 8

_MIN_WIDTH = 1 / 400
"""Width of a shaded event at least, as a part of the panel: three pixels or so."""


def detection_picture(
    path: Path,
    title: str,
    names: Sequence[str],
    values: NDArray[np.float64],
    scores: NDArray[np.float64],
    places: Sequence[RowPosition],
    events: Sequence[tuple[int, int]],
    threshold: float,
) -> None:
    """Write the picture: a panel a column, and one for the scores; events are shaded in all.

    Args:
        names: (C,) of the columns.
        values: (T, C), NaN where missing.
        scores: (T,), NaN for rows without one.
        places: (T,) when the rows were measured, or their numbers.
        events: first and last row of each, from 0.
        threshold: the score above which rows are flagged.

    Raises:
        SeqnlpError: matplotlib is not installed, or there are too many columns for a picture.
        TrainingError: the file cannot be written.
    """
    if len(names) > _MAX_COLUMNS:
        raise SeqnlpError(f"a picture holds at most {_MAX_COLUMNS} columns, found {len(names)}; leave --plot out")
    save_picture(path, lambda: _figure(title, names, values, scores, places, events, threshold))


def _figure(
    title: str,
    names: Sequence[str],
    values: NDArray[np.float64],
    scores: NDArray[np.float64],
    places: Sequence[RowPosition],
    events: Sequence[tuple[int, int]],
    threshold: float,
) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 1.6 * len(names) + 2.2))
    panels = figure.subplots(len(names) + 1, 1, sharex=True, squeeze=False)[:, 0]
    rows = np.arange(len(values))  # (T,)
    for panel, name, column in zip(panels, names, drawable(values).T, strict=False):
        panel.plot(rows, column, color=BLUE, linewidth=0.7)
        panel.set_ylabel(name, **as_text())
    bottom = panels[-1]
    above_zero = np.maximum(scores, threshold / 1000)  # (T,) a score of 0 has no logarithm
    bottom.plot(rows, above_zero, color=BLACK, linewidth=0.7)
    line = bottom.axhline(threshold, color=VERMILLION, linestyle="--", linewidth=1)
    bottom.set_yscale("log")
    bottom.set_ylabel("score")
    for panel in panels:
        for first, last in events:
            half = max(last - first + 1, _MIN_WIDTH * len(values)) / 2
            middle = (first + last) / 2
            panel.axvspan(middle - half, middle + half, color=VERMILLION, alpha=0.3, linewidth=0)
    name_rows(bottom, 0, places)
    panels[0].set_title(title, loc="left", **as_text())
    marks = [(line, "threshold"), *((shade, "event") for shade in panels[0].patches[:1])]
    handles, words = zip(*marks, strict=True)
    panels[0].legend(handles, words, loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False)
    return figure
