"""What in a file of numbers is probably not what it seems: row numbers, marks of missing values, seconds since 1970."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.missing import missing_numbers
from seqnlp.data.series.rows import Row
from seqnlp.errors import DataError

_MARKS = tuple(sign * (10**digits - 1) for digits in (2, 3, 4, 5, 6) for sign in (-1, 1))
"""What data loggers write where they have no value: -99, 99, -999, 999 and so on."""

_MIN_ROWS, _MIN_MARKS = 10, 2
"""Rows that a column of row numbers has at least, and times that a mark stands in a column."""

_EPOCH = {"unix": (1e8, 4e9), "unix_ms": (1e11, 4e12)}
"""Time formats, and the numbers that they have in the years 1973 to 2096."""


def refuse_row_numbers(rows: Sequence[Row], names: tuple[str, ...], path: object) -> None:
    """Stop if one of several columns rises by the same step in every row, as row numbers and time stamps do.

    Raises:
        DataError: it does.
    """
    if len(names) < 2 or len(rows) < _MIN_ROWS:
        return
    for name, column in zip(names, _columns(rows), strict=True):
        steps = np.diff(column)
        if steps[0] > 0 and np.all(steps == steps[0]):
            problem = f"column '{name}' rises by {steps[0]:g} in every row, as row numbers and time stamps do"
            choice = f"set data.time_column='{name}', or name the columns of numbers in data.value_columns"
            raise DataError(f"{problem}; {choice}", path)


def tell_suspicions(
    rows: Sequence[Row], names: tuple[str, ...], config: SeriesDataConfig, path: object, say: Callable[[str], None]
) -> None:
    """Say which numbers probably stand for missing values, or for seconds since 1970."""
    if not rows:
        return
    known = missing_numbers(config)
    for name, column in zip(names, _columns(rows), strict=True):
        for mark in _MARKS:
            count = int((column == mark).sum())
            if mark not in known and count >= _MIN_MARKS and _is_far(column, mark):
                where = f"{path}: column '{name}': {mark} is there {count:,} times, far from the other values"
                say(f"{where}; if it marks missing values, set data.missing_values='{mark}'")
    if config.time_format or not isinstance(moment := rows[0].moment, float):
        return
    for form, (low, high) in _EPOCH.items():
        if low <= moment <= high and moment == int(moment):
            unit = "milliseconds" if form == "unix_ms" else "seconds"
            say(f"{path}: if the time stamps count {unit} since 1970, data.time_format={form} makes them dates")


def _columns(rows: Sequence[Row]) -> NDArray[np.float64]:
    """(C, T)."""
    return np.array([row.values for row in rows], dtype=np.float64).T


def _is_far(column: NDArray[np.float64], mark: float) -> bool:
    """Whether a number is further from all others than these are from each other."""
    others = column[np.isfinite(column) & (column != mark)]
    if not len(others):
        return False
    low, high = others.min(), others.max()
    return bool(mark < low - (high - low) or mark > high + (high - low))
