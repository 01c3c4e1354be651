"""What in a file of numbers is probably not what it seems: row numbers, marks of missing values, seconds since 1970."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from seqnlp.config.series import SeriesDataConfig
from seqnlp.config.typed import typed_names
from seqnlp.data.series.missing import missing_numbers
from seqnlp.data.series.odd_stamps import tell_odd_stamps
from seqnlp.data.series.rows import Row
from seqnlp.errors import DataError

_MARKS = tuple(sign * (10**digits - 1) for digits in (2, 3, 4, 5, 6) for sign in (-1, 1))
"""What data loggers write where they have no value: -99, 99, -999, 999 and so on."""

_SURE_MARK = -999
"""From which downwards one of these is enough, as in the last row of a series that is to be forecast."""

_MARKED = frozenset(
    ("anomaly", "anomalies", "isanomaly", "anomalous", "label", "labels", "outlier", "isoutlier", "changepoint")
)
"""Names of columns, without underscores, that mark which rows are anomalies."""

_COUNTED = frozenset(("unnamed0", "index", "level0", "id", "row", "rows", "rownumber", "rowid", "no", "nr", "number"))
"""Those of row numbers, such as pandas writes; other columns may well rise steadily."""

_MIN_ROWS, _MIN_MARKS, _MIN_OTHERS = 10, 2, 10
"""Rows that a column of row numbers has at least, times that a mark stands in a column, and other numbers there if the
mark is none of the usual ones."""


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
        say(f"warning: {path}: {problem}, and is learnt as a measurement; {choice} leaves it out")


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
    for name, column in zip(names, _columns(rows), strict=True):
        for mark, count in _marks(column[np.isfinite(column)], missing_numbers(config)):
            if config.judges_odd_values and mark not in _MARKS:
                continue
            times = "once" if count == 1 else f"{count:,} times"
            where = f"{path}: column '{name}': {_number(mark)} is there {times}, far from the other values"
            say(f"warning: {where}; if it marks missing values, {_advice(mark, config)}")
    tell_odd_stamps(rows, config, path, say)


def _columns(rows: Sequence[Row]) -> NDArray[np.float64]:
    """(C, T)."""
    return np.array([row.values for row in rows], dtype=np.float64).T


def _marks(values: NDArray[np.float64], known: frozenset[float]) -> Iterator[tuple[float, int]]:
    """Numbers that are repeated far from all others, and how often: what usually marks missing values, or an end."""
    values = values[~np.isin(values, list(known))]
    for mark in _MARKS:  # further than any of them are the others' marks
        others = values[~np.isin(values, _MARKS)]
        least = 1 if mark <= _SURE_MARK else _MIN_MARKS
        if (count := int((values == mark).sum())) >= least and _is_far(others, mark):
            yield mark, count
            values = values[values != mark]
    while len(values):
        end = next((one for one in (values.min(), values.max()) if _is_end(values, one)), None)
        if end is None:
            return
        yield float(end), int((values == end).sum())
        values = values[values != end]


def _is_end(values: NDArray[np.float64], end: float) -> bool:
    """Whether the smallest or largest number is repeated far from many different others."""
    others = values[values != end]
    return len(values) - len(others) >= _MIN_MARKS and _is_far(others, end) and len(np.unique(others)) >= _MIN_OTHERS


def _advice(mark: float, config: SeriesDataConfig) -> str:
    if config.fixed:
        return "leave such fields empty"
    return f"set data.missing_values='{_number(mark)}'"


def _number(mark: float) -> str:
    return repr(mark).removesuffix(".0")


def _is_far(others: NDArray[np.float64], mark: float) -> bool:
    """Whether a number is further from all others than these are from each other."""
    if not len(others):
        return False
    low, high = float(others.min()), float(others.max())  # differences of which may be infinite
    return bool(mark < low - (high - low) or mark > high + (high - low))
