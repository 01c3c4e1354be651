"""Forecasts that are linear in the last rows and the calendar, fitted by least squares.

This is what a statistician writes first: harmonics of the calendar and an autoregression, each step ahead by an
equation of its own (direct), so that nothing is iterated. How many last rows are read is chosen on the end of the rows
it is fitted on, by forecasts of rows that the fit has not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from seqnlp.arrays import BoolArray, FloatArray
from seqnlp.data.column_equations import ColumnEquations, fit_of, parts_of
from seqnlp.data.linear_forecast import Choice, LinearForecast

_MAX_LAGS = 400
"""Last rows that are worth their time."""


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
    later: LinearRows | None = None,
) -> LinearForecast:
    """Fit by least squares, each column by the choice that forecasts rows best that the fit has not seen.

    Args:
        values: (T, C), of a mean near 0 and a deviation near 1.
        known: (T, C); where a step ahead is unknown, the row does not count, unless that leaves few rows.
        calendar_features: (T, R).
        horizon: J.
        choices: at least one; those with too many weights for the rows are passed over, but never all of them.
        from_last: a ridge draws forecasts to the last row instead of the mean.
        averaged: the weighted mean of all choices, by how well they forecast unseen rows, instead of the best.
        later: rows after those fitted on, that are no part of the fit, to choose on as well.
    """
    rows = LinearRows(values, known, calendar_features, later)
    return fit_together([rows], horizon, choices, from_last, averaged)


def fit_together(
    series: Sequence[LinearRows],
    horizon: int,
    choices: Sequence[Choice],
    from_last: bool = False,
    averaged: bool = False,
) -> LinearForecast:
    """As :func:`fit_linear`, the same equations for several series of the same columns."""
    equations = [_equations(series, horizon, place, choices, from_last) for place in range(series[0].values.shape[1])]
    return _solved(equations, [parts_of(column, averaged) for column in equations])


def fit_again(fitted: LinearForecast, series: Sequence[LinearRows], from_last: bool = False) -> LinearForecast:
    """The same choices in the same parts, fitted on other rows of one or more series; see :func:`fit_linear`."""
    horizon = len(fitted.bias)
    equations = [_equations(series, horizon, place, list(parts), from_last) for place, parts in enumerate(fitted.parts)]
    return _solved(equations, list(fitted.parts))


def _equations(
    series: Sequence[LinearRows], horizon: int, place: int, choices: Sequence[Choice], from_last: bool
) -> list[ColumnEquations]:
    """Those of one column in each series."""
    return [ColumnEquations(*one.joined, len(one.values), horizon, place, choices, from_last) for one in series]


def _solved(equations: list[list[ColumnEquations]], parts: list[dict[Choice, float]]) -> LinearForecast:
    """The mean of each column's choices, as one set of weights."""
    first = equations[0][0]
    columns, horizon, harmonics = len(equations), first.horizon, first.calendar_features.shape[1]
    longest = max(choice.lags for some in parts for choice in some)
    bias, of_calendar = np.zeros((horizon, columns)), np.zeros((harmonics, horizon, columns))
    lags = np.zeros((longest, columns, horizon, columns))
    for place, (column, some) in enumerate(zip(equations, parts, strict=True)):
        for choice, part, weights in fit_of(column, some):  # weights: (features, J)
            read = harmonics if choice.calendar_features else 0
            bias[:, place] += part * weights[0]
            of_calendar[:read, :, place] += part * weights[1 : 1 + read]
            last = part * weights[1 + read :]
            if choice.every_column:
                lags[: choice.lags, :, :, place] += last.reshape(choice.lags, columns, horizon)
            else:
                lags[: choice.lags, place, :, place] += last
        if first.from_last:
            lags[0, place, :, place] += 1
    return LinearForecast(bias, of_calendar, lags, tuple(parts))


@dataclass(frozen=True)
class LinearRows:
    """The rows of a series that a fit is over, and later ones to choose on as well; see :func:`fit_linear`."""

    values: FloatArray
    known: BoolArray
    calendar_features: FloatArray
    later: LinearRows | None = None

    @cached_property
    def joined(self) -> tuple[FloatArray, BoolArray, FloatArray]:
        """The rows of the fit, then the later ones."""
        if self.later is None:
            return self.values, self.known, self.calendar_features
        return (
            np.concatenate([self.values, self.later.values]),
            np.concatenate([self.known, self.later.known]),
            np.concatenate([self.calendar_features, self.later.calendar_features]),
        )
