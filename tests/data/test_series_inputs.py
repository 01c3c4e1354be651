from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from seqnlp.data.series.inputs import Inputs, InputTransform, fit_scale, make_inputs
from seqnlp.data.series.parts import Series
from seqnlp.data.series.scale import Scaler
from seqnlp.data.series.step import Step
from seqnlp.errors import DataError
from seqnlp.tasks.forecasting.windows import WindowPlan

PLAIN = Scaler(np.zeros(1), np.ones(1))


def series_of(values: list[float], known: list[bool] | None = None) -> Series:
    return Series(
        names=("a",),
        values=np.array(values, dtype=float)[:, None],
        known=np.array(known or [True] * len(values))[:, None],
        lines=np.arange(len(values)) + 2,
        moments=tuple(datetime(2024, 1, 1 + day) for day in range(len(values))),
        step=Step(size=86400),
        stamps=(),
        source="x.csv",
    )


def test_values_are_scaled_by_the_training_part() -> None:
    reading = InputTransform("none", 0, ())
    scaler = fit_scale(reading, series_of([1, 3]))
    inputs = make_inputs(reading, scaler, series_of([1, 3, 5]))
    assert inputs.rows.ravel().tolist() == [-1, 1, 3]
    assert inputs.skipped == 0


def test_seasonal_changes_are_read_and_known_where_both_values_are() -> None:
    inputs = make_inputs(
        InputTransform("none", 2, ()), PLAIN, series_of([1, 2, 4, 8, 16], [True, False, True, True, True])
    )
    assert inputs.rows.ravel().tolist() == [3, 6, 12]
    assert inputs.known.ravel().tolist() == [True, False, True]
    assert (inputs.skipped, inputs.transformed.ravel().tolist()) == (2, [1, 2, 4, 8, 16])
    with pytest.raises(DataError, match=r"x.csv: expected more than 5 rows, a season \(model.season\), found 5"):
        make_inputs(InputTransform("none", 5, ()), PLAIN, series_of([1, 2, 4, 8, 16]))


@pytest.mark.parametrize("transform", ["none", "log", "sqrt"])
def test_a_transform_is_undone(transform: str) -> None:
    reading, values = InputTransform(transform, 0, ()), np.array([[0.5], [4.0]])
    assert reading.restored(reading.transformed(values, ("a",), "x")) == pytest.approx(values)
    assert InputTransform("sqrt", 0, ()).restored(np.array([-2.0])).tolist() == [0]


@pytest.mark.parametrize(
    ("transform", "value", "expected"), [("log", 0, "values above 0"), ("sqrt", -1, "values of at least 0")]
)
def test_values_without_a_logarithm_or_root_are_an_error(transform: str, value: float, expected: str) -> None:
    with pytest.raises(DataError) as caught:
        make_inputs(InputTransform(transform, 0, ()), PLAIN, series_of([1, value]))
    assert str(caught.value) == (
        f"x.csv: column 'a': expected {expected} for model.transform={transform}, found {value}"
    )


def test_rhythms_come_back_after_their_period() -> None:
    inputs = make_inputs(InputTransform("none", 0, ("week",)), PLAIN, series_of([1.0] * 9))
    assert inputs.rows.shape == (9, 1 + 4)
    assert inputs.rows[0] == pytest.approx(inputs.rows[7])
    assert np.abs(inputs.rows[0] - inputs.rows[1]).max() > 0.1
    year, day = InputTransform("none", 0, ("year",)), InputTransform("none", 0, ("day",))
    assert year.calendar_values(datetime(2023, 1, 1)) == pytest.approx(year.calendar_values(datetime(2024, 1, 1)))
    assert day.calendar_values(datetime(2024, 1, 1, 6))[:2] == pytest.approx([1, 0])
    with pytest.raises(DataError, match=r"model.calendar=day needs dates, found 3.0; set data.time_column"):
        day.calendar_values(3.0)


@pytest.mark.parametrize("season", [0, 3])
def test_no_later_value_changes_what_is_read_earlier(season: int) -> None:
    values = [float(number**2 % 7) for number in range(12)]
    reading = InputTransform("none", season, ("week",))
    before = make_inputs(reading, PLAIN, series_of(values)).rows
    after = make_inputs(reading, PLAIN, series_of([*values[:8], 99, -99, 99, -99])).rows
    assert np.array_equal(before[: 8 - season], after[: 8 - season])


def plan_of(rows: int, min_context: int, window: int, horizon: int = 3) -> WindowPlan:
    values = np.arange(rows, dtype=float)[:, None]
    known = np.ones((rows, 1), dtype=bool)
    known[5] = False
    return WindowPlan([Inputs(values, known, values, 0)], horizon, min_context, window, ["x.csv"])


@pytest.mark.parametrize(("rows", "min_context", "window"), [(40, 1, 2), (40, 4, 9), (23, 5, 20), (31, 7, 8)])
def test_every_row_is_forecast_from_once_whatever_the_offset(rows: int, min_context: int, window: int) -> None:
    plan = plan_of(rows, min_context, window)
    expected = sorted(
        (origin, ahead)
        for origin in range(min_context - 1, rows)
        for ahead in range(1, 4)
        if origin + ahead < rows and origin + ahead != 5
    )
    for offset in range(2 * plan.stride):
        starts = plan.starts(offset)
        read = plan.read(starts)
        actual = []
        for place in range(len(starts)):
            for row in range(window):
                for step in range(3):
                    if read.mask[place, row, step, 0]:
                        origin = int(read.inputs[place, row, 0])
                        assert int(read.targets[place, row, step, 0]) == origin + step + 1
                        assert row >= min_context - 1  # it has warmed up
                        actual.append((origin, step + 1))
        assert sorted(actual) == expected
        assert plan.count(starts) == len(expected)


def test_a_training_part_shorter_than_a_window_is_an_error() -> None:
    with pytest.raises(DataError) as caught:
        plan_of(11, 4, 9)
    assert str(caught.value) == (
        "x.csv: expected at least 12 training rows, one window (trainer.window=9) and a horizon (model.horizon=3), "
        "found 11; set a smaller trainer.window"
    )
