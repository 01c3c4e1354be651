"""Files of series that people have: read right, or refused with what to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.parts import Series, read_series
from seqnlp.data.series.time import read_timestamp, write_timestamp
from seqnlp.errors import DataError

DAYS = [f"{datetime(2024, 1, 1) + timedelta(days=day):%Y-%m-%d}" for day in range(60)]


def read(folder: Path, lines: list[str], names: tuple[str, ...] = (), **settings: Any) -> tuple[Series, list[str]]:
    said: list[str] = []
    (folder / "series.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    config = SeriesDataConfig(train="series.csv", **{"time_column": "t", **settings})
    return read_series(folder / "series.csv", config, said.append, names=names), said


def error(folder: Path, lines: list[str], names: tuple[str, ...] = (), **settings: Any) -> str:
    with pytest.raises(DataError) as caught:
        read(folder, lines, names, **settings)
    return str(caught.value).replace(f"{folder}/", "")


def rows(days: list[str], heading: str = "t,v") -> list[str]:
    return [heading, *(f"{day},{number}" for number, day in enumerate(days))]


def test_weekends_are_not_invented(tmp_path: Path) -> None:
    weekdays = [day for day in DAYS if datetime.fromisoformat(day).weekday() < 5]
    series, said = read(tmp_path, rows(weekdays))
    assert series.step is not None
    assert (len(series), said, series.step.words(series.moments[0])) == (len(weekdays), [], "1 weekday")


def test_columns_are_found_by_name(tmp_path: Path) -> None:
    lines = ["t,rain,note,cars", *(f"{day},{number % 3},x,{1000 + number}" for number, day in enumerate(DAYS))]
    series, said = read(tmp_path, lines, names=("cars", "rain"))
    assert series.names == ("cars", "rain")
    assert series.values[0].tolist() == [1000, 0]
    assert said[0].endswith("series.csv: columns that are not read: note")
    assert "expected the column 'wind'" in error(tmp_path, lines, names=("cars", "wind"))
    assert "; the model reads cars, wind; " in error(tmp_path, lines, names=("cars", "wind"))
    twice = ["t,cars,cars", f"{DAYS[0]},1,2"]
    assert "the column 'cars' is there 2 times; give each its own name" in error(tmp_path, twice)


def test_a_column_without_a_name_is_no_series(tmp_path: Path) -> None:
    lines = [",t,v", *(f"{number},{day},5" for number, day in enumerate(DAYS))]
    assert error(tmp_path, lines).startswith("series.csv:1: column 1 has no name (as the index that pandas writes)")
    assert read(tmp_path, lines, value_columns="v")[0].names == ("v",)


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        ("1,5", "where a comma stands before the decimals, set data.delimiter=';' data.decimal=','"),
        ("1,234", "write numbers without marks between thousands"),
        ("1.234,5", "write numbers without marks between thousands"),
        ("1 234", "write numbers without marks between thousands"),
        ("\u22125", "write a minus as '-'"),
        ("(5)", "leave it empty (a missing value)"),
    ],
)
def test_numbers_are_not_guessed(tmp_path: Path, number: str, hint: str) -> None:
    actual = error(tmp_path, ["t;v", f"{DAYS[0]};{number}"], delimiter=";")
    assert actual.startswith(f"series.csv:2: column 'v': expected a number, found '{number}'")
    assert hint in actual


def test_other_delimiters_and_decimals_are_read_as_set(tmp_path: Path) -> None:
    series, _ = read(tmp_path, ["t;v", f"{DAYS[0]};1,5", f"{DAYS[1]};-,25"], delimiter=";", decimal=",")
    assert series.values.ravel().tolist() == [1.5, -0.25]
    series, _ = read(tmp_path, ["t\tv", f"{DAYS[0]}\t1.5"], delimiter="tab")
    assert series.values.ravel().tolist() == [1.5]
    assert error(tmp_path, ["t;v", f"{DAYS[0]};1"]).endswith("are its fields divided by ';'? set data.delimiter=';'")
    assert "expected a number, found '1.234,5'" in error(
        tmp_path, ["t;v", f"{DAYS[0]};1.234,5"], delimiter=";", decimal=","
    )


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-01T00:00+02:00",
        "2024-01-01 00:00:00+02:00",
        "2024-01-01T00:00:00Z",
        "2024-01-01T05:30:00+0530",
        "2024-01-01 10:20",
        "2024-01-01 10:20:30.250",
        "2024-01-01",
        "2024-01",
        "17",
        "0.25",
        "2024-W07",
        "2024W07",
        "2024-W07-3",
        "2024Q1",
        "2024-Q3",
        "1959q1",
        "Q4 2024",
        "q2/2024",
    ],
)
def test_stamps_come_back_as_they_were_written(text: str) -> None:
    assert write_timestamp(read_timestamp(text), text) == text


def test_stamps_of_a_file_stay_and_those_filled_in_are_alike(tmp_path: Path) -> None:
    hours = [f"2024-01-01T{hour:02}:00+02:00" for hour in range(24)]
    series, _ = read(tmp_path, rows([*hours[:7], *hours[8:]]))
    assert series.stamps == tuple(hours)


@pytest.mark.parametrize(
    ("stamp", "formats"),
    [
        ("31/12/2024", "data.time_format='%d/%m/%Y'"),
        ("01/02/2024", "data.time_format='%d/%m/%Y' or data.time_format='%m/%d/%Y'"),
        ("Jan 1990", "data.time_format='%b %Y'"),
        ("3.2.2024 14:05", "data.time_format='%d.%m.%Y %H:%M'"),
        ("the 1.", "set data.time_format, as strptime has it"),
    ],
)
def test_a_time_stamp_in_another_form_is_refused_with_the_format_that_reads_it(
    tmp_path: Path, stamp: str, formats: str
) -> None:
    assert formats in error(tmp_path, rows([stamp]))


def test_a_column_of_time_stamps_that_nobody_named_is_no_column_of_numbers(tmp_path: Path) -> None:
    for stamp in ("2024-01-31", "31.01.2024", "2024-Q1"):
        assert "if these are the time stamps, set data.time_column='t'" in error(
            tmp_path, rows([stamp]), time_column=""
        )
    assert "write numbers without units and currencies" in error(tmp_path, ["v", "12.5 kW"], time_column="")
    assert "write numbers without units and currencies" in error(tmp_path, ["v", "$12.5"], time_column="")


def test_row_numbers_are_not_forecast(tmp_path: Path) -> None:
    numbers = [str(1_700_000_000 + 60 * number) for number in range(20)]
    lines = ["t,v", *(f"{number},{place % 7}" for place, number in enumerate(numbers))]
    assert "column 't' rises by 60 in every row" in error(tmp_path, lines, time_column="")
    series, _ = read(tmp_path, lines, time_column="", value_columns="t, v")  # on purpose
    assert series.names == ("t", "v")
    alone, _ = read(tmp_path, [line.split(",")[0] for line in lines], time_column="")  # a trend
    assert alone.names == ("t",)


def test_columns_that_are_no_measurements_are_said_unless_somebody_chose_them(tmp_path: Path) -> None:
    lines = [
        "Unnamed: 0,t,v,is_anomaly,door",
        *(f"{n},{day},{n % 7},{int(n == 9)},{n % 2}" for n, day in enumerate(DAYS)),
    ]
    series, said = read(tmp_path, lines)
    assert series.names == ("Unnamed: 0", "v", "is_anomaly", "door")
    where, ending = (
        f"warning: {tmp_path}/series.csv",
        "and is learnt as a measurement; 'data.value_columns=[v, door]' leaves it out",
    )
    assert said == [
        f"{where}: column 'Unnamed: 0' rises by 1 in every row, as row numbers and time stamps do, {ending}",
        f"{where}: column 'is_anomaly' is 0 or 1 in every row, as marks of known anomalies are, {ending}",
    ]
    for chosen in ({"names": ("v", "is_anomaly")}, {"value_columns": "v, is_anomaly"}):
        assert not [one for one in read(tmp_path, lines, **chosen)[1] if "learnt as a measurement" in one]


def test_numbers_that_may_be_seconds_since_1970_are_said_and_can_be_dates(tmp_path: Path) -> None:
    lines = rows([str(1_700_000_000 + 3600 * number) for number in range(20)])
    series, said = read(tmp_path, lines)
    assert any("data.time_format=unix makes them dates" in one for one in said)
    series, said = read(tmp_path, [*lines[:9], *lines[10:]], time_format="unix", max_repaired=1)
    assert said == [f"{tmp_path}/series.csv: 1 missing row filled in (first on line 10)"]
    assert series.step is not None
    assert series.step.words(series.moments[0]) == "1 hour"
    assert series.stamps[8] == lines[9].split(",")[0]
    assert read_timestamp("1700000000500", "unix_ms") == datetime(2023, 11, 14, 22, 13, 20, 500_000, tzinfo=UTC)


def test_marks_of_missing_values_are_said_and_can_be_set(tmp_path: Path) -> None:
    lines = rows(DAYS)
    lines[5], lines[9] = f"{DAYS[4]},-999", f"{DAYS[8]},-999"
    series, said = read(tmp_path, lines)
    assert series.known.all()
    assert any("-999 is there 2 times" in one and "data.missing_values='-999'" in one for one in said)
    series, said = read(tmp_path, lines, missing_values="-999, 9999")
    assert said == [f"{tmp_path}/series.csv: 2 missing values of 'v', replaced by the last known one (first on line 6)"]
    assert series.values[4, 0] == series.values[3, 0]
    assert (~series.known).sum() == 2
    ordinary = rows(DAYS)
    ordinary[5], ordinary[9] = f"{DAYS[4]},99", f"{DAYS[8]},99"  # not far from 0 to 59
    assert read(tmp_path, ordinary)[1] == []
    lines[5], lines[9] = f"{DAYS[4]},—", f"{DAYS[8]},Closed"
    assert "found '—'" in error(tmp_path, lines)
    assert "if it marks missing values, set data.missing_values='—'" in error(tmp_path, lines)
    series, said = read(tmp_path, lines, missing_values="—, closed, -1")
    assert ((~series.known).sum(), len(said)) == (2, 1)
    assert SeriesDataConfig(train="a", missing_values="-999; none").problems() == [
        "data.missing_values: expected numbers or texts with commas between them, found '-999; none'"
    ]


def test_marks_between_thousands_are_read_as_set(tmp_path: Path) -> None:
    lines = ["t;v", f"{DAYS[0]};1.234.567,5", f"{DAYS[1]};12,25", f"{DAYS[2]};-1.000"]
    series, _ = read(tmp_path, lines, delimiter=";", decimal=",", thousands=".")
    assert series.values[:, 0].tolist() == [1_234_567.5, 12.25, -1000]
    spaced, _ = read(tmp_path, ["t,v", f"{DAYS[0]},1 234.5", f"{DAYS[1]},2\u202f000"], thousands=" ")
    assert spaced.values[:, 0].tolist() == [1234.5, 2000]
    assert "data.thousands" in error(tmp_path, ["t,v", f'{DAYS[0]},"1,234"'])
    assert "found '1.5'" in error(tmp_path, ["t;v", f"{DAYS[0]};1.5"], delimiter=";", decimal=",")
    assert "expected a number" in error(tmp_path, ["t,v", f'{DAYS[0]},"12,34"'], thousands=",")
    assert SeriesDataConfig(train="a", thousands=".").problems() == [
        "data.thousands: expected another mark than data.decimal, found '.' for both"
    ]


@pytest.mark.parametrize(
    ("lines", "expected", "settings"),
    [
        (["1,5;2", "3;4,25"], [[1.5, 2], [3, 4.25]], {"decimal": ","}),
        (["1 200;2", "1 300;3"], [[1200, 2], [1300, 3]], {"thousands": " "}),
        (["1.200,5; 2", "7;3"], [[1200.5, 2], [7, 3]], {"thousands": ".", "decimal": ","}),
    ],
)
def test_a_first_row_of_numbers_as_they_are_set_names_no_columns(
    tmp_path: Path, lines: list[str], expected: list[list[float]], settings: dict[str, str]
) -> None:
    series, _ = read(tmp_path, lines, delimiter=";", time_column="", **settings)
    assert series.names == ("0", "1")
    assert series.values.tolist() == expected
