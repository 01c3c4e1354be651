"""The linear part of a forecaster, fitted on the training part before the network, which learns its residuals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray
from seqnlp.config.forecasting import ForecasterConfig
from seqnlp.data.least_squares import LinearRows, fit_again, fit_together, lag_choices
from seqnlp.data.linear_forecast import Choice, LinearForecast
from seqnlp.data.series.inputs import Inputs

_RIDGES = (0.0, 1e-3, 1e-2)

_FEWEST_BLOCKS = 4
"""Of forecasts, to tell how much of a network's answer counts."""

_MAX_OF_EVERY = 400
"""Last values of all columns together that equations are tried with."""


def fit_linear_part(
    settings: ForecasterConfig, inputs: Sequence[Inputs], later: Sequence[Inputs] | None = None
) -> LinearForecast:
    """Least squares over the last rows and the calendar of the training parts, as the forecaster reads them.

    Several series share the equations: each is read on its own scale. Each column reads its own last rows or those of
    every column, with the calendar or without, and as many rows as ``model.lags`` says, or one of several numbers: the
    mean of these, weighted by how well they forecast unseen rows.

    Args:
        inputs: of the training part of each series.
        later: of each series from its beginning to the end of dev, if dev goes on from the training part.
    """
    series = list(map(_rows, inputs, later)) if later else list(map(_rows, inputs))
    columns = inputs[0].known.shape[1]
    every = (False, True) if columns > 1 else (False,)
    calendar = (True, False) if series[0].calendar_features.shape[1] else (False,)
    choices = [
        Choice(lags, all_of_them, ridge, calendar_features)
        for lags in ([settings.lags] if settings.lags else lag_choices(settings.season))
        for all_of_them in every
        for ridge in _RIDGES
        for calendar_features in calendar
        if not all_of_them or lags * columns <= _MAX_OF_EVERY
    ]
    return fit_together(series, settings.horizon, choices, settings.reference == "last", averaged=True)


def _rows(inputs: Inputs, longer: Inputs | None = None) -> LinearRows:
    """What the linear part is fitted on, and the rows of a longer series that come after."""
    columns = inputs.known.shape[1]
    rest = slice(len(inputs.rows), None)
    later = LinearRows(longer.rows[rest, :columns], longer.known[rest], longer.rows[rest, columns:]) if longer else None
    return LinearRows(inputs.rows[:, :columns], inputs.known, inputs.rows[:, columns:], later)


def residuals(fitted: LinearForecast, inputs: Inputs) -> FloatArray:
    """Actual less fitted values of the J rows (T, J, C) after each row of a series, as far as there are any."""
    rows, columns = inputs.known.shape
    forecasts = fitted.after(inputs.rows[:, :columns], inputs.rows[:, columns:], np.arange(rows))  # (T, J, C)
    after = np.minimum(np.arange(rows)[:, None] + np.arange(1, forecasts.shape[1] + 1), rows - 1)  # (T, J)
    return np.asarray(inputs.rows[after, :columns] - forecasts)


def fit_linear_part_again(
    fitted: LinearForecast, settings: ForecasterConfig, inputs: Sequence[Inputs]
) -> LinearForecast:
    """The linear part fitted on more of each series: its choices stay as they are."""
    return fit_again(fitted, list(map(_rows, inputs)), settings.reference == "last")


Forecasts = tuple[FloatArray, FloatArray, FloatArray, NDArray[np.bool_]]
"""Of the linear part, with all of the network's answer, what came, and what is known of it; (O, J, C) each."""


def share_of_network(series: Sequence[Forecasts]) -> FloatArray:
    """How much of the network's answer to add to the linear part (C,), 0 to 1.

    It is what has the least squared error, shrunk to 0 by how uncertain that is (the positive-part estimator of James &
    Stein 1961). Neighbouring forecasts share most of their horizon, so the variance is that over blocks of twice the
    horizon; of fewer than four blocks nothing can be told, and the share is 0.

    Args:
        series: what was forecast of each, on a scale on which they count alike.
    """
    blocks = [_blocks(*one) for one in series]
    agreed, squares = (np.concatenate(part) for part in zip(*blocks, strict=True))  # (blocks, C)
    if len(agreed) < _FEWEST_BLOCKS:
        return np.zeros(agreed.shape[1])
    whole_squares = np.maximum(squares.sum(axis=0), 1e-300)  # (C,)
    best = agreed.sum(axis=0) / whole_squares
    deviation = np.square(agreed - best * squares).sum(axis=0) * len(agreed) / (len(agreed) - 1)
    uncertainty = deviation / whole_squares / whole_squares / np.maximum(best * best, 1e-300)
    return np.asarray(np.clip(best * np.maximum(1 - uncertainty, 0), 0, 1))


def _blocks(
    linear: FloatArray, whole: FloatArray, actual: FloatArray, known: NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    """Sums (blocks, C) over blocks of origins: of the network's answer times what it should be, and of its square."""
    network = np.where(known, whole - linear, 0)  # (O, J, C)
    residual = np.where(known, actual - linear, 0)
    origins, horizon, _ = network.shape
    begins = np.arange(0, max(origins - horizon, 1), 2 * horizon)
    products, squares = network * residual, network * network  # (O, J, C)
    return np.add.reduceat(products.sum(axis=1), begins), np.add.reduceat(squares.sum(axis=1), begins)
