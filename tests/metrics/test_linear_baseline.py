"""The linear forecast that stands beside a forecaster."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from seqnlp.data.series.inputs import known_calendar_features
from seqnlp.data.series.parts import Series
from seqnlp.metrics.linear_baseline import linear_baseline


def daily(rows: int, period: float) -> Series:
    """A wave of ``period`` days on a level of 10, day by day, and a little noise: without it lags tell all."""
    moments = tuple(datetime(2020, 1, 1) + timedelta(days=number) for number in range(rows))
    noise = np.random.default_rng(0).normal(scale=0.05, size=(rows, 1))
    values = 10 + np.sin(2 * np.pi * np.arange(rows) / period)[:, None] + noise
    known = np.ones((rows, 1), dtype=bool)
    return Series(("a",), values, known, np.arange(rows), moments, None, (), "series")


@pytest.mark.parametrize(("rows", "period", "transform"), [(1200, 365.25, "none"), (120, 7, "none"), (120, 7, "log")])
def test_a_rhythm_of_the_calendar_is_forecast(rows: int, period: float, transform: str) -> None:
    series = daily(rows, period)
    origins = np.arange(rows // 2, rows - 7)
    actual = linear_baseline(series.first(rows * 2 // 3), series, transform, 1, origins, 7)
    assert actual.names[0].startswith("harmonics + AR(")
    off = actual.forecasts - series.values[origins[:, None] + np.arange(1, 8)]
    assert np.abs(off).mean() < 0.06  # the noise alone: 0.04


def test_only_the_training_part_is_learned_from() -> None:
    series = daily(200, 7)
    later = series.values.copy()
    later[120:] += 100
    changed = Series(
        series.names, later, *(getattr(series, name) for name in ("known", "lines", "moments")), None, (), ""
    )
    origins = np.arange(100, 110)
    before, after = (linear_baseline(series.first(100), one, "none", 7, origins, 3) for one in (series, changed))
    np.testing.assert_array_equal(before.forecasts, after.forecasts)


def test_rhythms_are_those_that_the_rows_show() -> None:
    year, hour = timedelta(days=365), timedelta(hours=1)
    begin = datetime(2021, 3, 1)
    assert known_calendar_features([begin + number * timedelta(days=1) for number in range(400)]) == ("week",)
    assert known_calendar_features([begin + number * timedelta(days=1) for number in range(600)]) == ("year", "week")
    assert known_calendar_features([begin + number * timedelta(days=30) for number in range(40)]) == ("year",)
    assert known_calendar_features([begin + number * hour for number in range(300)]) == ("week", "day")
    assert known_calendar_features([begin + number * year for number in range(40)]) == ()
    assert known_calendar_features([1.0, 2.0, 3.0]) == known_calendar_features([]) == ()
