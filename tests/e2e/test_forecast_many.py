"""One model of the series of a file, through the command line and from Python."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pandas
import pytest
from command import output, refusal, seqnlp

from seqnlp import Forecaster, load, train
from seqnlp.errors import DataError
from seqnlp.resources import RECIPES

FERRIES = RECIPES / "forecasting" / "demo" / "ferries.csv"
SETTINGS = {
    "data.series_column": "line",
    "data.time_column": "date",
    "data.dev": "20%",
    "data.test": "20%",
    "model.horizon": 3,
    "model.season": 7,
    "model.hidden_dim": 4,
    "trainer.epochs": 1,
    "trainer.epoch_steps": 1,
}
NAMES = ["castle", "island", "north shore"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of three ferry lines. Read only."""
    folder = tmp_path_factory.mktemp("ferries") / "run"
    typed = [f"{key}={value}" for key, value in SETTINGS.items()]
    output("train", "task=forecasting", f"data.train={FERRIES}", *typed, f"run={folder}")
    return folder


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_file_and_its_rows_as_they_come_are_answered_series_by_series(run: Path, tmp_path: Path) -> None:
    rows = rows_of(output("forecast", run, FERRIES))
    assert list(rows[0])[:4] == ["line", "origin", "time", "step"]
    assert [row["line"] for row in rows[::3]] == NAMES
    for line, ahead in zip(NAMES, (120, 2500, 600), strict=True):
        forecasts = [float(row["passengers"]) for row in rows if row["line"] == line]
        assert all(0.3 * ahead < forecast < 3 * ahead for forecast in forecasts)
    answers = [json.loads(line) for line in output("forecast", run, FERRIES, "--output", "jsonl").splitlines()]
    assert [answer["line"] for answer in answers] == NAMES
    assert answers[1]["ahead"][0]["passengers"]["value"] == float(rows[3]["passengers"])
    streamed = rows_of(output("forecast", run, stdin=FERRIES.read_bytes()))
    last = {row["line"] + row["step"]: row for row in streamed}
    for row in rows:
        again = last[row["line"] + row["step"]]
        assert (again["origin"], again["time"]) == (row["origin"], row["time"])
        assert float(again["passengers_low"]) == pytest.approx(float(row["passengers_low"]), rel=1e-4)
    output("batch", run, FERRIES, tmp_path / "out.csv")
    assert [{**row, "error": ""} for row in rows] == [
        {name: f"{float(value):.7g}" if "passengers" in name else value for name, value in row.items()}
        for row in rows_of((tmp_path / "out.csv").read_text(encoding="utf-8"))
    ]


def test_a_series_that_training_never_saw_is_said(run: Path, tmp_path: Path) -> None:
    text = FERRIES.read_text(encoding="utf-8").replace("castle", "lighthouse")
    (tmp_path / "other.csv").write_text(text, encoding="utf-8")
    finished = seqnlp("forecast", run, tmp_path / "other.csv")
    assert [row["line"] for row in rows_of(finished.out)][::3] == ["lighthouse", *NAMES[1:]]
    assert "series lighthouse: training never saw it; it is read on the scale of its own 240 rows" in finished.err
    streamed = seqnlp("forecast", run, "--output", "jsonl", stdin=text.encode())
    assert "(series lighthouse): no forecasts: training never saw the series" in streamed.err
    answers = [json.loads(line) for line in streamed.out.splitlines()]
    assert all(answer["ahead"] == [] for answer in answers if answer["line"] == "lighthouse")
    assert len(answers) == text.count("\n") - 1


def test_a_series_that_cannot_be_forecast_is_named_and_the_others_are_answered(run: Path, tmp_path: Path) -> None:
    rows = [line for line in FERRIES.read_text(encoding="utf-8").splitlines() if "castle" not in line]
    days = [row.split(",")[0] for row in rows if ",island," in row]
    rows += [f"{day},shed,5" for day in days[:40]]
    rows += [f"{day},hut,{place}" for place, day in enumerate(days[:4])]
    rows += [f"{day},mast,?" for day in days[:40]]
    (tmp_path / "some.csv").write_text("\n".join(rows), encoding="utf-8")
    finished = seqnlp("forecast", run, tmp_path / "some.csv")
    assert finished.status == 0
    assert [row["line"] for row in rows_of(finished.out)][::3] == NAMES[1:]
    some = f"no forecast: {tmp_path / 'some.csv'}"
    assert f"{some} (series shed): column 'passengers': all 40 training values are 5" in finished.err
    assert f"{some} (series hut): expected at least 12 rows to forecast from" in finished.err
    assert f"{some} (series mast):" in finished.err
    answers = [
        json.loads(line)
        for line in output("forecast", run, tmp_path / "some.csv", "--output", "jsonl").split("\n")[:-1]
    ]
    assert {answer["line"]: len(answer["ahead"]) for answer in answers} == {
        "island": 3,
        "north shore": 3,
        "shed": 0,
        "hut": 0,
        "mast": 0,
    }
    (tmp_path / "none.csv").write_text("\n".join([rows[0], *rows[-44:]]), encoding="utf-8")
    assert refusal("forecast", run, tmp_path / "none.csv").endswith("none of its 2 series can be forecast")
    loaded = load(run)
    assert isinstance(loaded, Forecaster)
    table = pandas.read_csv(tmp_path / "some.csv", na_values="?")
    refused: dict[str, DataError] = {}
    mine = loaded.forecast_each(table, refused=refused.__setitem__)
    assert list(mine) == NAMES[1:]
    assert str(refused["hut"]).startswith("series (series hut): expected at least 12 rows")


def test_scores_pictures_and_graphs(run: Path, tmp_path: Path) -> None:
    said = output("evaluate", run, "--split", "test")
    assert "3 series, 170 rows, 3 ahead from each of 164 rows" in said
    assert "each series: passengers" in said
    assert "north shore" in said
    assert "draws one series, found 3" in refusal("forecast", run, FERRIES, "--plot", tmp_path / "all.svg")
    lines = FERRIES.read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "island.csv").write_text(
        "".join(lines[:1] + [row for row in lines if "island" in row]), encoding="utf-8"
    )
    output("forecast", run, tmp_path / "island.csv", "--plot", tmp_path / "island.svg")
    assert "island.csv, island" in (tmp_path / "island.svg").read_text(encoding="utf-8")
    output("export", run, "--onnx", tmp_path / "onnx")
    told = json.loads((tmp_path / "onnx" / "vocabulary.json").read_text(encoding="utf-8"))
    assert told["series"] == NAMES
    assert [len(row) for row in told["embeddings"]] == [4, 4, 4]
    assert (
        "The last 4 numbers of a row are the embedding of its series" in (tmp_path / "onnx" / "README.md").read_text()
    )
    assert "a page reads one series, and this model reads 3" in refusal("export", run, "--page", tmp_path / "page.html")
    (tmp_path / "short.csv").write_text("".join(lines[:4]), encoding="utf-8")
    assert "short.csv (series castle): expected at least 12 rows" in refusal("forecast", run, tmp_path / "short.csv")


def test_a_table_in_memory_trains_and_is_forecast(run: Path) -> None:
    table = pandas.read_csv(FERRIES)
    model = train(task="forecasting", train=table, settings={**SETTINGS, "data.test": ""})
    assert isinstance(model, Forecaster)
    assert model.series == tuple(NAMES)
    loaded = load(run)
    assert isinstance(loaded, Forecaster)
    mine, theirs = model.forecast_each(table), loaded.forecast_each(FERRIES)
    assert list(mine) == list(theirs)
    assert mine["island"].times == theirs["island"].times
