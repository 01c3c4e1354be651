"""Forecasts from every row of a series in one pass: the model looks back only, so this is a rolling-origin backtest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.config.forecasting import ForecasterConfig
from seqnlp.data.series.inputs import Inputs, InputTransform
from seqnlp.data.series.parts import Part
from seqnlp.data.series.scale import Scaler
from seqnlp.errors import DataError
from seqnlp.metrics.conformal import conformal_quantile
from seqnlp.metrics.forecasting import rows_ahead
from seqnlp.networks.protocol import ForecasterNetwork
from seqnlp.tasks.forecasting.facts import reading_of

Backtest = tuple[IntArray, FloatArray, FloatArray, NDArray[np.bool_]]
"""Origins, forecasts, what came, what is known of it."""

_PIECE = 4096
"""Rows that are read at once; the state is carried from piece to piece."""


def fewest_rows(settings: ForecasterConfig, reading: InputTransform) -> int:
    """Rows that a series must have to be forecast."""
    return reading.season + settings.min_context


def origins_of(part: Part, settings: ForecasterConfig, reading: InputTransform) -> IntArray:
    """The rows of the series from which all of the horizon lies in the split: the origins (O,) of a backtest.

    A split that begins anew starts when there is a season to be seasonal-naive with, and the model has warmed up.

    Raises:
        DataError: there is none.
    """
    anew = max(fewest_rows(settings, reading), settings.season)
    first, rows = max(part.begin, anew) - 1, len(part.series)
    origins = np.arange(first, rows - settings.horizon)  # (O,)
    if not len(origins):
        raise DataError(
            f"{len(part):,} rows from row {part.begin + 1:,} on, {anew:,} rows needed before the first forecast: too "
            f"few for a horizon of {settings.horizon} (model.horizon, model.season, model.min_context)",
            part.series.source,
        )
    return origins


def forecast_rows(
    network: ForecasterNetwork, inputs: Inputs, reading: InputTransform, scaler: Scaler, origins: IntArray
) -> FloatArray:
    """What is forecast after some rows of the series, on the transformed scale (O, J, C).

    Args:
        origins: (O,) rows of the series, from ``inputs.skipped`` on, ascending.
    """
    rows = inputs.rows.astype(np.float32)  # (T, D)
    state, parts = network.start(), []
    last = int(origins[-1]) - inputs.skipped
    for begin in range(0, last + 1, _PIECE):
        forecasts, state = network.read(rows[begin : min(begin + _PIECE, last + 1)], state)  # (t, J, C)
        wanted = origins - inputs.skipped - begin
        wanted = wanted[(wanted >= 0) & (wanted < len(forecasts))]
        parts.append(forecasts[wanted].astype(np.float64))
    scaled = np.concatenate(parts)  # (O, J, C)
    before = origins[:, None] - reading.season + np.arange(1, scaled.shape[1] + 1)  # (O, J) a season before each step
    last_season = inputs.transformed[np.minimum(before, origins[:, None])]  # (O, J, C)
    return undo_changes(scaler.unscale(scaled), last_season, reading.season)


def undo_changes(changes: FloatArray, last_season: FloatArray, season: int) -> FloatArray:
    """Values from their differences to the last season; steps beyond a season build on those before.

    Args:
        changes, last_season: (..., J, C); of ``last_season`` the first ``season`` steps count.
        season: 0: the changes are the values.
    """
    if not season:
        return changes
    values = changes.copy()
    values[..., :season, :] += last_season[..., :season, :]
    for step in range(season, changes.shape[-2]):
        values[..., step, :] += values[..., step - season, :]
    return values


def fit_intervals(
    transformed: FloatArray, actual: FloatArray, known: NDArray[np.bool_], levels: tuple[float, ...]
) -> FloatArray:
    """Half widths (levels, J, C) of prediction intervals by split conformal prediction, for each step and column.

    Args:
        transformed, actual, known: (O, J, C) forecasts and what came, on the transformed scale.
    """
    off = np.abs(transformed - actual)  # (O, J, C)
    _, horizon, columns = off.shape
    widths = np.empty((len(levels), horizon, columns))
    for place in np.ndindex(horizon, columns):
        scores = off[:, *place][known[:, *place]]  # (O',)
        widths[:, *place] = [conformal_quantile(scores, level) for level in levels]
    return widths


def backtest(
    network: ForecasterNetwork, settings: ForecasterConfig, inputs: Inputs, part: Part, scaler: Scaler
) -> Backtest:
    """Origins (O,) of a split, and forecasts, what came and what is known of it (O, J, C), on the transformed scale.

    Raises:
        DataError: the split is too short.
    """
    reading = reading_of(settings)
    origins, horizon = origins_of(part, settings, reading), settings.horizon
    forecasts = forecast_rows(network, inputs, reading, scaler, origins)
    ahead = rows_ahead(origins, horizon)  # (O, J)
    return origins, forecasts, inputs.transformed[ahead], part.series.known[ahead]
