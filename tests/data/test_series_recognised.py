"""What a training file of a series tells by itself is taken from it, and said; what was set stays."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.parts import load_part
from seqnlp.data.series.recognised import recognise
from seqnlp.data.series.time import read_timestamp
from seqnlp.errors import DataError

DAYS = [datetime(2024, 1, 1) + timedelta(days=day) for day in range(30)]


def recognised(
    folder: Path, lines: Sequence[str], **settings: Any
) -> tuple[SeriesDataConfig, dict[str, str], list[str]]:
    """The settings after all, those that were changed, and what was said."""
    (folder / "series.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    config, said = SeriesDataConfig(dir=str(folder), train="series.csv", **settings), []
    before = dict(vars(config))
    recognise(config, said.append)
    return config, {name: value for name, value in vars(config).items() if value != before[name]}, said


HOURS = [datetime(2024, 1, 15) + timedelta(hours=hour) for hour in range(40)]


@pytest.mark.parametrize(
    ("heading", "stamp", "time_column", "time_format"),
    [
        ("Date,Time", "%Y-%m-%d,%H:%M", "Date + Time", ""),
        ("Date,Time", "%d/%m/%Y,%H:%M:%S", "Date + Time", "%d/%m/%Y %H:%M:%S"),
        ("Datum,Uhrzeit", "%d.%m.%Y,%H.%M.%S", "Datum + Uhrzeit", "%d.%m.%Y %H.%M.%S"),
        ("time,date", "%I:%M %p,%m/%d/%Y", "date + time", "%m/%d/%Y %I:%M %p"),
        ("date,Hour", "%Y-%m-%d,%H", "date + Hour", "%Y-%m-%d %H"),
        ("date,hr", "%b %d %Y,%H", "date + hr", "%b %d %Y %H"),
        ("year,month,day,hour", "%Y,%m,%d,%H", "year + month + day + hour", "%Y %m %d %H"),
        ("YEAR,MO,DY,HR", "%Y,%m,%d,%H", "YEAR + MO + DY + HR", "%Y %m %d %H"),
    ],
)
def test_a_time_stamp_in_several_columns_is_read(
    tmp_path: Path, heading: str, stamp: str, time_column: str, time_format: str
) -> None:
    zeros = re.compile(r"(?<![\d.:])0(?=\d)") if "our" in heading else re.compile("(?!)")  # with zeros, and without
    lines = [f"{heading},v", *(f"{zeros.sub('', f'{hour:{stamp}}')},{hour.hour}.5" for hour in HOURS)]
    config, changed, said = recognised(tmp_path, lines)
    wanted = {"time_column": time_column, **({"time_format": time_format} if time_format else {})}
    assert changed == wanted
    assert [f"data.{name}='{value}'" in said[0] for name, value in wanted.items()] == [True] * len(wanted)
    series = load_part(config, "train", said.append).series
    assert (series.names, series.moments) == (("v",), tuple(HOURS))
    assert read_timestamp(series.written, time_format) == HOURS[-1]
    told: list[str] = []
    settings = SeriesDataConfig(dir=str(tmp_path), train="series.csv", value_columns="v")
    unread = load_part(settings, "train", told.append).series
    assert (len(unread), unread.moments) == (len(HOURS), ())
    assert f"times stand in '{time_column}' and are not read" in told[0]
    assert f"data.time_column={time_column}'" in told[0]
    assert f"data.time_format={time_format}'" in told[0] or not time_format


def test_no_part_of_a_time_stamp_may_be_missing(tmp_path: Path) -> None:
    lines = ["date,time,v", *(f"{hour:%Y-%m-%d,%H:%M},7" for hour in HOURS)]
    for spoilt in ("2024-01-16,,7", ",16:00,7"):
        config, changed, _ = recognised(tmp_path, [*lines, spoilt])
        assert changed == {"time_column": "date + time"}
        with pytest.raises(DataError, match=r"series.csv:42: column 'date \+ time': expected a time stamp"):
            load_part(config, "train", lambda _: None)


@pytest.mark.parametrize(
    ("heading", "stamp", "taken"),
    [
        ("date,time,since", "%Y-%m-%d %H:%M,%H:%M,%H:%M", {"time_column": "date"}),  # a whole stamp in the first
        ("date,hour", "%Y-%m-%d %H:%M,%H", {"time_column": "date"}),
        ("date,from,until", "%Y-%m-%d,%H:%M,%H:%M", {"time_column": "date"}),  # which of the two?
        ("month,year", "%H,%M", {}),  # 17 and 30 are no months and years
        ("day,hour", "%d,%H", {}),
        ("date,price", "%Y-%m-%d,%H.%M", {"time_column": "date"}),  # numbers
    ],
)
def test_what_is_no_part_of_a_time_stamp_is_not_taken_for_one(
    tmp_path: Path, heading: str, stamp: str, taken: dict[str, str]
) -> None:
    _, changed, _ = recognised(tmp_path, [f"{heading},v", *(f"{hour:{stamp}},7" for hour in HOURS)])
    assert changed == taken


def test_a_column_whose_name_has_a_plus_is_one_column(tmp_path: Path) -> None:
    lines = ["date + time,v", *(f"{hour:%Y-%m-%d %H:%M},7" for hour in HOURS)]
    config, changed, _ = recognised(tmp_path, lines)
    assert changed == {"time_column": "date + time"}
    assert load_part(config, "train", lambda _: None).series.moments == tuple(HOURS)


def rows(heading: str, date: str, mark: str, numbers: Sequence[str]) -> list[str]:
    return [
        heading,
        *(f"{day:{date}}{mark}{number}" for day, number in zip(DAYS, numbers * len(DAYS), strict=False)),
    ]


@pytest.mark.parametrize(
    ("lines", "taken"),
    [
        (rows("day,v", "%Y-%m-%d", ",", ["1.5"]), {"time_column": "day"}),
        (rows("day;v", "%Y-%m-%dT%H:%M", ";", ["1.5"]), {"time_column": "day", "delimiter": ";"}),
        (
            rows("Tag;Wert", "%d.%m.%Y %H:%M", ";", ["12.5"]),
            {"time_column": "Tag", "time_format": "%d.%m.%Y %H:%M", "delimiter": ";"},
        ),
        (
            rows("day\tv", "%m/%d/%Y", "\t", ["0.125"]),
            {"time_column": "day", "time_format": "%m/%d/%Y", "delimiter": "tab"},
        ),
        (
            rows("day\tv", "%A, %B %d, %Y", "\t", ["7"]),
            {"time_column": "day", "time_format": "%A, %B %d, %Y", "delimiter": "tab"},
        ),
        (rows("day|v", "%Y-%m-%d", "|", ["7", "NA"]), {"time_column": "day", "delimiter": "|"}),
    ],
)
def test_a_file_is_read_without_settings(tmp_path: Path, lines: list[str], taken: dict[str, str]) -> None:
    config, changed, said = recognised(tmp_path, lines)
    assert changed == taken
    assert len(said) == 1
    assert all(f"data.{name}='{value}'" in said[0] for name, value in taken.items())
    typed = SeriesDataConfig(dir=str(tmp_path), train="series.csv", **taken)
    again, alike = load_part(config, "train", said.append).series, load_part(typed, "train", said.append).series
    assert (again.names, again.values.tolist(), again.stamps) == (alike.names, alike.values.tolist(), alike.stamps)
    assert len(again) == len(DAYS)


@pytest.mark.parametrize(
    ("lines", "settings", "taken"),
    [
        (["1,2", "3,4"], {}, {}),
        (rows("day,v", "%Y-%m-%d", ",", ["7"]), {"value_columns": "v"}, {}),
        (rows("day,v", "%Y-%m-%d", ",", ["7"]), {"time_column": "v"}, {}),
        (rows("day,v,since", "%Y-%m-%d", ",", ["7,2020-01-01"]), {}, {}),  # which of the two?
        (rows("day,v", "%Y%m%d", ",", ["7"]), {}, {}),  # numbers
        (rows("day;v", "%Y-%m-%d", ";", ["2,5"]), {"time_column": "day"}, {"delimiter": ";"}),  # no number is guessed
        (rows("day;v", "%Y-%m-%d", ";", ["1,5"]), {"time_column": "day", "delimiter": ";"}, {}),
        (["day,v", "01/02/2024,7", "01/03/2024,8"], {}, {"time_column": "day"}),  # days or months?
        (["day;v;w,x", "2024-01-01;7;8", "2024-01-02;7;8"], {"value_columns": "v"}, {}),
    ],
)
def test_what_is_set_or_may_mean_two_things_stays(
    tmp_path: Path, lines: list[str], settings: dict[str, str], taken: dict[str, str]
) -> None:
    _, changed, said = recognised(tmp_path, lines, **settings)
    assert changed == taken
    assert bool(said) == bool(taken)


def test_what_is_left_to_a_person_is_said(tmp_path: Path) -> None:
    def problem(lines: list[str], **settings: Any) -> str:
        config, *_ = recognised(tmp_path, lines, **settings)
        with pytest.raises(DataError) as caught:
            load_part(config, "train", lambda _: None)
        return str(caught.value)

    daily = ["date;time;v", *(f"{day:%d/%m/%Y};17:00:00;7" for day in DAYS)]
    assert "the time of day of a date in another column, set data.time_column='date + time'" in problem(daily)
    hourly = ["date,hour,v", *(f"{day:%Y-%m-%d},{hour},7" for day in DAYS for hour in range(1, 25))]
    assert "the time of day in another column? then set data.time_column='date + ITS_NAME'" in problem(hourly)
    minutes = ["day;v", *(f"{hour:%d/%m/%Y %H}:24:00;7" for hour in HOURS)]
    problem_of_minutes = problem([*minutes, "x/y/2024 17:24:00;7"], time_format="%d/%m/%Y %H:%M:%S", time_column="day")
    assert "found 'x/y/2024 17:24:00'; set data.time_format" in problem_of_minutes
    assert "are its fields divided by ';'? set data.delimiter=';'" in problem(["1,5;2,5", "3,5;4,5"])
    assert "are its fields divided by ','? set data.delimiter=','" in problem(
        rows("day,v", "%Y-%m-%d", ",", ["7"]), time_column="day", delimiter=";"
    )
    for number in ("1,250", "12,5"):  # no number is guessed
        assert "set data.delimiter=';' data.decimal=','" in problem(rows("day;v", "%Y-%m-%d", ";", [number]))
    assert "'%d/%m/%Y' or data.time_format='%m/%d/%Y'" in problem(["day,v", "01/02/2024,7", "01/03/2024,8"])
