"""Exports as people have them: what would be read wrongly is said, what cannot be read is told with what to do."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from seqnlp.config.anomaly_detection import AnomalyDataConfig
from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.many import load_parts
from seqnlp.data.series.parts import Series, load_part, read_series
from seqnlp.errors import DataError

DAYS = [datetime(2024, 1, 1) + timedelta(days=day) for day in range(60)]


def read(
    folder: Path, rows: list[str], train: str = "x.csv", names: tuple[str, ...] = (), **settings: Any
) -> tuple[Series, list[str]]:
    said: list[str] = []
    path = folder / "x.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    series = read_series(path, SeriesDataConfig(train=train, **settings), said.append, names=names)
    return series, [one.removeprefix(f"{path}: ") for one in said]


def error(folder: Path, rows: list[str], **settings: Any) -> str:
    with pytest.raises(DataError) as caught:
        read(folder, rows, **settings)
    return str(caught.value).replace(f"{folder}/", "")


def days(values: list[str], mark: str = ",") -> list[str]:
    return [f"day{mark}v", *(f"{day:%Y-%m-%d}{mark}{value}" for day, value in zip(DAYS, values, strict=False))]


@pytest.mark.parametrize(
    ("values", "settings", "thousands"),
    [
        (["987", "1.002", "1.015", "12.040", "999"], {}, "1.002"),
        (["1.370", "1.538", "12.400", "-1.002"], {"delimiter": ";"}, "1.370"),
        (["987", "1,002", "1,015", "12,040"], {"delimiter": ";", "decimal": ","}, "1,002"),
        (["1.370", "1.538", "12.400"], {}, ""),  # three decimals, as any
        (["0.370", "1.538", "12.400"], {"delimiter": ";"}, ""),
        (["987", "1.002", "1.015", "12.04"], {}, ""),
        (["10", "9.870", "10.094", "10.120"], {}, ""),  # a decimal like the others that was typed without
        (["10", "9.870", "10.094", "10.120"], {"delimiter": ";"}, ""),
        (["1987", "1.002", "1.015", "12.040"], {}, ""),
        (["987", "1.002", "1.015", "12.040"], {"thousands": ".", "decimal": ",", "delimiter": ";"}, ""),
    ],
)
def test_thousands_that_are_read_as_decimals_are_said(
    tmp_path: Path, values: list[str], settings: dict[str, str], thousands: str
) -> None:
    _, said = read(tmp_path, days(values, settings.get("delimiter", ",")), time_column="day", **settings)
    other, decimal = (",", ".") if settings.get("decimal") else (".", ",")
    expected = (
        "all decimals of column 'v' have three digits, as thousands have; if "
        f"{thousands} is a thousand or more, set data.thousands='{other}' data.decimal='{decimal}'"
    )
    assert said == [expected] * bool(thousands)


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d/%m/%Y", "%b %d %Y"])
def test_a_column_of_times_that_is_not_read_is_said(tmp_path: Path, form: str) -> None:
    rows = ["the day,id,v", *(f"{day.strftime(form)},R{day.day},1.{day.day}" for day in DAYS), "Total,,999"]
    series, said = read(tmp_path, rows, value_columns="v")
    assert series.values[-1, 0] == 999  # the total
    assert said[0].startswith("times stand in 'the day' and are not read, so gaps, another order, totals")
    setting = {"%Y-%m-%d": "", "%d/%m/%Y": " data.time_format=%d/%m/%Y", "%b %d %Y": " 'data.time_format=%b %d %Y'"}[
        form
    ]
    assert said[0].endswith(f"'data.time_column=the day'{setting} reads them")
    assert said[1:] == ["columns that are not read: the day, id"]
    last = error(tmp_path, rows, value_columns="v", time_column="the day", time_format=form.replace("%Y-%m-%d", ""))
    assert last.startswith("x.csv:62: column 'the day': expected a time stamp")
    assert last.endswith("found 'Total'; if this row is no row of the series (units, a total, a note), delete it")


def test_a_table_that_has_a_column_for_each_time_is_said(tmp_path: Path) -> None:
    def heading(names: str, **settings: Any) -> list[str]:
        width = names.count(",") + 1
        rows = [names, *(",".join(str(row * place % 7) for place in range(width)) for row in range(12))]
        return [one for one in read(tmp_path, rows, **settings)[1] if "columns are called" in one]

    assert "'2024-01', '2024-02', '2024-03', as if each row were a series" in heading("2024-01,2024-02,2024-03")[0]
    assert heading("year," + ",".join(f"{datetime(2024, month, 1):%b}" for month in range(1, 13)))
    assert "'2019', '2020', '2021'" in heading("2019,2020,2021")[0]  # of numbers only, so it is read as a row
    assert heading("2019,2025,2021") == heading("may,june,wind") == heading("a,b,2024") == []


@pytest.mark.parametrize("mark", ["0", "-1", "65535", "85", "-99.9", "9.969209968386869e+36"])
def test_a_number_far_from_all_others_may_mark_missing_values(tmp_path: Path, mark: str) -> None:
    ordinary = [f"{20 + day.day / 10}" for day in DAYS[:50]]
    _, said = read(tmp_path, days([*ordinary, mark, mark, mark]), time_column="day")
    [one] = said
    assert f"{mark} is there 3 times, far from the other values; if it marks" in one
    _, said = read(tmp_path, days([*ordinary, mark, mark]), time_column="day", missing_values=mark)
    assert said == ["2 missing values of 'v', replaced by the last known one (first on line 52)"]
    assert read(tmp_path, days([*ordinary, mark]), time_column="day")[1] == []  # once
    assert read(tmp_path, days(["0", "0", "0", "1", "0", "1"] * 9), time_column="day")[1] == []
    assert "leave such fields empty" in read(tmp_path, days([*ordinary, mark, mark]), "", time_column="day")[1][0]


def test_what_a_detector_or_labels_are_there_to_judge_is_no_mark(tmp_path: Path) -> None:
    read(tmp_path, days([*(f"{20 + day.day / 10}" for day in DAYS[:50]), "85", "85"]), time_column="day")
    for settings, count in (({}, 0), ({"train": "x.csv", "labels": "y.json"}, 0), ({"train": "x.csv"}, 1)):
        said: list[str] = []
        read_series(tmp_path / "x.csv", AnomalyDataConfig(time_column="day", **settings), said.append)
        assert ["85 is there 2 times" in one for one in said] == [True] * count


def test_a_mark_that_can_be_nothing_else_is_said_where_it_stands_once(tmp_path: Path) -> None:
    ordinary = [str(day.day) for day in DAYS[:40]]
    assert "-9999 is there once, far" in read(tmp_path, days([*ordinary, "-9999"]), time_column="day")[1][0]
    assert read(tmp_path, days([*ordinary, "-99"]), time_column="day")[1] == []


def test_of_several_marks_each_is_said_whether_the_others_are_known_or_not(tmp_path: Path) -> None:
    rows = days([*(str(day.day) for day in DAYS[:40]), "-999", "-999", "-9999", "-9999"])
    said = read(tmp_path, rows, time_column="day")[1]
    assert ["-999 is" in said[0], "-9999 is" in said[1], len(said)] == [True, True, 2]
    assert "-999 is there 2 times" in read(tmp_path, rows, time_column="day", missing_values="-9999")[1][0]


@pytest.mark.parametrize("form", ["%Y%m%d%H%M", "%Y%m%d%H", "%Y%m%d%H%M%S", "%Y%j", "%d%m%Y", "%m%d%Y", "%y%m%d"])
def test_dates_of_digits_alone_that_are_read_as_numbers_are_said(tmp_path: Path, form: str) -> None:
    rows = ["day,v", *(f"{day.strftime(form)},1.{day.day}" for day in DAYS[:20])]
    _, said = read(tmp_path, rows, time_column="day")
    stamp = DAYS[0].strftime(form)
    assert f"if time stamps such as {stamp} are dates, data.time_format={form} reads them so" in said
    assert not [one for one in said if "1970" in one]
    series, said = read(tmp_path, rows, time_column="day", time_format=form)
    assert (series.moments[-1], said) == (DAYS[19], [])


def test_years_that_are_read_as_months_are_said(tmp_path: Path) -> None:
    def said(stamps: list[str]) -> list[str]:
        rows = ["day,v", *(f"{stamp},{row}.5" for row, stamp in enumerate(stamps))]
        return read(tmp_path, rows, time_column="day")[1]

    years = [f"20{year:02}-{year + 1:02}" for year in range(1, 11)]
    assert ["are read as months; if each is a year, write 2001 for 2001-02" in note for note in said(years)] == [True]
    assert said([f"2001-{month:02}" for month in range(1, 11)]) == []


def test_seconds_read_as_milliseconds_are_said_and_the_other_way_round_is_an_error(tmp_path: Path) -> None:
    rows = ["day,v", *(f"{1_700_000_000 + 3600 * row},1.{row}" for row in range(20))]
    _, said = read(tmp_path, rows, time_column="day", time_format="unix_ms")
    assert said[0].startswith("time stamp 1700000000 is read as 1970-01-20 16:13:20")
    assert said[0].endswith("if it counts seconds, set data.time_format=unix")
    for length in ("000", "000000000"):  # milliseconds, nanoseconds
        rows = ["day,v", *(f"{1_700_000_000 + 3600 * row}{length},1.{row}" for row in range(20))]
        assert "expected a time stamp ('unix')" in error(tmp_path, rows, time_column="day", time_format="unix")


def test_a_split_without_any_known_value_is_not_judged(tmp_path: Path) -> None:
    rows = ["day,v,w", *(f"{day:%Y-%m-%d},{day.day},{day.day if place < 48 else ''}" for place, day in enumerate(DAYS))]
    (tmp_path / "x.csv").write_text("\n".join(rows), encoding="utf-8")
    config = SeriesDataConfig(train="x.csv", dir=str(tmp_path), time_column="day", dev="20%", test="20%")
    assert len(load_part(config, "dev", print)) == len(load_parts(config, "dev", print)[""]) == 12
    for load in (load_part, load_parts):
        with pytest.raises(DataError, match=r"column 'w': every value of test is missing, so nothing can be judged"):
            load(config, "test", print)


def test_numbers_far_apart_are_another_step_than_that_of_training(tmp_path: Path) -> None:
    series, _ = read(tmp_path, days(["1", "2", "3"]), time_column="day")
    rows = ["day,v", *(f"{(1_700_000_000 + 86_400 * row) * 10**9},1.{row}" for row in range(9))]
    (tmp_path / "x.csv").write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(DataError, match=r"found a step of 8\.64e"):
        read_series(tmp_path / "x.csv", SeriesDataConfig(time_column="day"), print, series.step, ("v",))


@pytest.mark.parametrize(
    ("rows", "problem", "advice"),
    [
        (["Sales in 2024", "", "day,v"], ":1: expected the column 'day', found 'Sales in 2024'", "delete titles above"),
        (["Sales in 2024,", "day,v"], ":1: expected the column 'day'", "delete titles above the row that names the"),
        (["day,v", ",kW"], ":2: column 'day': expected a time stamp", "no row of the series (units, a total, a note)"),
        (["day,v", "(UTC),kW"], ":2: column 'day': expected a time stamp", "units, a total, a note), delete it"),
        (["day,v", "2024-01-01,1", "From: an office"], ":3: expected 2 fields as in", "a note), delete it"),
        (
            ["day,v", "2024-01-01,1,5"],
            ":2: expected 2 fields as in",
            "a field with a comma in it stands in double quotes",
        ),
        (["day,v", "Q5 2024,1"], ":2: column 'day': expected a time stamp", "set data.time_format, as strptime has it"),
        (["day,v", "1930-31,1"], ":2: column 'day'", "if this is the year that begins in 1930, write 1930"),
        (["day,v", "1999/2000,1"], ":2: column 'day'", "if this is the year that begins in 1999, write 1999"),
        (["day,v", "2001/02,1"], ":2: column 'day'", "write 2001; if it is a month, set data.time_format='%Y/%m'"),
        (["day,v", "1999-15,1"], ":2: column 'day'", "set data.time_format, as strptime has it"),
        (["day,v", "1Q24,1"], ":2: column 'day': expected a time stamp", "write quarters as 2024-Q1"),
        (
            ["day,v", "2024-01-01 24:00,1"],
            ":2: column 'day': expected a time stamp",
            "write 24:00 as 00:00 of the next",
        ),
        (["day,v", "2024-03-10 00:00:00 UTC,1"], ":2: column 'day'", "data.time_format='%Y-%m-%d %H:%M:%S UTC'"),
        (["day,v", "2024M01,1"], ":2: column 'day'", "data.time_format='%YM%m'"),
        (["day,v", "Fri Mar 01 2024,1"], ":2: column 'day'", "data.time_format='%a %b %d %Y'"),
    ],
)
def test_what_is_no_row_is_told_with_what_to_do(tmp_path: Path, rows: list[str], problem: str, advice: str) -> None:
    told = error(tmp_path, rows, time_column="day")
    assert told.startswith(f"x.csv{problem}")
    assert advice in told


@pytest.mark.parametrize(
    ("rows", "advice"),
    [
        (["day;v", "2024-01-01;1"], "the model reads fields with a comma between them, as its training file has them"),
        (["day,v", "31/12/2024,1"], "write time stamps as the model's training file has them"),
        (["day,v", '2024-01-01,"1,5"'], "the model reads numbers with '.' before decimals"),
        (["day,v", "2024-01-01,1", "17,2"], "found a number ('17'); mend it"),
        (["day,v", "2024-01-01,closed"], "a note), delete it; the model reads numbers with '.' before decimals"),
        (days(["1"] * 30)[:15] + days(["1"] * 60)[40:], "or give the rows before and after as files of their own"),
        ([row for row in days(["1"] * 30) for _ in "ab"][1:], "several series side by side? then give the model one"),
    ],
)
def test_a_trained_model_advises_no_settings_which_nobody_can_change(
    tmp_path: Path, rows: list[str], advice: str
) -> None:
    told = error(tmp_path, rows, train="", names=("v",), time_column="day")
    assert advice in told
    assert "set data." not in told


def test_a_trained_model_is_told_no_settings_in_notes_either(tmp_path: Path) -> None:
    rows = ["day,v", *(f"{day:%Y%m%d%H%M},{place}" for place, day in enumerate(DAYS[:20]))]
    assert read(tmp_path, rows, "", ("v",), time_column="day")[1] == []
    assert read(tmp_path, rows, "", ("v",))[1] == ["columns that are not read: day"]
    [said] = read(tmp_path, days(["987", "1.002", "1.015", "1.040"]), "", ("v",), time_column="day")[1]
    assert said.endswith("if 1.002 is a thousand or more, write it without a mark")


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ("%Y-W%W", "%W (week) needs a weekday"),
        ("%G-W%V", "weeks written as 2024-W05 are read without data.time_format"),
        ("%-d/%m/%Y", "'-' is a bad directive"),
        ("YYYY-MM-DD", "expected directives, as in %Y-%m-%d"),
        ("%Y-%m-%d %Y", "redefinition of group name"),
    ],
)
def test_a_time_format_that_reads_nothing_is_no_setting(form: str, problem: str) -> None:
    [told] = SeriesDataConfig(train="x.csv", time_column="day", time_format=form).problems()
    assert problem in told
    for good in ("%G-W%V-%u", "%Y-%j", "number", "unix_ms", "%d.%m.%Y %H:%M"):
        assert SeriesDataConfig(train="x.csv", time_column="day", time_format=good).problems() == []
