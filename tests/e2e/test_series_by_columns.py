"""Series that several columns tell apart: store and item, pump and valve."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pandas
import pyarrow
import pyarrow.parquet
import pytest
from command import output, refusal

from seqnlp import Forecaster, load, train
from seqnlp.config.forecasting import ForecastingConfig
from seqnlp.config.reading import read_config
from seqnlp.data.series.many import read_many
from seqnlp.errors import ConfigError, DataError

SETTINGS = {
    "data.series_column": "store + item",
    "data.time_column": "date",
    "data.dev": "20%",
    "data.test": "20%",
    "model.horizon": 2,
    "model.hidden_dim": 4,
    "trainer.epochs": 1,
    "trainer.epoch_steps": 1,
}
SOLD = {("1", "tea"): 100, ("1", "black tea"): 200, ("12", "tea"): 300, ("12", "salt"): 400}
NAMES = ["1 + tea", "1 + black tea", "12 + tea", "12 + salt"]


def table(mark: str = "") -> pandas.DataFrame:
    """Rows of four series, mixed: the columns that name them are not neighbours, and one holds numbers."""
    days = pandas.date_range("2024-01-01", periods=100).strftime("%Y-%m-%d")
    rows = [
        {"store": int(store), "sold": level + place % 7, "date": day, "item": item + mark}
        for place, day in enumerate(days)
        for (store, item), level in SOLD.items()
    ]
    return pandas.DataFrame(rows)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run, its table ``sales.csv`` beside it. Read only."""
    folder = tmp_path_factory.mktemp("sales")
    table().to_csv(folder / "sales.csv", index=False)
    typed = [f"{key}={value}" for key, value in SETTINGS.items()]
    output("train", "task=forecasting", f"data.train={folder / 'sales.csv'}", *typed, f"run={folder / 'run'}")
    return folder / "run"


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def assert_answered_apart(rows: list[dict[str, str]]) -> None:
    """Each series by its own level, with its columns first."""
    assert list(rows[0])[:5] == ["store", "item", "origin", "time", "step"]
    assert [(row["store"], row["item"]) for row in rows[::2]] == list(SOLD)
    for row in rows:
        level = SOLD[row["store"], row["item"]]
        assert level - 50 < float(row["sold"]) < level + 50


def test_files_streams_and_tables_give_the_columns_back(run: Path, tmp_path: Path) -> None:
    file = run.parent / "sales.csv"
    rows = rows_of(output("forecast", run, file))
    assert_answered_apart(rows)
    answers = [json.loads(line) for line in output("forecast", run, file, "--output", "jsonl").splitlines()]
    assert [(answer["store"], answer["item"]) for answer in answers] == list(SOLD)
    streamed = rows_of(output("forecast", run, stdin=file.read_bytes()))
    assert_answered_apart(streamed[-8:])
    ordered = table().sort_values(["store", "item"], kind="stable")
    for name in ("sales.csv", "sales.parquet"):
        if name.endswith("csv"):
            ordered.to_csv(tmp_path / name, index=False)
        else:
            pyarrow.parquet.write_table(pyarrow.Table.from_pandas(ordered), tmp_path / name)
        output("batch", run, tmp_path / name, tmp_path / f"out_{name}")
    answered = rows_of((tmp_path / "out_sales.csv").read_text(encoding="utf-8"))
    assert {tuple(row.values())[:5] for row in answered} == {tuple(row.values())[:5] for row in rows}
    again = pyarrow.parquet.read_table(tmp_path / "out_sales.parquet").to_pylist()
    assert [row["sold"] for row in again] == [float(row["sold"]) for row in answered]
    assert {row["error"] for row in again} == {None}
    told = refusal("batch", run, file, tmp_path / "out.csv")
    assert "expected the rows of '1 + tea' in 'store + item' one after the other, found more in row 5" in told


def test_scores_are_of_each_series_and_a_table_in_memory_is_read_alike(run: Path) -> None:
    said = output("evaluate", run, "--split", "test")
    assert "4 series" in said
    assert "12 + salt" in said
    model = train(task="forecasting", train=table(), settings={**SETTINGS, "data.test": ""})
    loaded = load(run)
    assert isinstance(model, Forecaster)
    assert isinstance(loaded, Forecaster)
    assert sorted(model.series) == sorted(loaded.series) == sorted(NAMES)
    assert list(model.forecast_each(table())) == NAMES
    assert list(loaded.forecast_each(table())) == NAMES
    assert loaded.of_series("12 + salt").start().add([400.0], "2024-01-01") is None


def test_a_table_without_a_name_in_a_row_is_told_which_column_lacks_it(run: Path, tmp_path: Path) -> None:
    text = (run.parent / "sales.csv").read_text(encoding="utf-8")
    (tmp_path / "bare.csv").write_text(text.replace(",tea", ",", 1), encoding="utf-8")
    told = refusal("forecast", run, tmp_path / "bare.csv")
    assert told.endswith("bare.csv:2: expected the name of a series in 'item', found nothing")
    (tmp_path / "one.csv").write_text(text.replace("item", "thing"), encoding="utf-8")
    told = refusal("forecast", run, tmp_path / "one.csv")
    assert "expected the column 'item', found 'store', 'sold', 'date', 'thing'" in told


def settings_of(**data: object) -> ForecastingConfig:
    given = {"task": "forecasting", "data": {"train": "x.csv", "time_column": "date", "value_columns": "sold", **data}}
    config = read_config(given)
    assert isinstance(config, ForecastingConfig)
    return config


def test_no_two_series_are_called_alike(tmp_path: Path) -> None:
    table(" + milk").to_csv(tmp_path / "sales.csv", index=False)
    expected = "sales.csv:2: column 'item': expected a name without ' + ', found 'tea + milk'"
    with pytest.raises(DataError, match=re.escape(expected)):
        read_many(tmp_path / "sales.csv", settings_of(series_column="store + item").data, print)


def test_one_column_of_two_is_told_to_be_too_few(tmp_path: Path) -> None:
    table().to_csv(tmp_path / "sales.csv", index=False)
    told = "name them by one more column: data.series_column='store + ITS_NAME'"
    with pytest.raises(DataError, match=re.escape(told)):
        read_many(tmp_path / "sales.csv", settings_of(series_column="store").data, print)


@pytest.mark.parametrize(
    ("column", "problem"),
    [
        ("store + date", "'date' is in data.time_column"),
        ("sold + item", "'sold' is one of data.value_columns"),
        ("item + item", "expected each column once, found 'item + item'"),
    ],
)
def test_columns_that_cannot_name_series_are_refused(column: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(f"data.series_column: {problem}")):
        settings_of(series_column=column)
