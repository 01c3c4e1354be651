"""What in a file of numbers is probably not what it seems: row numbers, marks of missing values, seconds since 1970."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from seqnlp.config.series import SeriesDataConfig
from seqnlp.config.typed import typed_names
from seqnlp.data.series.missing import missing_numbers
from seqnlp.data.series.rows import Row
from seqnlp.errors import DataError

_MARKS = tuple(sign * (10**digits - 1) for digits in (2, 3, 4, 5, 6) for sign in (-1, 1))
"""What data loggers write where they have no value: -99, 99, -999, 999 and so on."""

_MARKED = frozenset(
    ("anomaly", "anomalies", "isanomaly", "anomalous", "label", "labels", "outlier", "isoutlier", "changepoint")
)
"""Names of columns, without underscores, that mark which rows are anomalies."""

_COUNTED = frozenset(("unnamed0", "index", "level0", "id", "row", "rows", "rownumber", "rowid", "no", "nr", "number"))
"""Those of row numbers, such as pandas writes; other columns may well rise steadily."""

_MIN_ROWS, _MIN_MARKS = 10, 2
"""Rows that a column of row numbers has at least, and times that a mark stands in a column."""

_EPOCH = {"unix": (1e8, 4e9), "unix_ms": (1e11, 4e12)}
"""Time formats, and the numbers that they have in the years 1973 to 2096."""


def refuse_row_numbers(rows: Sequence[Row], names: tuple[str, ...], path: object) -> None:
    """Stop if one of several columns rises by the same step in every row, as row numbers and time stamps do.

    Raises:
        DataError: it does.
    """
    for name, problem in _row_numbers(rows, names):
        choice = f"set data.time_column='{name}', or name the columns of numbers in data.value_columns"
        raise DataError(f"{problem}; {choice}", path)


def tell_columns(rows: Sequence[Row], names: tuple[str, ...], path: object, say: Callable[[str], None]) -> None:
    """Say which of several columns that nobody chose are probably no measurements: row numbers, marks of anomalies."""
    found = {name: problem for name, problem in _row_numbers(rows, names) if _plain(name) in _COUNTED}
    if rows and len(names) > 1:
        for name, column in zip(names, _columns(rows), strict=True):
            if _plain(name) in _MARKED and np.isin(column[~np.isnan(column)], (0, 1)).all():
                found[name] = f"column '{name}' is 0 or 1 in every row, as marks of known anomalies are"
    others = [name for name in names if name not in found]
    for problem in found.values() if others else ():
        choice = shlex.quote(f"data.value_columns={typed_names(others)}")
        say(f"{path}: {problem}, and is learnt as a measurement; {choice} leaves it out")


def _row_numbers(rows: Sequence[Row], names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Those of several columns that rise by the same step in every row, and what to say of each."""
    if len(names) < 2 or len(rows) < _MIN_ROWS:
        return
    for name, column in zip(names, _columns(rows), strict=True):
        steps = np.diff(column)
        if steps[0] > 0 and np.all(steps == steps[0]):
            yield name, f"column '{name}' rises by {steps[0]:g} in every row, as row numbers and time stamps do"


def _plain(name: str) -> str:
    """A name without spaces, underscores and capitals."""
    return "".join(filter(str.isalnum, name)).lower()


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
