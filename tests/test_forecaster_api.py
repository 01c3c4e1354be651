"""``Forecaster``: what comes after a file, and after each row of a stream."""

from __future__ import annotations

import io
import math
import time
import warnings
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas
import pytest
import torch
from command import output
from tiny_series import make_lines, tiny_forecasting, write_series
from tiny_text import tiny_language_model, write_tiny_text

import seqnlp
from seqnlp.api import Forecast, Forecaster
from seqnlp.cli.forecast_output import csv_heading, write_csv
from seqnlp.data.series.time import stamp_text
from seqnlp.errors import DataError, RunError, SeqnlpError
from seqnlp.tasks.forecasting.answers import digits_beside
from seqnlp.tasks.forecasting.task import ForecastingTask
from seqnlp.tasks.language_model.task import LanguageModelTask
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit

KINDS: dict[str, dict[str, Any]] = {
    "plain": {"model__lags": 0, "model__calendar": ""},
    "calendar": {"model__cell": "gru"},
    "differences": {"model__difference": "season", "model__input": "differences", "model__num_layers": 2},
    "log": {"model__difference": "season", "model__transform": "log", "model__cell": "peephole"},
    "short season": {"model__difference": "season", "model__season": 2},
    "without time": {"data__time_column": "", "data__value_columns": "a, b", "model__calendar": ""},
}


def train(folder: Path, name: str, **changes: Any) -> Forecaster:
    config = tiny_forecasting(folder, **changes)
    (folder / name).mkdir()
    task = ForecastingTask(config, folder / name, torch.device("cpu"), lambda text: None)
    fit(task, config, folder / name, Processes())
    loaded = seqnlp.load(folder / name)
    assert isinstance(loaded, Forecaster)
    return loaded


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the training series is."""
    folder = tmp_path_factory.mktemp("forecasters")
    write_series(folder / "series.csv", make_lines(120))
    return folder


@pytest.fixture(scope="module")
def forecasters(folder: Path) -> dict[str, Forecaster]:
    """A forecaster of each kind."""
    return {name: train(folder, name, **changes) for name, changes in KINDS.items()}


def same(first: Forecast | None, second: Forecast | None) -> None:
    assert first is not None
    assert second is not None
    assert (first.names, first.origin, first.times, first.level) == (
        second.names,
        second.origin,
        second.times,
        second.level,
    )
    for one, other in ((first.values, second.values), (first.low, second.low), (first.high, second.high)):
        assert one == pytest.approx(other, abs=1e-4)


def fields(line: str) -> tuple[list[float], str]:
    time_stamp, *values = line.split(",")
    return [float(value) if value else math.nan for value in values], time_stamp


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("horizon", [2, 3, 8])
def test_a_stream_read_row_by_row_is_forecast_as_the_file_up_to_there(
    kind: str, horizon: int, forecasters: dict[str, Forecaster], tmp_path: Path
) -> None:
    forecaster = forecasters[kind]
    lines = make_lines(30, seed=3)
    lines[9] = lines[9].replace(lines[9].split(",")[1], "")  # a value is missing
    del lines[15:17]  # a gap of two days
    stream = forecaster.start(horizon)
    for number, line in enumerate(lines[1:], 1):
        actual = stream.add(*fields(line))
        write_series(tmp_path / "series.csv", lines[: number + 1])
        if actual is None:
            with pytest.raises(DataError, match=f"expected at least {forecaster.fewest_rows} rows to forecast from"):
                forecaster.forecast(tmp_path / "series.csv", horizon)
        elif number in (forecaster.fewest_rows, 14, 15, 28):
            same(actual, forecaster.forecast(tmp_path / "series.csv", horizon))
    assert actual is not None
    assert stream.findings.counts["missing values of 'a', replaced by the last known one"] == 1


def test_a_row_costs_the_same_after_many_rows(forecasters: dict[str, Forecaster]) -> None:
    forecaster = forecasters["differences"]
    stream = forecaster.start()
    seconds = []
    for piece in range(2):
        started = time.perf_counter()
        for number in range(200):
            day = np.datetime64("2024-01-01") + piece * 4000 + number
            stream.add([20 + number % 7, 5], str(day))
        seconds.append(time.perf_counter() - started)
        state = stream._place.state
        assert [part.shape[0] for part in state.values()] == [1] * len(state)
    assert stream._place.rows > 4000  # the gap was filled in
    assert len(stream._place.last_season) == 7


def test_times_go_on_in_the_way_they_are_written(forecasters: dict[str, Forecaster], folder: Path) -> None:
    actual = forecasters["calendar"].forecast(folder / "series.csv")
    assert (actual.origin, actual.times) == ("2024-04-29", ("2024-04-30", "2024-05-01", "2024-05-02"))
    actual = forecasters["without time"].forecast(folder / "series.csv", 4)
    assert (actual.origin, actual.times) == ("120", ("121", "122", "123", "124"))


def test_intervals_are_wider_at_higher_levels_and_end_with_the_trained_horizon(
    forecasters: dict[str, Forecaster], folder: Path
) -> None:
    for forecaster in forecasters.values():
        narrow, wide = (forecaster.forecast(folder / "series.csv", 5, level=level) for level in (0.5, 0.9))
        assert np.array_equal(narrow.values, wide.values)
        assert (wide.low[:3] <= narrow.low[:3]).all()
        assert (narrow.low[:3] < narrow.values[:3]).all()
        assert (narrow.values[:3] < narrow.high[:3]).all()
        assert np.isinf(wide.low[3:]).all()
        assert np.isinf(wide.high[3:]).all()
        assert np.isfinite(wide.values).all()


def test_what_cannot_be_forecast_is_refused(forecasters: dict[str, Forecaster], folder: Path, tmp_path: Path) -> None:
    forecaster = forecasters["differences"]
    with pytest.raises(SeqnlpError, match="horizon: expected a whole number from 0 to 10,000, found -1"):
        forecaster.forecast(folder / "series.csv", -1)
    with pytest.raises(SeqnlpError, match=r"expected a level of 0.5, 0.8, 0.9, 0.95, 0.99, found 0.7"):
        forecaster.start(level=0.7)
    write_series(tmp_path / "short.csv", make_lines(10))
    with pytest.raises(DataError) as caught:
        forecaster.forecast(tmp_path / "short.csv")
    assert str(caught.value) == (
        f"{tmp_path}/short.csv: expected at least 11 rows to forecast from (a season of 7 and model.min_context of 4), "
        "found 10"
    )
    stream = forecaster.start()
    with pytest.raises(DataError, match=r"expected 2 values \(a, b\), found 1"):
        stream.add([1.0], "2024-01-01")
    with pytest.raises(DataError, match=r"column 'day': expected a time stamp .*, found 'soon'"):
        stream.add([1.0, 2.0], "soon")
    with pytest.raises(DataError, match=r"column 'b': expected values above 0 for model.transform=log, found -2"):
        forecasters["log"].start().add([1.0, -2.0], "2024-01-01")


def test_values_of_a_stream_are_numbers_or_missing(forecasters: dict[str, Forecaster]) -> None:
    missing = forecasters["differences"].start(), forecasters["differences"].start()
    for number, day in enumerate(days(30)):
        answers = [
            stream.add([20 + number % 7, 5.0 if number % 9 else gap], day)
            for stream, gap in zip(missing, (None, float("nan")), strict=True)
        ]
    assert answers[0] is not None
    assert repr(answers[0]) == repr(answers[1])
    stream = forecasters["differences"].start()
    for value, actual in (("5", "str '5'"), (b"5", "bytes"), ([5], "list"), (1j, "complex")):
        with pytest.raises(TypeError, match=f"column 'b': expected a number, NaN where it is missing, found {actual}"):
            stream.add([1.0, cast(Any, value)], "2024-01-01")  # what is refused, so outside of the types
    with pytest.raises(TypeError, match=r"values: expected a row of numbers \(a, b\), found None"):
        stream.add(cast(Any, None), "2024-01-01")  # likewise


@pytest.mark.parametrize("glitch", [1e308, -1e308, 1e39, 10**400])
def test_a_reading_beyond_all_measure_never_gives_a_forecast_that_is_no_number(
    forecasters: dict[str, Forecaster], glitch: float
) -> None:
    stream = forecasters["differences"].start()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for number, day in enumerate(days(40)):
            answer = stream.add([glitch if number == 20 else 20 + number % 7, 5], day)
            assert answer is None or np.isfinite(answer.values).all()


@pytest.mark.parametrize(
    ("form", "marks"),
    [("%d.%m.%Y", {"delimiter": ";", "decimal": ","}), ("unix", {"delimiter": "tab"})],
)
def test_tables_and_dates_are_read_however_the_training_file_was_written(
    tmp_path: Path, form: str, marks: dict[str, str]
) -> None:
    table = pandas.read_csv(io.StringIO("\n".join(make_lines(60))), parse_dates=["day"])
    written = table.assign(day=[stamp_text(day, form) for day in table["day"]])
    separators = {"sep": "\t" if marks["delimiter"] == "tab" else ";", "decimal": marks.get("decimal", ".")}
    written.to_csv(tmp_path / "series.csv", index=False, **cast(Any, separators))
    data = {f"data__{name}": value for name, value in {**marks, "time_format": form}.items()}
    forecaster = train(tmp_path, "run", trainer__epochs=1, **data)
    expected = forecaster.forecast(tmp_path / "series.csv")
    for given in (table, table.set_index("day"), written):
        answer = forecaster.forecast(given)
        assert (answer.times, answer.values.tolist()) == (expected.times, expected.values.tolist())
    stream = forecaster.start()
    for day, *values in table.itertuples(index=False):
        last = stream.add(values, day)
    assert last is not None
    assert (last.times, last.values.tolist()) == (expected.times, expected.values.tolist())
    table.to_parquet(tmp_path / "table.parquet")
    assert forecaster.forecast(tmp_path / "table.parquet").times == expected.times
    assert forecaster.evaluate(table.tail(30)).mase > 0
    with pytest.raises(ValueError, match="split: expected one of train, dev, test, found 'tst'"):
        forecaster.evaluate(split="tst")


def test_date_and_time_of_day_in_two_columns_are_read_wherever_a_series_comes_from(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    table = pandas.read_csv(io.StringIO("\n".join(make_lines(60))))
    moments = pandas.date_range("2024-01-01", periods=len(table), freq="h")
    parts = {"date": moments.strftime("%d/%m/%Y"), "time": moments.strftime("%H:%M")}
    table = pandas.DataFrame({**parts, "a": table["a"], "b": table["b"]})
    table.to_csv(tmp_path / "series.csv", index=False)
    data = {"data__time_column": "date + time", "data__time_format": "%d/%m/%Y %H:%M"}
    forecaster = train(tmp_path, "run", trainer__epochs=1, **data)
    expected = forecaster.forecast(tmp_path / "series.csv")
    assert expected.times[:2] == ("03/01/2024 12:00", "03/01/2024 13:00")
    indexed = table[["a", "b"]].set_index(moments)
    for given in (table, table[["b", "time", "a", "date"]], indexed):
        answer = forecaster.forecast(given)
        assert (answer.times, answer.values.tolist()) == (expected.times, expected.values.tolist())
    table.to_parquet(tmp_path / "table.parquet")
    assert forecaster.forecast(tmp_path / "table.parquet").times == expected.times
    assert forecaster.evaluate(table.tail(30)).mase > 0
    stream = forecaster.start()
    for day, hour, *values in table.itertuples(index=False):
        last = stream.add(values, f"{day} {hour}")
    assert last is not None
    assert (last.times, last.values.tolist()) == (expected.times, expected.values.tolist())
    output("batch", tmp_path / "run", tmp_path / "series.csv", tmp_path / "ahead.csv")
    ahead = pandas.read_csv(tmp_path / "ahead.csv")
    assert tuple(ahead["time"]) == expected.times
    assert ahead[["a", "b"]].to_numpy() == pytest.approx(expected.values)
    later = pandas.date_range("2024-01-15", periods=len(table), freq="h")  # of which no day may be a month
    table["date"], indexed = later.strftime("%d/%m/%Y"), indexed.set_index(later)
    with caplog.at_level("INFO", logger="seqnlp"):
        trained = seqnlp.train(task="forecasting", train=table, settings={"trainer.epochs": 1}, progress=False)
    told = "train: taken from the data: data.time_column='date + time' data.time_format='%d/%m/%Y %H:%M'"
    assert told in caplog.messages
    for given in (table, indexed):
        assert trained.forecast(given, 2).times == ("17/01/2024 12:00", "17/01/2024 13:00")


@pytest.mark.parametrize("kind", ["plain", "differences", "log"])
def test_a_column_in_another_unit_is_said(forecasters: dict[str, Forecaster], tmp_path: Path, kind: str) -> None:
    heading, *lines = make_lines(60)

    def said(factor: float) -> list[str]:
        rows = [(day, float(a) * factor, b) for day, a, b in (line.split(",") for line in lines)]
        write_series(tmp_path / "other.csv", [heading, *(f"{day},{a},{b}" for day, a, b in rows)])
        told: list[str] = []
        forecasters[kind].forecast(tmp_path / "other.csv", say=told.append)
        return told

    assert said(1) == said(1.5) == []
    for factor in (1e-4, 1e4):
        if kind == "log":  # differences of logarithms are the same in every unit
            assert said(factor) == []
            continue
        [told] = said(factor)
        assert told.startswith(f"warning: {tmp_path / 'other.csv'}: column 'a' ")
        assert told.endswith("; is it in the same unit, and are its decimals read so?")
        heard: list[str] = []
        frame = pandas.read_csv(tmp_path / "other.csv").drop(index=30)
        forecasters[kind].forecast(frame, say=heard.append)
        gap, told = heard
        assert gap.startswith("series: 1 missing row filled in")
        assert told.startswith("warning: series: column 'a' ")


@pytest.mark.parametrize("time", [None, True, [1]])
def test_a_time_stamp_is_a_text_a_date_or_a_number(forecasters: dict[str, Forecaster], time: Any) -> None:
    with pytest.raises(TypeError, match="time: expected the row's time stamp as text, date or number, found"):
        forecasters["plain"].start().add([1.0, 2.0], time)


def days(count: int) -> list[str]:
    return [str(date(2024, 1, 1) + timedelta(days=number)) for number in range(count)]


def test_rows_with_another_step_than_in_training_are_refused(
    forecasters: dict[str, Forecaster], tmp_path: Path
) -> None:
    forecaster = forecasters["plain"]
    hours = [f"2024-01-{1 + hour // 24:02}T{hour % 24:02}:00,{hour % 7},5" for hour in range(40)]
    write_series(tmp_path / "hours.csv", ["day,a,b", *hours])
    with pytest.raises(DataError, match=r"expected rows with a step of 1 day, as in the training data, .* 1 hour"):
        forecaster.forecast(tmp_path / "hours.csv")
    stream = forecaster.start()
    for line in hours[:10]:
        stream.add(*fields(line))
    with pytest.raises(DataError, match=r"the series:11: expected rows with a step of 1 day, as in the training data"):
        stream.add(*fields(hours[10]))
    stream = forecaster.start()
    for line in [hours[0], hours[1], hours[24], *hours[25:39]]:  # one day among them will do
        stream.add(*fields(line))


def test_a_row_without_a_zone_after_rows_with_one_is_refused(forecasters: dict[str, Forecaster]) -> None:
    stream = forecasters["plain"].start()
    stream.add([1.0, 2.0], "2024-01-01T00:00+09:00")
    with pytest.raises(DataError, match="expected a date with a time zone as in the rows before, found a date without"):
        stream.add([1.0, 2.0], "2024-01-02T00:00")


@pytest.mark.parametrize(
    ("value", "deviation", "digits"),
    [(1234.5, 300.0, 7), (0.0, 1e-9, 7), (0.012, 1e-4, 7), (48_123_456.789, 2.0, 12), (1e300, 1.0, 15), (-2e6, 1e6, 7)],
)
def test_as_many_digits_are_written_as_show_changes(value: float, deviation: float, digits: int) -> None:
    assert digits_beside(np.array([[value], [0.5 * value]]), np.array([deviation])) == digits
    numbers = np.array([[value]])
    forecast = Forecast(("a",), "1", ("2",), numbers, numbers - 1, numbers + 1, 0.9, digits)
    [written] = [row.split(",")[3] for row in write_csv(forecast).splitlines()]
    assert float(written) == forecast.to_dict()["ahead"][0]["a"]["value"] == pytest.approx(value, abs=1e-4 * deviation)


def test_a_meter_that_stands_high_is_forecast_to_the_decimals(tmp_path: Path) -> None:
    heading, *lines = make_lines(60)
    lifted = [f"{day},{48_000_000 + float(a)},{b}" for day, a, b in (line.split(",") for line in lines)]
    write_series(tmp_path / "series.csv", [heading, *lifted])
    forecast = train(tmp_path, "run", trainer__epochs=1).forecast(tmp_path / "series.csv")
    first = write_csv(forecast).split(",")[3]
    assert first.startswith("480000")
    assert len(first.partition(".")[2]) >= 4


def test_a_model_of_another_task_is_refused(tmp_path: Path) -> None:
    write_tiny_text(tmp_path)
    config = tiny_language_model(tmp_path, trainer__epochs=1)
    (tmp_path / "run").mkdir()
    task = LanguageModelTask(config, tmp_path / "run", torch.device("cpu"), lambda text: None)
    fit(task, config, tmp_path / "run", Processes())
    with pytest.raises(RunError, match="this is a model for language_model, not a forecaster"):
        Forecaster(tmp_path / "run")


def test_a_column_called_as_what_stands_beside_it_is_kept() -> None:
    numbers = np.array([[1.0, 2.0]])
    names, times = ("step", "time_low"), ("2024-01-02",)
    forecast = Forecast(names, "2024-01-01", times, numbers, numbers - 1, numbers + 1, 0.9)
    (row,) = forecast.to_dict()["ahead"]
    assert list(row) == ["time", "step", "predicted_step", "time_low"]
    assert (row["step"], row["predicted_step"]["value"]) == (1, 1.0)
    assert csv_heading(("step",)) == "origin,time,step,predicted_step,step_low,step_high\n"
