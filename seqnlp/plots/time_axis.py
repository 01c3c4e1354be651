"""Names below an axis that counts the rows of a series: round dates, hours or numbers, few enough to be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from seqnlp.arrays import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes


RowPosition = datetime | float
"""When a row was measured, or its number."""

MIN_TICKS, MAX_TICKS = 4, 8
"""Names below an axis, if dates are round at all."""

_NAMES = ("%Y", "%b", "%d %b", "%H:%M", "%H:%M", "%H:%M:%S.%f")
_NAMES_AT_BEGINNINGS = ("", "%Y", "%d %b", "%d %b", "%H:%M", "%H:%M:%S")
"""Of years, months, days, hours, minutes and seconds; where the next larger one begins, its name stands instead."""


def name_rows(panel: Axes, first: int, positions: Sequence[RowPosition]) -> None:
    """Put names below the axis of a panel, where rows are drawn at ``first``, ``first + 1``, ...

    Args:
        positions: (T,) of one kind, in order.
    """
    dates = [position for position in positions if isinstance(position, datetime)]
    if dates:
        numbers = _days(dates)  # (T,)
        at, names, below = _round_dates(dates)
    else:
        numbers = np.array(positions, dtype=float)
        at, names, below = _round_numbers(numbers)
    panel.set_xticks(np.interp(at, numbers, first + np.arange(len(positions))), names)
    panel.set_xlabel(below, loc="right")


def _round_numbers(positions: FloatArray) -> tuple[FloatArray, list[str], str]:
    from matplotlib.ticker import MaxNLocator

    whole = bool((positions % 1 == 0).all())
    at = _inside(MaxNLocator(MAX_TICKS, integer=whole).tick_values(positions[0], positions[-1]), positions)
    return at, [f"{number:.0f}" if whole else f"{number:.10g}" for number in at], ""


def _round_dates(dates: Sequence[datetime]) -> tuple[FloatArray, list[str], str]:
    """Round dates, their names, and what these leave out: the day or the year."""
    from matplotlib import dates as library

    untyped: Any = library
    days = _days(dates)  # (T,)
    locator = untyped.AutoDateLocator(minticks=MIN_TICKS, maxticks=MAX_TICKS)
    at = _inside(locator.tick_values(*map(untyped.num2date, days[[0, -1]])), days)
    formatter = untyped.ConciseDateFormatter(locator, formats=_NAMES, zero_formats=_NAMES_AT_BEGINNINGS)
    names: list[str] = formatter.format_ticks(list(at))
    begin, end = dates[0], dates[-1]
    if begin.date() == end.date():
        return at, names, f"{begin:%d %b %Y}"
    if any(name == f"{untyped.num2date(day):%Y}" for name, day in zip(names, at, strict=True)):
        return at, names, ""
    return at, names, " to ".join(dict.fromkeys((f"{begin:%Y}", f"{end:%Y}")))


def _inside(at: Sequence[float], positions: FloatArray) -> FloatArray:
    low, high = positions[[0, -1]].tolist()
    return np.array([value for value in at if low <= value <= high], dtype=np.float64)


def _days(dates: Sequence[datetime]) -> FloatArray:
    """Days since 1970 (T,), on the clock of the first date; matplotlib counts so, too."""
    zone = dates[0].tzinfo
    on_one_clock = [date.astimezone(zone).replace(tzinfo=None) if zone else date for date in dates]
    return np.array([(date - datetime(1970, 1, 1)) / timedelta(days=1) for date in on_one_clock])
