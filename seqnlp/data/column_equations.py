"""The equations of one column by least squares, and which choice of features forecasts unseen rows best.

Several series may share the equations: the sums over their rows add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from seqnlp.arrays import BoolArray, FloatArray, IntArray
from seqnlp.data.linear_forecast import ROWS_AT_ONCE, Choice, last_rows

_FOLDS = ((0.6, 0.8), (0.8, 1.0))
"""Parts of the rows: fitted on those before the first number, judged on those from there to the second."""

_SHARPNESS = 20
"""A choice whose squared errors are 1 % above the least counts for 0.99 to this power of the best."""

_LEAST_PART = 0.05
"""Of the best choice's; one that counts for less is left out."""

_LEAST_RIDGE = 1e-8
"""Of a feature's variance; keeps features that repeat each other solvable."""

_ROWS_A_WEIGHT = 1.5
"""Rows that a fit needs for each weight of an equation."""

_WHOLE = 0.25
"""Of the rows; where fewer have all their steps ahead known, what stands for unknown values counts as well."""


@dataclass(frozen=True)
class Sums:
    """What least squares needs of some rows: how many, and the sums of products of features and targets."""

    rows: int
    features: FloatArray  # (F, F); the first feature is 1
    both: FloatArray  # (F, J)
    targets: float  # of all J squared

    def __add__(self, other: Sums) -> Sums:
        """Of the rows of both."""
        features, both = self.features + other.features, self.both + other.both
        return Sums(self.rows + other.rows, features, both, self.targets + other.targets)

    def solve(self, which: IntArray, ridge: float) -> FloatArray:
        """Weights (f, J) of some features, of which 0 is the first."""
        rows = max(self.rows, 1)
        mean = self.features[0, which[1:]] / rows  # (f - 1,)
        middle = self.both[0] / rows  # (J,)
        spread = self.features[np.ix_(which[1:], which[1:])] / rows - np.outer(mean, mean)  # (f - 1, f - 1)
        spread += np.diag(max(ridge, _LEAST_RIDGE) * spread.diagonal() + 1e-12)
        weights = np.linalg.solve(spread, self.both[which[1:]] / rows - np.outer(mean, middle))  # (f - 1, J)
        return np.concatenate([(middle - mean @ weights)[None], weights])

    def squared_error(self, which: IntArray, weights: FloatArray) -> float:
        """The squared errors (summed) of some weights (f, J)."""
        crossed = np.sum(weights * self.both[which])
        squared = np.sum(weights * (self.features[np.ix_(which, which)] @ weights))
        return float(self.targets - 2 * crossed + squared)


class ColumnEquations:
    """The equations of one column of a series."""

    def __init__(
        self,
        values: FloatArray,
        known: BoolArray,
        calendar_features: FloatArray,
        rows: int,
        horizon: int,
        place: int,
        choices: Sequence[Choice],
        from_last: bool,
    ) -> None:
        self.values, self.calendar_features, self.horizon, self.place = values, calendar_features, horizon, place
        self.counts = _counted(known[:, place], rows, horizon)  # (T,)
        self.rows, self.choices, self.from_last = rows, choices, from_last
        self.own = max([choice.lags for choice in choices if not choice.every_column], default=0)
        self.every = max([choice.lags for choice in choices if choice.every_column], default=0)

        self.first = min(max(self.own, self.every, 1) - 1, rows // 10)  # before it rows are lacking to be read

    def folds(self) -> list[tuple[Sums, Sums]]:
        """The rows before some row, to fit on, and those after it, to judge by; a few such pairs."""
        folds = [(round(middle * self.rows), round(end * self.rows)) for middle, end in _FOLDS]
        folds += [(self.rows, len(self.values))] if len(self.values) > self.rows else []
        return [(self._sums(0, middle), self._sums(middle - 1, end)) for middle, end in folds]

    def whole(self) -> Sums:
        """All rows that are fitted on."""
        return self._sums(0, self.rows)

    def features(self, choice: Choice) -> IntArray:
        """Places (f,) among the features: 1, calendar features, own last rows, last rows of every column."""
        begin = 1 + self.calendar_features.shape[1]
        count = choice.lags * (self.values.shape[1] if choice.every_column else 1)
        last = begin + (self.own if choice.every_column else 0)
        return np.concatenate([np.arange(begin if choice.calendar_features else 1), last + np.arange(count)])

    def _sums(self, begin: int, end: int) -> Sums:
        """Of forecasts from row ``begin`` on, all of whose steps are before ``end``."""
        size = 1 + self.calendar_features.shape[1] + self.own + self.every * self.values.shape[1]
        features, both, targets, count = np.zeros((size, size)), np.zeros((size, self.horizon)), 0.0, 0
        ahead = np.arange(1, self.horizon + 1)
        for first in range(max(begin, self.first), end - self.horizon, ROWS_AT_ONCE):
            rows = np.arange(first, min(first + ROWS_AT_ONCE, end - self.horizon))
            rows = rows[self.counts[rows[:, None] + ahead].all(axis=1)]
            actual = self.values[rows[:, None] + ahead, self.place]  # (r, J)
            actual = actual - self.values[rows, self.place, None] if self.from_last else actual
            own = last_rows(self.values[:, [self.place]], rows, self.own)[..., 0]  # (r, own)
            columns = self.every * self.values.shape[1]
            every = last_rows(self.values, rows, self.every).reshape(len(rows), columns)  # (r, every * C)
            read = np.concatenate([np.ones((len(rows), 1)), self.calendar_features[rows], own, every], axis=1)  # (r, F)
            features += read.T @ read
            both += read.T @ actual
            targets += float(np.square(actual).sum())
            count += len(rows)
        return Sums(count, features, both, targets)


def parts_of(equations: Sequence[ColumnEquations], averaged: bool) -> dict[Choice, float]:
    """Choices for the same column of some series, and the part of each; one choice unless they are averaged."""
    first = equations[0]
    if len(first.choices) == 1:
        return {first.choices[0]: 1.0}
    folds = reduce(_added, (one.folds() for one in equations))
    return _parts({choice: _error(first.features(choice), choice, folds) for choice in first.choices}, averaged)


def _added(folds: list[tuple[Sums, Sums]], others: list[tuple[Sums, Sums]]) -> list[tuple[Sums, Sums]]:
    """Of each fold the sums over the rows of both."""
    return [(one[0] + other[0], one[1] + other[1]) for one, other in zip(folds, others, strict=True)]


def fit_of(equations: Sequence[ColumnEquations], parts: dict[Choice, float]) -> list[tuple[Choice, float, FloatArray]]:
    """Choices for the same column of some series, the part of each, and its weights (f, J)."""
    first, whole = equations[0], reduce(add, (one.whole() for one in equations))
    return [(one, part, whole.solve(first.features(one), one.ridge)) for one, part in parts.items()]


def _error(which: IntArray, choice: Choice, folds: list[tuple[Sums, Sums]]) -> tuple[bool, float]:
    """What a choice is ordered by: whether it has too many weights, then its squared errors on rows not seen."""
    error = 0.0
    if min(before.rows for before, _ in folds) < _ROWS_A_WEIGHT * len(which):
        return True, len(which)
    for before, after in folds:
        error += after.squared_error(which, before.solve(which, choice.ridge))
    return False, error


def _counted(known: BoolArray, rows: int, horizon: int) -> BoolArray:
    """The values (T,) that a column's equations count: the known ones, or all if too few steps ahead are whole."""
    if rows <= horizon:
        return known
    whole = sliding_window_view(known[1:rows], horizon).all(axis=1)  # (rows - horizon,)
    return known if whole.mean() >= _WHOLE else np.ones_like(known)


def _parts(errors: dict[Choice, tuple[bool, float]], averaged: bool) -> dict[Choice, float]:
    """The part of each choice that counts, 1 in all: of the best one, or of those that are nearly as good."""
    best = min(errors, key=lambda choice: errors[choice])
    bad, least = errors[best]
    if bad or not averaged or least <= 0:
        return {best: 1.0}
    parts = {one: (least / error) ** _SHARPNESS for one, (too_many, error) in errors.items() if not too_many}
    parts = {one: part for one, part in parts.items() if part > _LEAST_PART}
    whole = sum(parts.values())
    return {one: part / whole for one, part in parts.items()}
