"""What a statistician writes in ten minutes: harmonics of the calendar and an autoregression, by least squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray
from seqnlp.data.least_squares import fit_linear, lag_choices
from seqnlp.data.linear_forecast import Choice
from seqnlp.data.series.inputs import InputTransform, known_calendar_features
from seqnlp.data.series.parts import Series
from seqnlp.data.series.scale import fit_scaler


@dataclass(frozen=True)
class LinearBaseline:
    """Forecasts (O, J, C) in the units of the data, and the name of each column's (C,)."""

    forecasts: FloatArray
    names: tuple[str, ...]


def linear_baseline(
    train: Series, series: Series, transform: str, season: int, origins: NDArray[np.int64], horizon: int
) -> LinearBaseline:
    """AR(p) with harmonics of the calendar or without, each column for itself, fitted on the training part alone.

    Which, and p, is chosen on the end of the training part.

    Args:
        train: the training part.
        series: what is forecast.
        transform: none, log or sqrt: the scale on which squares are least.
        season: rows in a season; 1: none.
        origins: (O,) rows of ``series`` to forecast from.
        horizon: H.

    Raises:
        DataError: a value has no logarithm or square root.
    """
    reading = InputTransform(transform, 0, known_calendar_features(train.moments))
    transformed = reading.transformed(train.values, train.names, train.source)
    scaler = fit_scaler(transformed, train.known, train.names, train.source)
    both = (True, False) if reading.calendar_features else (False,)
    choices = [
        Choice(lags, calendar_features=calendar_features) for calendar_features in both for lags in lag_choices(season)
    ]
    fitted = fit_linear(scaler.scale(transformed), train.known, reading.harmonics(train), horizon, choices)
    values = scaler.scale(reading.transformed(series.values, series.names, series.source))
    forecasts = reading.restored(scaler.unscale(fitted.after(values, reading.harmonics(series), origins)))
    names = tuple(
        f"{'harmonics + ' if one.calendar_features else ''}AR({one.lags}), least squares" for one in fitted.chosen
    )
    return LinearBaseline(forecasts, names)
