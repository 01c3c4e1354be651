"""A forecaster that reads: a place in a series, the state there, and what comes next.

A place is what one needs to go on: the recurrent state, the last season, how many rows there were. So a row costs the
same after ten rows or a million, and a file that is read at once leads to the same place as a stream read row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from seqnlp.arrays import BoolArray, FloatArray
from seqnlp.data.series.inputs import input_rows
from seqnlp.data.series.time import Timestamp
from seqnlp.tasks.forecasting.adaptive_intervals import IntervalScale
from seqnlp.tasks.forecasting.forecaster import LoadedForecaster
from seqnlp.tasks.forecasting.prediction import fewest_rows, undo_changes

_PIECE = 4096
"""Rows that are read at once."""


@dataclass(frozen=True, eq=False)
class SeriesState:
    """After the last row that was read.

    Attributes:
        state: of the network.
        last_season: (season or fewer, C) the last values on the transformed scale, if differences to it are read.
        rows: read so far.
        moment: the last time stamp, if there are any.
        ahead: (J, C) what the model forecasts here, on the transformed scale; none before a season is read.
        interval_scale: how wide prediction intervals are here.
    """

    state: Any
    last_season: FloatArray
    interval_scale: IntervalScale
    rows: int = 0
    moment: Timestamp | None = None
    ahead: FloatArray | None = None


class ForecastSession:
    """Moves a forecaster through a series, one or more rows at a time."""

    def __init__(self, loaded: LoadedForecaster) -> None:
        self.loaded, self.reading = loaded, loaded.reading
        self.intervals = loaded.adaptive_intervals
        self.fewest_rows = fewest_rows(loaded.settings, loaded.reading)

    @property
    def beginning(self) -> SeriesState:
        """Before the first row."""
        return SeriesState(
            self.loaded.network.start(), np.zeros((0, len(self.loaded.facts.names))), self.intervals.beginning
        )

    def read(
        self, place: SeriesState, values: FloatArray, known: BoolArray, moments: Sequence[Timestamp], source: object
    ) -> SeriesState:
        """The place after some more rows.

        Args:
            values: (T, C).
            known: (T, C) False where a value was missing and another stands in.
            moments: (T,), or none.
            source: what messages call the series.

        Raises:
            DataError: a value cannot be transformed, or the calendar needs dates.
        """
        for begin in range(0, len(values), _PIECE):
            piece = slice(begin, begin + _PIECE)
            place = self._read(place, values[piece], known[piece], moments[piece], source)
        return place

    def forecast(self, place: SeriesState, horizon: int) -> FloatArray:
        """What comes next (horizon, C), on the transformed scale; beyond J it goes on from its own forecasts."""
        assert place.ahead is not None  # the caller has seen that there were rows enough
        parts = [place.ahead]
        step = self.loaded.facts.step
        while sum(map(len, parts)) < horizon:
            moments: tuple[Timestamp, ...] = ()
            if step is not None and place.moment is not None:
                moments = tuple(step.after(place.moment, ahead) for ahead in range(1, len(parts[-1]) + 1))
            place = self._read(place, self.reading.restored(parts[-1]), None, moments, "the forecast")
            assert place.ahead is not None
            parts.append(place.ahead)
        return np.concatenate(parts)[:horizon]

    def _read(
        self,
        place: SeriesState,
        values: FloatArray,
        known: BoolArray | None,
        moments: Sequence[Timestamp],
        source: object,
    ) -> SeriesState:
        """As :meth:`read`; where nothing is ``known`` the values are forecasts, which no interval follows."""
        season, facts = self.reading.season, self.loaded.facts
        transformed = self.reading.transformed(values, facts.names, source)  # (T, C)
        longer = np.concatenate([place.last_season, transformed])  # (season + T or fewer, C)
        place = replace(
            place,
            last_season=longer[len(longer) - min(season, len(longer)) :],
            rows=place.rows + len(values),
            moment=moments[-1] if moments else None,
        )
        if len(longer) <= season:
            return place
        rows = input_rows(self.reading, facts.scaler, longer, moments[-(len(longer) - season) :])  # (t, D)
        forecasts, state = self.loaded.network.read(rows, place.state)
        last = len(rows) if known is not None and self.intervals.rate else 1
        changes = facts.scaler.unscale(forecasts[-last:].astype(np.float64))  # (last, J, C)
        origins = np.arange(len(longer) - last, len(longer))[:, None]  # (last, 1)
        before = longer[np.minimum(origins - season + np.arange(1, changes.shape[1] + 1), origins)]  # (last, J, C)
        ahead = undo_changes(changes, before, season)
        place = replace(place, state=state, ahead=ahead[-1])
        if known is None or not self.intervals.rate:
            return place
        return replace(place, interval_scale=self._interval_scale(place, transformed[-last:], known[-last:], ahead))

    def _interval_scale(
        self, place: SeriesState, actual: FloatArray, known: BoolArray, ahead: FloatArray
    ) -> IntervalScale:
        """How wide intervals are after some more rows (T, C), after which ``ahead`` (T, J, C) is forecast."""
        scale = place.interval_scale
        for number, row in enumerate(actual):
            rows = place.rows - len(actual) + number + 1  # read by then
            counts = rows >= self.fewest_rows
            scale = self.intervals.after(scale, row, known[number], ahead[number] if counts else None)
        return scale
