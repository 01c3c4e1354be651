"""``seqnlp batch`` of many series in one table: each is answered as a file of its own."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas
import pyarrow
import pyarrow.parquet
import pytest
from command import output, refusal, seqnlp

from seqnlp import batch
from seqnlp.api import Detector, Forecast, Forecaster
from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.parts import Series
from seqnlp.errors import DataError, SeqnlpError
from seqnlp.resources import RECIPES
from seqnlp.tables.answering_series import JsonSeries
from seqnlp.tables.reading import TableRow
from seqnlp.tables.series import LEFT_OUT, SeriesAnswers, whole_series

OLD = Path(__file__).parents[1] / "old_models"
DETECTOR, FORECASTER = OLD / "anomaly", OLD / "run"
READINGS = RECIPES / "anomaly_detection" / "demo" / "readings.csv"
FERRY = RECIPES / "forecasting" / "demo" / "ferry.csv"
Rows = list[dict[str, str]]


def part_of(file: Path, first: int, count: int) -> Rows:
    with file.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))[first : first + count]


def named(series: dict[str, Rows], column: str) -> Rows:
    """All rows, each with the name of its series in the middle."""
    return [{"note": "x", column: name, **row} for name, rows in series.items() for row in rows]


def write(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_row_of_every_series_has_the_score_of_its_own_file(tmp_path: Path) -> None:
    rooms = {"a": part_of(READINGS, 0, 700), "b": part_of(READINGS, 1900, 40), "c": part_of(READINGS, 900, 300)}
    del rooms["a"][30:33]  # filled in, and not written
    rooms["a"].insert(50, rooms["a"][20])  # goes back
    table = write(tmp_path / "in.csv", named(rooms, "room"))
    for workers in (1, 2):
        options = ("--series-column", "room", "--workers", workers)
        done = seqnlp("batch", DETECTOR, table, tmp_path / f"{workers}.csv", *options)
        assert done.err.endswith(f"{workers}.csv: 1,038 rows, 1 without an answer (column error)\n")
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()
    rows = read(tmp_path / "1.csv")
    assert [{name: row[name] for name in list(row)[:-4]} for row in rows] == named(rooms, "room")
    for name, given in rooms.items():
        answers = [row for row in rows if row["room"] == name]
        by_time = {
            row.time: row.to_dict(["x"] * len(row.values))
            for row in Detector(DETECTOR).detect(write(tmp_path / "one.csv", given)).rows
        }
        for place, row in enumerate(answers):
            if (name, place) == ("a", 50):
                assert [row["score"], row["flagged"], row["error"]] == ["", "", LEFT_OUT]
                continue
            expected = by_time[row["time"]]
            assert row["score"] == ("" if expected["score"] is None else str(expected["score"]))
            assert (row["flagged"], row["error"]) == (str(int(expected["flagged"])), "")
    assert any(row["flagged"] == "1" for row in rows)


def test_a_series_that_cannot_be_read_says_why_and_the_others_are_answered(tmp_path: Path) -> None:
    rooms = {"a": part_of(READINGS, 0, 30), "b": part_of(READINGS, 0, 30), "": part_of(READINGS, 0, 2)}
    rooms["c"] = part_of(READINGS, 0, 3)
    column = list(rooms["b"][0])[1]
    rooms["b"][4] = {**rooms["b"][4], column: "warm"}
    lines = [json.dumps(row) for row in named(rooms, "room")]
    table = tmp_path / "in.jsonl"
    table.write_text("\n".join(["[", *lines[:30], *lines[30:60], *lines[60:63], "{", *lines[63:]]) + "\n")
    output("batch", DETECTOR, table, tmp_path / "out.jsonl", "--series-column", "room", "--prefix", "m_")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert len(rows) == 67
    assert rows.pop(0)["m_error"].startswith("line 1: expected one JSON object a line")
    assert {row["m_error"] for row in rows[:30]} == {None}
    assert rows[29]["m_score"] is not None
    [problem] = {row["m_error"] for row in rows[30:60]}
    assert problem.startswith(f"series b:5: column '{column}': expected a number, found 'warm'")
    assert {row["m_error"] for row in rows[60:62]} == {"expected the name of a series in 'room', found nothing"}
    [problem] = {row["m_error"] for row in rows[62:]}
    assert problem.startswith("line 65: expected one JSON object a line")


def test_a_series_may_have_columns_that_are_called_as_those_of_forecasts() -> None:
    names = ("step", "error", "error_low")
    facts = SimpleNamespace(names=names, step=None)
    times = [f"2031-01-0{day}" for day in range(1, 7)]

    class Stub(Forecaster):
        """Of three columns; two rows ahead, whose values tell the column and the row."""

        def __init__(self) -> None:
            self.loaded = cast(Any, SimpleNamespace(data=SeriesDataConfig(time_column="time"), facts=facts))

        def forecast_after(self, read: Series, **options: Any) -> Forecast:
            values = np.array([[1.0, 2, 3], [10, 20, 30]])
            return Forecast(read.names, times[3], (times[4], times[5]), values, values - 0.5, values + 0.5, 0.9)

    rows = [TableRow({"time": time, **dict.fromkeys(names, place)}) for place, time in enumerate(times[:4])]
    written = JsonSeries(SeriesAnswers(Stub()))(rows)
    first, second = map(json.loads, written.content.splitlines())
    assert (first["origin"], first["time"], first["step"], first["error"]) == (times[3], times[4], 1, None)
    assert second["step"] == 2
    own = ("predicted_step", "step_low", "predicted_error", "predicted_error_low", "error_low")
    assert second.keys() >= set(own)
    assert len(second) == 3 + 9 + 1


def test_a_forecaster_writes_the_rows_ahead_of_each_series(tmp_path: Path) -> None:
    harbours = {"north": part_of(FERRY, 0, 400), "short": part_of(FERRY, 0, 3), "south": part_of(FERRY, 100, 300)}
    frame = pandas.DataFrame(named(harbours, "harbour"))
    model = Forecaster(FORECASTER)
    for name in model.names:
        frame[name] = pandas.to_numeric(frame[name], errors="coerce")
    time = model.loaded.data.time_column
    frame[time] = pandas.to_datetime(frame[time])
    frame["harbour"] = frame["harbour"].astype("category")
    frame.to_parquet(tmp_path / "in.parquet")
    options = ("--series-column", "harbour", "--workers", 2)
    done = seqnlp("batch", FORECASTER, tmp_path / "in.parquet", tmp_path / "out.parquet", *options)
    assert done.err.endswith(f": {2 * model.horizon + 1} rows, 1 without an answer (column error)\n")
    rows = pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert [row["harbour"] for row in rows] == ["north"] * model.horizon + ["short"] + ["south"] * model.horizon
    short = rows.pop(model.horizon)
    assert short["error"].startswith("series short: expected at least ")
    assert short[model.names[0]] is None
    expected = [
        (name, answer["origin"], ahead)
        for name in ("north", "south")
        for answer in [model.forecast(write(tmp_path / "one.csv", harbours[name])).to_dict()]
        for ahead in answer["ahead"]
    ]
    for row, (name, origin, ahead) in zip(rows, expected, strict=True):
        assert (row["harbour"], row["origin"], row["time"]) == (name, origin, ahead["time"])
        for column in model.names:
            values = [row[f"{column}{end}"] for end in ("", "_low", "_high")]
            assert values == pytest.approx([ahead[column][end] for end in ("value", "low", "high")])


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_what_was_done_about_series_is_said_the_same_of_several_once(tmp_path: Path, form: str) -> None:
    gap = part_of(FERRY, 0, 60)
    del gap[20]
    other = [{**row, "passengers": f"{1000 * float(row['passengers'])}"} for row in part_of(FERRY, 0, 60)]
    rows = named({"gap": gap, "as well": gap, "other": other, "good": part_of(FERRY, 0, 60)}, "harbour")
    source, target = tmp_path / f"in.{form}", tmp_path / f"out.{form}"
    frame = pandas.DataFrame(rows).astype({"passengers": float, "temperature": float})
    {"csv": frame.to_csv, "jsonl": partial(frame.to_json, orient="records", lines=True), "parquet": frame.to_parquet}[
        form
    ](source)
    said = seqnlp("batch", FORECASTER, source, target, "--series-column", "harbour").err.splitlines()
    unread, filled, unit, end = said
    assert unread.startswith("series gap: columns that are not read: ")
    assert "harbour" not in unread
    assert filled == "series gap: 1 missing row filled in (first on line 21)"
    assert unit.startswith("warning: series other: column 'passengers' varies 7.9e+02 times as much as in training; ")
    assert end.startswith(f"{target}: ")


def test_a_table_without_a_column_of_series_is_one(tmp_path: Path) -> None:
    table = tmp_path / "in.csv"
    with_index = (f"{number},{line}" for number, line in enumerate(FERRY.read_text().splitlines(), -1))
    table.write_text("\n".join(with_index).replace("-1,", ",", 1) + "\n")  # as pandas writes it, its name empty
    output("batch", FORECASTER, table, tmp_path / "out.csv")
    expected = output("forecast", FORECASTER, FERRY, "--output", "csv")
    rows = read(tmp_path / "out.csv")
    assert [{**row, "error": ""} for row in csv.DictReader(expected.splitlines())] == rows


def test_series_that_do_not_follow_each_other_are_refused_and_options_of_others_too(tmp_path: Path) -> None:
    rows = named({"a": part_of(READINGS, 0, 600), "b": part_of(READINGS, 0, 5)}, "room")
    table = write(tmp_path / "in.csv", [*rows, rows[0]])
    told = refusal("batch", DETECTOR, table, tmp_path / "out.csv", "--series-column", "room")
    assert "expected the rows of 'a' in 'room' one after the other, found more in row 606; sort the table" in told
    told = refusal("batch", DETECTOR, table, tmp_path / "out.csv", "--series-column", "rom")
    assert "did you mean 'room'?); set --series-column" in told
    assert "leave it out" in refusal("batch", DETECTOR, table, tmp_path / "out.csv", "--text-column", "room")
    told = refusal("batch", OLD / "classification", table, tmp_path / "out.csv", "--series-column", "room")
    assert told.startswith("--series-column is for forecasters and detectors")
    with pytest.raises(SeqnlpError, match="expected a model that reads texts"):
        batch(DETECTOR)({"text": ["a"]})


def test_pieces_cut_no_series_whatever_their_size() -> None:
    names = [name for name, count in {"a": 1, "b": 5, "c": 2, "d": 9, "e": 1}.items() for _ in range(count)]
    for size in range(1, 19):
        pieces = (names[begin : begin + size] for begin in range(0, 18, size))
        cut = list(whole_series(pieces, lambda piece, _: piece, lambda parts: [*chain(*parts)], "room", "file"))
        assert [name for piece in cut for name in piece] == names
        assert sum(len(set(piece)) for piece in cut) == 5
        assert size > 1 or len(cut) == 5
    with pytest.raises(DataError, match="found more in row 3"):
        list(whole_series([["a"], ["b", "a"]], lambda piece, _: piece, lambda parts: [*chain(*parts)], "room", "f"))


def test_a_row_without_a_name_between_those_of_a_series_is_the_one_to_mend() -> None:
    pieces = [["a", "a"], ["", "a", "b"]]
    with pytest.raises(DataError, match="found more in row 4; give row 3, which has none, its name"):
        list(whole_series(pieces, lambda piece, _: piece, lambda parts: [*chain(*parts)], "room", "f"))
