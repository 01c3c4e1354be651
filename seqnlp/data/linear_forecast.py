"""Forecasts that are linear in the last rows and the calendar: the weights, and what they give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seqnlp.arrays import FloatArray, IntArray

ROWS_AT_ONCE = 4096
"""Rows whose features are in memory at once."""


@dataclass(frozen=True)
class Choice:
    """What the equations of a column read.

    Attributes:
        lags: last rows.
        every_column: of all columns, not of its own alone.
        calendar_features: the calendar too.
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
        calendar_features: (R, J, C), of the calendar's harmonics at the last row.
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
        harmonics = self.calendar_features.reshape(-1, self.bias.size)  # (R, J * C)
        for begin in range(0, len(origins), ROWS_AT_ONCE):
            some = origins[begin : begin + ROWS_AT_ONCE]
            last = last_rows(values, some, len(self.lags)).reshape(len(some), -1)  # (o, P * C)
            sums = last @ weights + calendar_features[some] @ harmonics
            forecasts[begin : begin + ROWS_AT_ONCE] = sums.reshape(-1, *self.bias.shape) + self.bias
        return forecasts


def last_rows(values: FloatArray, rows: IntArray, count: int) -> FloatArray:
    """The last rows (R, count, C) from some on, the newest first; the first row stands for those before it."""
    return np.asarray(values[np.maximum(rows[:, None] - np.arange(count), 0)])
