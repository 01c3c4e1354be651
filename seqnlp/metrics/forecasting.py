"""Errors of forecasts in the units of the data, and the naive forecasts that stand beside every model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seqnlp.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Errors:
    """Errors over all origins and steps.

    Attributes:
        mae: mean absolute error.
        rmse: root of the mean squared error.
        mase: ``mae`` divided by the training part's mean absolute seasonal-naive error (Hyndman & Koehler 2006);
            nothing where that is 0, as in a series that repeats exactly: MASE is undefined then.
        mase_naive: the same with the error of the naive forecast one row ahead.
    """

    mae: float
    rmse: float
    mase: float | None
    mase_naive: float | None


def errors(forecasts: FloatArray, actual: FloatArray, known: BoolArray, scales: tuple[float, float]) -> Errors:
    """Errors of one column; missing values do not count.

    Args:
        forecasts, actual, known: (O, J), of O origins and J steps ahead.
        scales: the training part's :func:`naive_scale` of the season, and of one row.
    """
    off = (forecasts - actual)[known]  # (known values,)
    mae, rmse = (float(np.abs(off).mean()), float(np.sqrt(np.square(off).mean()))) if off.size else (0.0, 0.0)
    return Errors(mae, rmse, *(mae / scale if scale else None for scale in scales))


def naive_scale(values: FloatArray, known: BoolArray, season: int) -> float:
    """Mean absolute change of a column (T,) over ``season`` rows; 0 if it repeats exactly, or nothing is known."""
    changes = np.abs(values[season:] - values[:-season])[known[season:] & known[:-season]]
    return float(changes.mean()) if changes.size else 0.0


def rows_ahead(origins: IntArray, horizon: int) -> IntArray:
    """The J rows (O, J) after each origin."""
    rows: IntArray = origins[:, None] + np.arange(1, horizon + 1)
    return rows


def naive(values: FloatArray, origins: IntArray, horizon: int) -> FloatArray:
    """The last value (O, J, C) of a series (T, C), for every step ahead."""
    return np.repeat(values[origins][:, None], horizon, axis=1)


def seasonal_naive(values: FloatArray, origins: IntArray, horizon: int, season: int) -> FloatArray:
    """The values (O, J, C) at the same place of the last season that is known."""
    repeated: FloatArray = values[origins[:, None] - _back(horizon, season)]
    return repeated


def seasonal_naive_with_drift(values: FloatArray, origins: IntArray, horizon: int, season: int) -> FloatArray:
    """The seasonal-naive forecast, plus the mean change a row of all rows up to the origin."""
    steps = np.arange(1, horizon + 1) + _back(horizon, season)  # (J,) from the value that is repeated
    slope = (values[origins] - values[0]) / np.maximum(origins, 1)[:, None]  # (O, C)
    drifted: FloatArray = seasonal_naive(values, origins, horizon, season) + slope[:, None] * steps[:, None]
    return drifted


def _back(horizon: int, season: int) -> IntArray:
    """Rows (J,) from the origin back to the value that stands for each step ahead."""
    ahead = np.arange(1, horizon + 1)  # (J,)
    return -(-ahead // season) * season - ahead
