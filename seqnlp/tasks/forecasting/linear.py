"""The linear part of a forecaster, fitted on the training part before the network, which learns its residuals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray
from seqnlp.config.forecasting import ForecasterConfig
from seqnlp.data.least_squares import Later, fit_again, fit_linear, lag_choices
from seqnlp.data.linear_forecast import Choice, LinearForecast
from seqnlp.data.series.inputs import Inputs

_RIDGES = (0.0, 1e-3, 1e-2)

_FEWEST_BLOCKS = 4
"""Of forecasts, to tell how much of a network's answer counts."""

_MAX_OF_EVERY = 400
"""Last values of all columns together that equations are tried with."""


def fit_linear_part(settings: ForecasterConfig, inputs: Inputs, later: Inputs | None = None) -> LinearForecast:
    """Least squares over the last rows and the calendar of the training part, as the forecaster reads them.

    Each column reads its own last rows or those of every column, with the calendar or without, and as many rows as
    ``model.lags`` says, or one of several numbers: the mean of these, weighted by how well they forecast unseen rows.

    Args:
        later: the series from its beginning to the end of dev, if dev goes on from the training part.
    """
    columns = inputs.known.shape[1]
    values, harmonics = inputs.rows[:, :columns], inputs.rows[:, columns:]
    every = (False, True) if columns > 1 else (False,)
    calendar = (True, False) if harmonics.shape[1] else (False,)
    choices = [
        Choice(lags, all_of_them, ridge, calendar_features)
        for lags in ([settings.lags] if settings.lags else lag_choices(settings.season))
        for all_of_them in every
        for ridge in _RIDGES
        for calendar_features in calendar
        if not all_of_them or lags * columns <= _MAX_OF_EVERY
    ]
    rest = slice(len(values), None)
    after = Later(later.rows[rest, :columns], later.known[rest], later.rows[rest, columns:]) if later else None
    from_last = settings.reference == "last"
    return fit_linear(values, inputs.known, harmonics, settings.horizon, choices, from_last, averaged=True, later=after)


def residuals(fitted: LinearForecast, inputs: Inputs) -> FloatArray:
    """Actual less fitted values of the J rows (T, J, C) after each row of a series, as far as there are any."""
    rows, columns = inputs.known.shape
    forecasts = fitted.after(inputs.rows[:, :columns], inputs.rows[:, columns:], np.arange(rows))  # (T, J, C)
    after = np.minimum(np.arange(rows)[:, None] + np.arange(1, forecasts.shape[1] + 1), rows - 1)  # (T, J)
    return np.asarray(inputs.rows[after, :columns] - forecasts)


def fit_linear_part_again(fitted: LinearForecast, settings: ForecasterConfig, inputs: Inputs) -> LinearForecast:
    """The linear part fitted on more of the series: its choices stay as they are."""
    columns = inputs.known.shape[1]
    values, harmonics = inputs.rows[:, :columns], inputs.rows[:, columns:]
    return fit_again(fitted, values, inputs.known, harmonics, settings.reference == "last")


def share_of_network(linear: FloatArray, whole: FloatArray, actual: FloatArray, known: NDArray[np.bool_]) -> FloatArray:
    """How much of the network's answer to add to the linear part (C,), 0 to 1.

    It is what has the least squared error, shrunk to 0 by how uncertain that is (the positive-part estimator of James &
    Stein 1961). Neighbouring forecasts share most of their horizon, so the variance is that over blocks of twice the
    horizon; of fewer than four blocks nothing can be told, and the share is 0.

    Args:
        linear, whole, actual, known: (O, J, C) forecasts of the linear part, and with all of the network's answer, what
            came, and what is known of it.
    """
    network = np.where(known, whole - linear, 0)  # (O, J, C)
    residual = np.where(known, actual - linear, 0)
    origins, horizon, columns = network.shape
    begins = np.arange(0, max(origins - horizon, 1), 2 * horizon)
    if len(begins) < _FEWEST_BLOCKS:
        return np.zeros(columns)
    products, squares = network * residual, network * network  # (O, J, C)
    agreed, squares = (np.add.reduceat(part.sum(axis=1), begins) for part in (products, squares))  # (blocks, C)
    whole_squares = np.maximum(squares.sum(axis=0), 1e-300)  # (C,)
    best = agreed.sum(axis=0) / whole_squares
    deviation = np.square(agreed - best * squares).sum(axis=0) * len(begins) / (len(begins) - 1)
    uncertainty = deviation / whole_squares / whole_squares / np.maximum(best * best, 1e-300)
    return np.asarray(np.clip(best * np.maximum(1 - uncertainty, 0), 0, 1))
