"""From a place in a series to the forecast that is answered: values, intervals, and the time stamps ahead."""

from __future__ import annotations

import numpy as np

from seqnlp.data.series.time import write_timestamp
from seqnlp.tasks.forecasting.answers import DIGITS, Forecast, digits_beside
from seqnlp.tasks.forecasting.facts import LEVELS
from seqnlp.tasks.forecasting.session import ForecastSession, SeriesState


def forecast_from(reader: ForecastSession, place: SeriesState, written: str, horizon: int, level: float) -> Forecast:
    """What comes after a place; ``written`` is its time stamp as it was written."""
    ahead = reader.forecast(place, horizon)  # (N, C)
    widths = np.full_like(ahead, np.inf)  # (N, C)
    number = LEVELS.index(level)
    fitted = reader.loaded.intervals[number][:horizon] * place.interval_scale.factors[number]  # (J or fewer, C)
    widths[: len(fitted)] = fitted
    low, middle, high = map(reader.reading.restored, (ahead - widths, ahead, ahead + widths))
    low[np.isinf(widths)] = -np.inf
    facts, times = reader.loaded.facts, _times(reader, place, written, horizon)
    relative = reader.reading.transform != "none"  # then the scale is not that of the values
    digits = DIGITS if relative else digits_beside(middle, facts.scaler.deviation)
    return Forecast(facts.names, *times, middle, low, high, level, digits)


def _times(reader: ForecastSession, place: SeriesState, written: str, horizon: int) -> tuple[str, tuple[str, ...]]:
    """The origin and the rows ahead as they are written: time stamps, or numbers of rows."""
    step, moment, time_format = reader.loaded.facts.step, place.moment, reader.loaded.data.time_format
    ahead = range(1, horizon + 1)
    if step is None or moment is None:
        return written or str(place.rows), tuple(str(place.rows + number) for number in ahead)
    moments = [step.after(moment, number) for number in ahead]
    return written, tuple(write_timestamp(one, written, time_format) for one in moments)
