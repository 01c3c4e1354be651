"""Train, evaluate and forecast: what a user does with a series, through the command line."""

from __future__ import annotations

import csv
import io
import json
import shlex
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas
import pytest
from command import output, refusal, seqnlp

from seqnlp.resources import RECIPES

FERRY = RECIPES / "forecasting" / "demo" / "ferry.csv"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of the demo recipe, cut short. Read only."""
    folder = tmp_path_factory.mktemp("forecaster") / "run"
    output("train", "recipe=forecasting/demo", f"run={folder}", "trainer.epochs=2", "model.hidden_dim=8")
    return folder


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_training_says_what_was_wrong_with_the_series_and_what_comes_next(tmp_path: Path) -> None:
    run = tmp_path / "my run's"
    finished = seqnlp("train", "recipe=forecasting/demo", f"run={run}", "trainer.epochs=1")
    assert finished.status == 0
    assert "missing values of 'passengers', replaced by the last known one (first on line " in finished.err
    assert "5 missing rows filled in (first on line 502)" in finished.err
    typed = shlex.quote(str(run))
    assert f"seqnlp forecast {typed} series.csv --horizon 7 -o forecast.csv --plot forecast.png" in finished.err
    assert f"or go on with `seqnlp resume {typed}`" in refusal("train", "recipe=forecasting/demo", f"run={run}")


def test_a_table_of_excel_in_another_country_needs_few_settings(tmp_path: Path) -> None:
    days = [datetime(2024, 1, 1) + timedelta(days=day) for day in range(200)]
    lines = [f"{day:%d.%m.%Y};{5 + day.weekday() / 8:.2f}".replace(".", ",").replace(",", ".", 2) for day in days]
    (tmp_path / "strom.csv").write_text("\n".join(["Tag;kWh", *lines]), encoding="utf-8")
    settings = ["task=forecasting", "data.train=strom.csv", f"data.dir={tmp_path}", "data.dev=20%", "trainer.epochs=1"]
    settings += ["data.delimiter=';'", "data.decimal=','"]
    rehearsed = seqnlp("train", *settings, "--dry-run")
    finished = seqnlp("train", *settings, f"run={tmp_path / 'run'}")
    taken = "data.time_column='Tag' data.time_format='%d.%m.%Y'"
    assert (rehearsed.status, finished.status) == (0, 0)
    assert f"strom.csv: taken from the file: {taken}" in rehearsed.err
    assert f"strom.csv: taken from the file: {taken}" in finished.err
    [first, *_] = rows_of(output("forecast", tmp_path / "run", tmp_path / "strom.csv", "--output", "csv"))
    assert first["time"] == "19.07.2024"
    assert 4.5 < float(first["kWh"]) < 6.5


def test_a_file_is_forecast_as_csv_and_json_with_a_picture(run: Path, tmp_path: Path) -> None:
    places = ["-o", tmp_path / "forecast.csv", "--plot", tmp_path / "forecast.png"]
    finished = seqnlp("forecast", run, FERRY, "--horizon", 9, "--output", "csv", *places)
    assert (finished.status, finished.out) == (0, "")
    assert "further ones go on from its own forecasts and have no prediction intervals" in finished.err
    rows = rows_of((tmp_path / "forecast.csv").read_text(encoding="utf-8"))
    assert [row["time"] for row in rows[:2]] == ["2023-08-18", "2023-08-19"]
    assert [row["step"] for row in rows] == list("123456789")
    assert all(
        float(row["passengers_low"]) < float(row["passengers"]) < float(row["passengers_high"]) for row in rows[:7]
    )
    assert {(row["temperature_low"], row["temperature_high"]) for row in rows[7:]} == {("", "")}
    assert (tmp_path / "forecast.png").read_bytes().startswith(b"\x89PNG")
    answer = json.loads(output("forecast", run, FERRY, "--horizon", 9, "--output", "jsonl"))
    assert answer["origin"] == "2023-08-17"
    for row, ahead in zip(rows, answer["ahead"], strict=True):
        assert ahead["time"] == row["time"]
        assert ahead["temperature"]["value"] == pytest.approx(float(row["temperature"]))
    assert answer["ahead"][8]["passengers"]["low"] is None


def test_standard_input_is_answered_row_by_row(run: Path, tmp_path: Path) -> None:
    lines = FERRY.read_text(encoding="utf-8").splitlines(keepends=True)[:40]
    finished = seqnlp("forecast", run, "--output", "jsonl", stdin="".join(lines))
    assert finished.status == 0, finished.err
    answers = [json.loads(line) for line in finished.out.splitlines()]
    assert len(answers) == 39
    assert [bool(answer["ahead"]) for answer in answers] == [False] * 13 + [True] * 26
    assert "standard input: 13 rows without a forecast" in finished.err
    for number in (14, 25, 39):
        (tmp_path / "begin.csv").write_text("".join(lines[: number + 1]), encoding="utf-8")
        whole = json.loads(output("forecast", run, tmp_path / "begin.csv", "--output", "jsonl"))
        actual = answers[number - 1]
        assert actual["origin"] == whole["origin"]
        for one, other in zip(actual["ahead"], whole["ahead"], strict=True):
            assert one["passengers"] == pytest.approx(other["passengers"], rel=1e-4)
    more = "".join(f"{number or 'note'},{line}" for number, line in enumerate(lines))
    finished = seqnlp("forecast", run, stdin=more)  # columns are found by their names
    assert finished.err.startswith("standard input: columns that are not read: note\n")
    table = rows_of(output("forecast", run, stdin="".join(lines)))
    assert table == rows_of(finished.out)
    assert len(table) == 26 * 7
    assert table[-1]["origin"] == answers[-1]["origin"]


def test_evaluation_shows_the_naive_forecasts_beside_the_model(run: Path, tmp_path: Path) -> None:
    text = output("evaluate", run, "--split", "test", "--report", tmp_path / "report.html")
    for part in (
        "MASE",
        "naive (the last value)",
        "seasonal-naive (season of 7)",
        "seasonal-naive with drift",
        "90.00",
    ):
        assert part in text
    assert "passengers: each step ahead" in (tmp_path / "report.html").read_text(encoding="utf-8")
    report: dict[str, Any] = json.loads(output("evaluate", run, "--split", "test", "--json"))
    assert (report["measure"], report["horizon"], report["origins"]) == ("mase", 7, 174)
    assert report["missing"] > 0
    assert len(report["columns"][0]["steps"]) == 7


def test_what_cannot_be_forecast_is_one_clear_message(run: Path, trained: Path, tmp_path: Path) -> None:
    def answer(text: str) -> str:
        (tmp_path / "series.csv").write_bytes(text.encode())
        return refusal("forecast", run, tmp_path / "series.csv").replace(f"{tmp_path}/", "")

    assert refusal("forecast", run, FERRY, "--horizon", 0) == "--horizon: expected 1 or more, found 0"
    assert refusal("forecast", run, FERRY, "--level", 0.7).startswith("expected a level of 0.5, 0.8, 0.9, 0.95, 0.99")
    assert refusal("forecast", run, FERRY, "--threads", -1) == "--threads: expected 0 or more, found -1"
    assert (
        refusal("forecast", run, FERRY, "--plot", "x.gif")
        == "--plot: expected a name that ends in .png or .svg, found 'x.gif'"
    )
    assert refusal("forecast", run, "-o", "x.csv").startswith("-o and --plot are for a file's forecast")
    assert "would be written over, which is read here" in refusal("forecast", run, FERRY, "-o", FERRY)
    assert refusal("forecast", trained, FERRY) == "this is a model for tagging, not a forecaster"
    assert "no such file" in refusal("forecast", run, tmp_path / "none.csv")
    assert answer("date,people,temperature\n2024-01-01,1,2\n").startswith(
        "series.csv:1: expected the column 'passengers', found 'date', 'people', 'temperature'"
    )
    assert answer("date,passengers,temperature\n2024-01-01,1,warm\n").startswith(
        "series.csv:2: column 'temperature': expected a number, found 'warm'"
    )
    assert answer('"date","passengers","temperature"\r\n"2024-01-01",1,2').endswith(
        "expected at least 14 rows to forecast from (model.min_context of 14), found 1"
    )
    assert refusal("forecast", run, stdin="date,passengers,temperature\n2024-01-01,1,warm\n").startswith(
        "standard input:2: column 'temperature': expected a number, found 'warm'"
    )


def test_a_horizon_of_0_is_refused_before_training() -> None:
    message = refusal("train", "recipe=forecasting/demo", "model.horizon=0")
    assert "model.horizon: expected at least 1, found 0" in message


def test_equal_values_and_a_short_series_are_refused_and_the_run_directory_is_given_back(tmp_path: Path) -> None:
    (tmp_path / "equal.csv").write_text("a\n" + "5\n" * 200, encoding="utf-8")
    (tmp_path / "short.csv").write_text("a\n1\n2\n", encoding="utf-8")
    settings = ["task=forecasting", f"data.dir={tmp_path}", f"run={tmp_path}/run"]
    assert "all 200 training values are 5" in refusal("train", *settings, "data.train=equal.csv")
    assert "expected at least 60 training rows, one window" in refusal("train", *settings, "data.train=short.csv")
    assert not (tmp_path / "run").exists()


def test_a_parquet_file_is_trained_on_and_forecast_as_its_csv(run: Path, tmp_path: Path) -> None:
    frame = pandas.read_csv(FERRY)
    frame["date"] = pandas.to_datetime(frame["date"])
    frame.to_parquet(tmp_path / "ferry.parquet")
    assert output("forecast", run, tmp_path / "ferry.parquet") == output("forecast", run, FERRY)
    again = tmp_path / "run"
    settings = (f"data.train={tmp_path}/ferry.parquet", "trainer.epochs=2", "model.hidden_dim=8")
    output("train", "recipe=forecasting/demo", f"run={again}", *settings)
    assert output("forecast", again, FERRY) == output("forecast", run, FERRY)
    assert "found a parquet file" in refusal("forecast", run, stdin=(tmp_path / "ferry.parquet").read_bytes())


def test_ets_and_arima_stand_beside_the_model_if_asked_for(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("statsmodels")
    from seqnlp.metrics import classical_baselines

    monkeypatch.setattr(classical_baselines, "_ARIMA_ORDERS", ((1, 0, 0),))
    monkeypatch.setattr(classical_baselines, "_SEASONAL_ORDERS", ())
    actual = json.loads(output("evaluate", run, "--split", "test", "--classical", "--json"))
    for column in actual["columns"]:
        names = [one["name"] for one in column["baselines"]]
        assert names[0].startswith("ETS(A,")
        assert names[1] == "ARIMA(1,0,0)"
        assert names[-1].startswith("seasonal-naive with drift")
        assert all(0 < one["errors"]["rmse"] < 10 * column["model"]["rmse"] for one in column["baselines"])
    assert "below_seasonal_naive" in actual


def test_classical_baselines_are_for_forecasters(tmp_path: Path) -> None:
    output("train", "recipe=tagging/demo", f"run={tmp_path}/run", "trainer=debug")
    assert "--classical is for forecasters" in refusal("evaluate", tmp_path / "run", "--classical")
