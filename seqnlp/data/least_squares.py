"""Forecasts that are linear in the last rows and the calendar, fitted by least squares.

This is what a statistician writes first: harmonics of the calendar and an autoregression, each step ahead by an
equation of its own (direct), so that nothing is iterated. How many last rows are read is chosen on the end of the rows
it is fitted on, by forecasts of rows that the fit has not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_PIECE = 4096
"""Rows whose features are in memory at once."""

_FOLDS = ((0.6, 0.8), (0.8, 1.0))
"""Parts of the rows: fitted on those before the first number, judged on those from there to the second."""

_SHARPNESS = 20
"""A choice whose squared errors are 1 % above the least counts for 0.99 to this power of the best."""

_LEAST_PART = 0.05
"""Of the best choice's; one that counts for less is left out."""

_LEAST_RIDGE = 1e-8
"""Of a feature's variance; keeps features that repeat each other solvable."""

_MAX_LAGS = 400
"""Last rows that are worth their time."""

_ROWS_A_WEIGHT = 1.5
"""Rows that a fit needs for each weight of an equation."""

_WHOLE = 0.25
"""Of the rows; where fewer have all their steps ahead known, what stands for unknown values counts as well."""


@dataclass(frozen=True)
class Choice:
    """What the equations of a column read.

    Attributes:
        lags: last rows.
        every_column: of all columns, not of its own alone.
        calendar features: the calendar too.
        ridge: how strongly weights are drawn to 0, as a part of their features' variances.
    """

    lags: int
    every_column: bool = False
    ridge: float = 0.0
    calendar_features: bool = True


@dataclass(frozen=True)
class LinearForecast:
    """Weights of J steps ahead of C columns.

    Attributes:
        bias: (J, C).
        calendar features: (R, J, C), of the calendar's waves at the last row.
        lags: (P, C, J, C), of the last P rows, the newest first: each column read, for each column forecast.
        parts: (C,) what each column's equations read: choices, and the part of each in their mean.
    """

    bias: FloatArray
    calendar_features: FloatArray
    lags: FloatArray
    parts: tuple[dict[Choice, float], ...]

    @property
    def chosen(self) -> tuple[Choice, ...]:
        """(C,) what each column's equations read; of several choices, the one that counts most."""
        return tuple(max(some, key=lambda one: some[one]) for some in self.parts)

    def after(self, values: FloatArray, calendar_features: FloatArray, origins: IntArray) -> FloatArray:
        """Forecasts (O, J, C) after the rows ``origins`` of values (T, C) and calendar features (T, R).

        The first row stands for those before it.
        """
        forecasts = np.empty((len(origins), *self.bias.shape))
        weights = self.lags.reshape(-1, self.bias.size)  # (P * C, J * C)
        waves = self.calendar_features.reshape(-1, self.bias.size)  # (R, J * C)
        for begin in range(0, len(origins), _PIECE):
            some = origins[begin : begin + _PIECE]
            last = _last_rows(values, some, len(self.lags)).reshape(len(some), -1)  # (o, P * C)
            sums = last @ weights + calendar_features[some] @ waves
            forecasts[begin : begin + _PIECE] = sums.reshape(-1, *self.bias.shape) + self.bias
        return forecasts


def lag_choices(season: int) -> list[int]:
    """Numbers of last rows to choose from: a few, a week or two of days, and what a season (1: none) asks for."""
    seasonal = {season, season + 1, 2 * season + 1} if season > 1 else set()
    return sorted(lags for lags in {1, 2, 3, 7, 14, 28} | seasonal if lags <= _MAX_LAGS)


def fit_linear(
    values: FloatArray,
    known: BoolArray,
    calendar_features: FloatArray,
    horizon: int,
    choices: Sequence[Choice],
    from_last: bool = False,
    averaged: bool = False,
    later: Later | None = None,
) -> LinearForecast:
    """Fit by least squares, each column by the choice that forecasts rows best that the fit has not seen.

    Args:
        values: (T, C), of a mean near 0 and a deviation near 1.
        known: (T, C); where a step ahead is unknown, the row does not count, unless that leaves few rows.
        calendar features: (T, R).
        horizon: J.
        choices: at least one; those with too many weights for the rows are passed over, but never all of them.
        from_last: a ridge draws forecasts to the last row instead of the mean.
        averaged: the weighted mean of all choices, by how well they forecast unseen rows, instead of the best.
        later: rows after those fitted on, that are no part of the fit, to choose on as well.
    """
    columns = range(values.shape[1])
    longer = later.joined(values, known, calendar_features) if later else (values, known, calendar_features)
    equations = [_Column(*longer, len(values), horizon, place, choices, from_last) for place in columns]
    return _solved(equations, [one.parts(averaged) for one in equations])


def fit_again(
    fitted: LinearForecast, values: FloatArray, known: BoolArray, calendar_features: FloatArray, from_last: bool = False
) -> LinearForecast:
    """The same choices in the same parts, fitted on other rows; see :func:`fit_linear`."""
    rows, horizon = len(values), len(fitted.bias)
    equations = [
        _Column(values, known, calendar_features, rows, horizon, place, list(parts), from_last)
        for place, parts in enumerate(fitted.parts)
    ]
    return _solved(equations, list(fitted.parts))


def _solved(equations: list[_Column], parts: list[dict[Choice, float]]) -> LinearForecast:
    """The mean of each column's choices, as one set of weights."""
    columns, horizon, waves = len(equations), equations[0].horizon, equations[0].calendar_features.shape[1]
    longest = max(choice.lags for some in parts for choice in some)
    bias, of_calendar = np.zeros((horizon, columns)), np.zeros((waves, horizon, columns))
    lags = np.zeros((longest, columns, horizon, columns))
    for place, (column, some) in enumerate(zip(equations, parts, strict=True)):
        for choice, part, weights in column.fit(some):  # weights: (features, J)
            read = waves if choice.calendar_features else 0
            bias[:, place] += part * weights[0]
            of_calendar[:read, :, place] += part * weights[1 : 1 + read]
            last = part * weights[1 + read :]
            if choice.every_column:
                lags[: choice.lags, :, :, place] += last.reshape(choice.lags, columns, horizon)
            else:
                lags[: choice.lags, place, :, place] += last
        if column.from_last:
            lags[0, place, :, place] += 1
    return LinearForecast(bias, of_calendar, lags, tuple(parts))


@dataclass(frozen=True)
class Later:
    """Rows that come after those of a fit: values and known (T, C), calendar features (T, R)."""

    values: FloatArray
    known: BoolArray
    calendar_features: FloatArray

    def joined(
        self, values: FloatArray, known: BoolArray, calendar_features: FloatArray
    ) -> tuple[FloatArray, BoolArray, FloatArray]:
        """The rows of the fit, then these."""
        both = zip((values, known, calendar_features), (self.values, self.known, self.calendar_features), strict=True)
        joined = [np.concatenate(pair) for pair in both]
        return joined[0], joined[1], joined[2]


@dataclass(frozen=True)
class _Sums:
    """What least squares needs of some rows: how many, and the sums of products of features and targets."""

    rows: int
    features: FloatArray  # (F, F); the first feature is 1
    both: FloatArray  # (F, J)
    targets: float  # of all J squared

    def solve(self, which: IntArray, ridge: float) -> FloatArray:
        """Weights (f, J) of some features, of which 0 is the first."""
        mean = self.features[0, which[1:]] / self.rows  # (f - 1,)
        middle = self.both[0] / self.rows  # (J,)
        spread = self.features[np.ix_(which[1:], which[1:])] / self.rows - np.outer(mean, mean)  # (f - 1, f - 1)
        spread += np.diag(max(ridge, _LEAST_RIDGE) * spread.diagonal() + 1e-12)
        weights = np.linalg.solve(spread, self.both[which[1:]] / self.rows - np.outer(mean, middle))  # (f - 1, J)
        return np.concatenate([(middle - mean @ weights)[None], weights])

    def squared_error(self, which: IntArray, weights: FloatArray) -> float:
        """The squared errors (summed) of some weights (f, J)."""
        crossed = np.sum(weights * self.both[which])
        squared = np.sum(weights * (self.features[np.ix_(which, which)] @ weights))
        return float(self.targets - 2 * crossed + squared)


class _Column:
    """The equations of one column."""

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

    def parts(self, averaged: bool) -> dict[Choice, float]:
        """Choices, and the part of each; one choice unless they are averaged."""
        if len(self.choices) == 1:
            return {self.choices[0]: 1.0}
        folds = [(round(middle * self.rows), round(end * self.rows)) for middle, end in _FOLDS]
        folds += [(self.rows, len(self.values))] if len(self.values) > self.rows else []
        sums = [(self._sums(0, middle), self._sums(middle - 1, end)) for middle, end in folds]
        return _parts({choice: self._error(choice, sums) for choice in self.choices}, averaged)

    def fit(self, parts: dict[Choice, float]) -> list[tuple[Choice, float, FloatArray]]:
        """Choices, the part of each, and its weights (f, J)."""
        whole = self._sums(0, self.rows)
        return [(one, part, whole.solve(self._features(one), one.ridge)) for one, part in parts.items()]

    def _error(self, choice: Choice, folds: list[tuple[_Sums, _Sums]]) -> tuple[bool, float]:
        """What a choice is ordered by: whether it has too many weights, then its squared errors on rows not seen."""
        which, error = self._features(choice), 0.0
        if min(before.rows for before, _ in folds) < _ROWS_A_WEIGHT * len(which):
            return True, len(which)
        for before, after in folds:
            error += after.squared_error(which, before.solve(which, choice.ridge))
        return False, error

    def _features(self, choice: Choice) -> IntArray:
        """Places (f,) among the features: 1, calendar features, own last rows, last rows of every column."""
        begin = 1 + self.calendar_features.shape[1]
        count = choice.lags * (self.values.shape[1] if choice.every_column else 1)
        last = begin + (self.own if choice.every_column else 0)
        return np.concatenate([np.arange(begin if choice.calendar_features else 1), last + np.arange(count)])

    def _sums(self, begin: int, end: int) -> _Sums:
        """Of forecasts from row ``begin`` on, all of whose steps are before ``end``."""
        size = 1 + self.calendar_features.shape[1] + self.own + self.every * self.values.shape[1]
        features, both, targets, count = np.zeros((size, size)), np.zeros((size, self.horizon)), 0.0, 0
        ahead = np.arange(1, self.horizon + 1)
        for first in range(max(begin, self.first), end - self.horizon, _PIECE):
            rows = np.arange(first, min(first + _PIECE, end - self.horizon))
            rows = rows[self.counts[rows[:, None] + ahead].all(axis=1)]
            actual = self.values[rows[:, None] + ahead, self.place]  # (r, J)
            actual = actual - self.values[rows, self.place, None] if self.from_last else actual
            own = _last_rows(self.values[:, [self.place]], rows, self.own)[..., 0]  # (r, own)
            columns = self.every * self.values.shape[1]
            every = _last_rows(self.values, rows, self.every).reshape(len(rows), columns)  # (r, every * C)
            read = np.concatenate([np.ones((len(rows), 1)), self.calendar_features[rows], own, every], axis=1)  # (r, F)
            features += read.T @ read
            both += read.T @ actual
            targets += float(np.square(actual).sum())
            count += len(rows)
        return _Sums(max(count, 1), features, both, targets)


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


def _last_rows(values: FloatArray, rows: IntArray, count: int) -> FloatArray:
    """The last rows (R, count, C) from some on, the newest first; the first row stands for those before it."""
    return np.asarray(values[np.maximum(rows[:, None] - np.arange(count), 0)])
