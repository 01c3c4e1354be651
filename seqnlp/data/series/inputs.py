"""What a forecaster reads of a series: values transformed, differenced and scaled, and calendar features.

Everything here looks back only: the inputs of a row are made from it and the rows before it, with a scale that the
training part has set.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray
from seqnlp.data.series.parts import Series
from seqnlp.data.series.scale import Scaler, fit_scaler
from seqnlp.data.series.time import Timestamp, wall_clock
from seqnlp.errors import DataError

HARMONICS = 2
"""Waves of each rhythm: one a period, two a period."""


@dataclass(frozen=True)
class InputTransform:
    """How values become inputs, and forecasts become values again.

    Attributes:
        transform: none, log or sqrt.
        season: rows in a season if values are read as differences to the last season, else 0.
        calendar_features: of the calendar, to read beside the values.
    """

    transform: str
    season: int
    calendar_features: tuple[str, ...]

    def num_inputs(self, columns: int) -> int:
        """D, the inputs of a row."""
        return columns + 2 * HARMONICS * len(self.calendar_features)

    def transformed(self, values: FloatArray, names: Sequence[str], source: object) -> FloatArray:
        """Values (T, C) on the transformed scale.

        Raises:
            DataError: a value has no logarithm or square root; with the column.
        """
        if self.transform == "none":
            return values
        bad = values <= 0 if self.transform == "log" else values < 0  # (T, C)
        if bad.any():
            row, place = np.argwhere(bad)[0]
            expected = "above 0" if self.transform == "log" else "of at least 0"
            raise DataError(
                f"column '{names[place]}': expected values {expected} for model.transform={self.transform}, "
                f"found {values[row, place]:g}",
                source,
            )
        changed: FloatArray = np.log(values) if self.transform == "log" else np.sqrt(values)
        return changed

    def restored(self, transformed: FloatArray) -> FloatArray:
        """The inverse of :meth:`transformed`; what lies below the smallest square root is 0."""
        if self.transform == "log":
            return np.asarray(np.exp(transformed))
        return np.maximum(transformed, 0) ** 2 if self.transform == "sqrt" else transformed

    def calendar_values(self, moment: Timestamp | None) -> list[float]:
        """Sines and cosines of the calendar."""
        if not self.calendar_features:
            return []
        if not isinstance(moment, datetime):
            raise DataError(
                f"model.calendar={', '.join(self.calendar_features)} needs dates, found {moment}; set data.time_column"
            )
        angles = [
            2 * math.pi * _phase(moment, name) * harmonic
            for name in self.calendar_features
            for harmonic in range(1, HARMONICS + 1)
        ]
        return [function(angle) for angle in angles for function in (math.sin, math.cos)]

    def harmonics(self, series: Series) -> FloatArray:
        """Sines and cosines (T, R) of a series' calendar.

        Raises:
            DataError: there are no dates.
        """
        moments: Sequence[Timestamp | None] = series.moments or (None,) * len(series)
        return np.array([self.calendar_values(moment) for moment in moments]).reshape(len(series), -1)


@dataclass(frozen=True)
class Inputs:
    """A series as it is read. Its first row is row ``skipped`` of the series: those before only serve as last season.

    Attributes:
        rows: (T, D) scaled values, then calendar features.
        known: (T, C) False where a value, or the one a season before, was missing.
        transformed: (T + skipped, C) values on the transformed scale.
        skipped: rows of the first season.
    """

    rows: FloatArray
    known: NDArray[np.bool_]
    transformed: FloatArray
    skipped: int


def fit_scale(reading: InputTransform, series: Series, advice: str = "") -> Scaler:
    """The scale of the training part.

    Args:
        advice: what to do about a column that never changes; empty: leave it out.

    Raises:
        DataError: it is shorter than a season and a row, or a column never changes.
    """
    changes, known = _changes(reading, series)
    return fit_scaler(changes, known, series.names, series.source, *filter(None, [advice]))


def make_inputs(reading: InputTransform, scaler: Scaler, series: Series) -> Inputs:
    """What is read of a series.

    Raises:
        DataError: it is shorter than a season and a row, a value cannot be transformed, or the calendar lacks dates.
    """
    _, known = _changes(reading, series)
    transformed = reading.transformed(series.values, series.names, series.source)
    rows = input_rows(reading, scaler, transformed, series.moments[reading.season :])
    return Inputs(rows, known, transformed, reading.season)


def input_rows(
    reading: InputTransform, scaler: Scaler, transformed: FloatArray, moments: Sequence[Timestamp]
) -> FloatArray:
    """Scaled values or changes, then calendar features (T, D).

    Args:
        transformed: (season + T, C) values on the transformed scale, those of the season before first.
        moments: (T,) time stamps; none if the series has no such column.

    Raises:
        DataError: the calendar is to be read, and there are no dates.
    """
    season = reading.season
    changes = transformed[season:] - transformed[:-season] if season else transformed  # (T, C)
    rows = scaler.scale(changes)  # (T, C)
    if not reading.calendar_features:
        return rows
    calendar_features = np.array(
        [reading.calendar_values(moment) for moment in moments or (None,)]
    )  # (T, 4 * calendar features)
    return np.concatenate([rows, calendar_features], axis=1)


def known_calendar_features(moments: Sequence[Timestamp]) -> tuple[str, ...]:
    """The calendar features that some rows show: each at least one and a half times, in four rows or more."""
    if len(moments) < 2 or not isinstance(moments[0], datetime) or not isinstance(moments[-1], datetime):
        return ()
    days = (wall_clock(moments[-1]) - wall_clock(moments[0])).total_seconds() / 86400
    a_day = (len(moments) - 1) / days
    lengths = {"year": 365.25, "week": 7.0, "day": 1.0}
    return tuple(name for name, length in lengths.items() if length * a_day >= 4 and days >= 1.5 * length)


def _changes(reading: InputTransform, series: Series) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Transformed values (T, C), or their differences to the last season, and which are known."""
    season = reading.season
    if len(series) <= season:
        problem = f"expected more than {season:,} rows, a season (model.season), found {len(series):,}"
        raise DataError(problem, series.source)
    transformed = reading.transformed(series.values, series.names, series.source)
    if not season:
        return transformed, series.known
    return transformed[season:] - transformed[:-season], series.known[season:] & series.known[:-season]


def _phase(moment: datetime, calendar_values: str) -> float:
    """Where in its period a moment is, from 0 to 1."""
    day = (moment.hour * 3600 + moment.minute * 60 + moment.second) / 86400
    if calendar_values == "day":
        return day
    if calendar_values == "week":
        return (moment.weekday() + day) / 7
    return (moment.timetuple().tm_yday - 1 + day) / (366 if calendar.isleap(moment.year) else 365)
