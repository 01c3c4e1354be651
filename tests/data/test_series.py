from __future__ import annotations

import warnings
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.parts import load_part, part_digest, read_series
from seqnlp.data.series.repair import Regularizer
from seqnlp.data.series.rows import Row, read_rows
from seqnlp.data.series.scale import fit_scaler
from seqnlp.data.series.step import Step, find_step
from seqnlp.data.series.time import read_timestamp, write_timestamp
from seqnlp.errors import DataError
from seqnlp.tasks.anomaly_detection.windows import take_windows, window_starts
from seqnlp.text.csv_rows import csv_rows


def read(folder: Path, text: str, **settings: Any) -> Any:
    said: list[str] = []
    (folder / "series.csv").write_bytes(text.encode())
    config = SeriesDataConfig(train="series.csv", dir=str(folder), **settings)
    series = read_series(folder / "series.csv", config, said.append)
    return series, said


def error(folder: Path, text: str, **settings: Any) -> str:
    with pytest.raises(DataError) as caught:
        read(folder, text, **settings)
    return str(caught.value).replace(f"{folder}/", "")


def test_quotes_crlf_and_no_final_newline_are_read(tmp_path: Path) -> None:
    text = '"Month","Passengers"\r\n"1949-01",112\r\n"1949-02","1,18"\r\n"1949-03",132'
    series, said = read(tmp_path, text.replace("1,18", "118"), time_column="Month")
    assert series.names == ("Passengers",)
    assert series.values.tolist() == [[112], [118], [132]]
    assert (series.step, series.written, said) == (Step(months=1), "1949-03", [])
    assert error(tmp_path, text, time_column="Month").startswith(
        "series.csv:3: column 'Passengers': expected a number, found '1,18'"
    )


def test_a_file_of_numbers_only_has_no_names(tmp_path: Path) -> None:
    series, _ = read(tmp_path, "1,2\n3,4\n")
    assert (series.names, series.values.tolist()) == (("0", "1"), [[1, 2], [3, 4]])
    assert read(tmp_path, "1,2\n3,4\n", value_columns="1")[0].values.tolist() == [[2], [4]]


def test_a_missing_column_is_named_with_those_there_are(tmp_path: Path) -> None:
    assert error(tmp_path, "date,temp\n2024-01-01,1\n", value_columns="temps") == (
        "series.csv:1: expected the column 'temps', found 'date', 'temp' (did you mean 'temp'?); "
        "set data.value_columns; the first row names the columns"
    )
    assert error(tmp_path, "date,temp\n2024-01-01,1\n", time_column="day").startswith(
        "series.csv:1: expected the column 'day', found 'date', 'temp'"
    )
    assert error(tmp_path, "date\n2024-01-01\n", time_column="date").endswith(
        "expected a column of numbers beside the time stamps, found none"
    )


def test_text_in_a_number_column_is_an_error_with_row_and_column(tmp_path: Path) -> None:
    assert error(tmp_path, "a,b\n1,2\n1,cold\n") == (
        "series.csv:3: column 'b': expected a number, found 'cold'; mend it, leave it empty (a missing value), or "
        "name the columns of numbers in data.value_columns; if it marks missing values, set data.missing_values='cold'"
        "; if this row is no row of the series (units, a total, a note), delete it"
    )
    assert "found '1_000'" in error(tmp_path, "a\n1_000\n")


def test_rows_of_another_width_and_broken_quotes_are_errors_with_the_line(tmp_path: Path) -> None:
    assert error(tmp_path, "a,b\n1,2\n1\n").startswith(
        "series.csv:3: expected 2 fields as in the file's first row, found 1"
    )
    assert error(tmp_path, 'a,b\n1,"2"3\n').startswith("series.csv:2: a quote opens or closes where it must not")


def test_missing_and_infinite_values_are_counted_and_the_last_known_one_stands_in(tmp_path: Path) -> None:
    series, said = read(tmp_path, "a,b\n1,5\n,6\nNaN,-inf\n2,7\n")
    assert series.values.tolist() == [[1, 5], [1, 6], [1, 6], [2, 7]]
    assert series.known.tolist() == [[True, True], [False, True], [False, False], [True, True]]
    assert [line.partition(": ")[2] for line in said] == [
        "2 missing values of 'a', replaced by the last known one (first on line 3); "
        "1 infinite value of 'b', replaced by the last known one (first on line 4)"
    ]
    assert error(tmp_path, "a,b\n1,5\n,6\n", missing="error") == (
        "series.csv:3: column 'a': the value is missing; mend it, or set data.missing to another choice than error"
    )


def test_rows_before_the_first_value_are_left_out_and_counted(tmp_path: Path) -> None:
    series, said = read(tmp_path, "a,b\n,5\n1,6\n")
    assert series.values.tolist() == [[1, 6]]
    assert "1 row left out before every column has its first value (first on line 2)" in said[0]
    assert error(tmp_path, "a,b\n,5\n,6\n") == (
        "series.csv: found no row in which every column has a value or had one before"
    )


GAP = "t,a\n2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n2024-01-06,6\n"


def test_gaps_are_filled_ignored_or_refused_as_configured(tmp_path: Path) -> None:
    series, said = read(tmp_path, GAP, time_column="t")
    assert series.values.ravel().tolist() == [1, 2, 3, 3, 3, 6]
    assert series.known.ravel().tolist() == [True, True, True, False, False, True]
    assert series.lines.tolist() == [2, 3, 4, 0, 0, 5]
    assert series.moments[3:5] == (datetime(2024, 1, 4), datetime(2024, 1, 5))
    assert said[0].endswith("2 missing rows filled in (first on line 5)")
    series, said = read(tmp_path, GAP, time_column="t", gaps="ignore")
    assert series.values.ravel().tolist() == [1, 2, 3, 6]
    assert said[0].endswith("1 gap ignored (first on line 5)")
    assert error(tmp_path, GAP, time_column="t", gaps="error") == (
        "series.csv:5: 2 rows are missing between 2024-01-03 and 2024-01-06; mend it, or set data.gaps to another "
        "choice than error"
    )
    assert "rows are missing between 2024-01-03 and 9024-01-06; mend the time stamp" in error(
        tmp_path, GAP.replace("2024-01-06,6", "9024-01-06,6\n9024-01-07,7\n9024-01-08,8"), time_column="t"
    )


def regular(days: list[str], **settings: Any) -> tuple[list[str], str]:
    """The days of the even rows, missing ones in brackets, and what was found."""
    config = SeriesDataConfig(time_column="t", **settings)
    repair = Regularizer(config, ("a",), Step(size=86400.0), "s")
    rows = [Row(line, datetime.fromisoformat(day), day, (1.0,)) for line, day in enumerate(days, 2)]
    even = [one for row in rows for one in repair.add(row)]
    repair.end()
    return [f"{one.row.moment:%m-%d}" if one.row.line else "()" for one in even], str(repair.findings)


DAYS = [f"2024-01-0{day}" for day in range(1, 10)]


@pytest.mark.parametrize("wrong", [1, 2])
@pytest.mark.parametrize("stamp", ["2034-01-0{}", "9024-01-0{}", "2024-05-0{}"])
def test_a_time_stamp_far_ahead_is_left_out_if_the_next_rows_do_not_follow_it(wrong: int, stamp: str) -> None:
    days = [*DAYS[:4], *(stamp.format(day) for day in range(5, 5 + wrong)), *DAYS[4 + wrong :]]
    even, actual = regular(days)
    assert even == [day[5:] for day in DAYS[:4]] + ["()"] * wrong + [day[5:] for day in DAYS[4 + wrong :]]
    rows = "1 row" if wrong == 1 else "2 rows"
    assert actual.startswith(f"{rows} left out whose time stamp lies far ahead of the rows after it (first on line 6)")
    with pytest.raises(DataError, match=r"s:\d+: the time stamp 2024-01-0. is not after"):
        regular(days, non_monotonic="error")


def test_a_gap_is_one_when_three_rows_follow_it() -> None:
    after = ["2024-05-01", "2024-05-02", "2024-05-03"]
    even, actual = regular([*DAYS, *after])
    assert even == [day[5:] for day in DAYS] + ["()"] * 112 + ["05-01", "05-02", "05-03"]
    assert actual == "112 missing rows filled in (first on line 11)"
    assert regular([*DAYS, *after], gaps="ignore")[0] == [day[5:] for day in [*DAYS, *after]]
    with pytest.raises(DataError, match="s:11: 112 rows are missing"):
        regular([*DAYS, *after[:1]], gaps="error")


def test_what_waits_at_the_end_is_left_out_and_said_at_once() -> None:
    even, actual = regular([*DAYS, "2025-01-01"])
    assert even == [day[5:] for day in DAYS]
    assert actual == "1 row left out at the end, whose time stamp lies far ahead of those before (first on line 11)"
    repair = Regularizer(SeriesDataConfig(time_column="t"), ("a",), Step(size=86400.0), "s")
    news = []
    for line, day in enumerate([*DAYS[:2], DAYS[0], DAYS[2], DAYS[1]], 2):
        list(repair.add(Row(line, datetime.fromisoformat(day), day, (1.0,))))
        news.append(repair.findings.news())
    assert news == [[], [], ["1 row left out whose time stamp goes back or stays (first on line 4)"], [], []]


def test_time_stamps_that_go_back_are_left_out_or_refused(tmp_path: Path) -> None:
    text = "t,a\n1,1\n2,2\n1,7\n2,8\n3,3\n"
    series, said = read(tmp_path, text, time_column="t")
    assert series.values.ravel().tolist() == [1, 2, 3]
    assert said[0].endswith("2 rows left out whose time stamp goes back or stays (first on line 4)")
    assert error(tmp_path, text, time_column="t", non_monotonic="error").startswith(
        "series.csv:4: the time stamp 1 is not after 2; mend it"
    )


def test_irregular_time_stamps_are_counted(tmp_path: Path) -> None:
    series, said = read(tmp_path, "t,a\n0,1\n10,2\n20.4,3\n30,4\n40,5\n", time_column="t")
    assert len(series) == 5
    assert said[0].endswith("2 time stamps at irregular distances, taken as even (first on line 4)")


def test_bad_time_stamps_are_errors_with_the_line(tmp_path: Path) -> None:
    assert error(tmp_path, "t,a\nMonday,1\n", time_column="t") == (
        "series.csv:2: column 't': expected a time stamp (ISO 8601 (2024-01-31 or 2024-01-31 23:59) or a number), "
        "found 'Monday'; if this row is no row of the series (units, a total, a note), delete it"
    )
    assert error(tmp_path, "t,a\n2024-01-01,1\n7,1\n", time_column="t").startswith(
        "series.csv:3: column 't': expected a date without a time zone as in the rows before, found a number ('7')"
    )
    assert len(read(tmp_path, "t,a\n31.01.2024,1\n", time_column="t", time_format="%d.%m.%Y")[0]) == 1


def test_steps_of_months_and_years_are_recognised() -> None:
    months = [read_timestamp(text) for text in ("2023-11", "2023-12", "2024-01", "2024-02", "2024-03")]
    step = find_step(months)
    assert step == Step(months=1)
    assert step.count(months[0], months[4]) == pytest.approx(4)
    assert step.after(datetime(2024, 1, 31)) == datetime(2024, 2, 29)
    assert write_timestamp(step.after(months[4], 10), "2024-03") == "2025-01"
    assert find_step([datetime(year, 1, 1) for year in range(2000, 2005)]) == Step(months=12)
    assert find_step([1.0, 2.0, 2.0, 1.0, 3.0]) == Step(size=1.0)
    assert find_step([1.0]) is None


def test_time_stamps_are_written_as_they_were() -> None:
    for text in ("2024-01-31", "2024-01-31 23:05:00", "2024-01-31T23:05:00", "1949-01", "17", "0.25"):
        assert write_timestamp(read_timestamp(text), text) == text


@pytest.mark.parametrize(
    ("like", "time_format", "day", "expected"),
    [
        ("10/2/05", "%m/%d/%y", date(2005, 9, 2), "9/2/05"),
        ("12/1/99", "%m/%d/%y", date(2000, 1, 1), "1/1/00"),
        ("12/01/99", "%m/%d/%y", date(2000, 1, 1), "01/01/00"),
        ("3.12.08", "%d.%m.%y", date(2009, 1, 5), "5.1.09"),
        ("2005-10-2", "%Y-%m-%d", date(2005, 9, 2), "2005-9-2"),
    ],
)
def test_years_of_two_digits_keep_their_zeros_and_say_nothing_of_those_of_months(
    like: str, time_format: str, day: date, expected: str
) -> None:
    assert write_timestamp(datetime.combine(day, time()), like, time_format) == expected


def test_a_stream_read_row_by_row_equals_the_file_read_at_once(tmp_path: Path) -> None:
    text = GAP + "2024-01-05,9\n2024-01-07,\n2024-01-08,inf\n2024-01-09,4\n"
    series, _ = read(tmp_path, text, time_column="t")
    config = SeriesDataConfig(train="x", time_column="t")
    columns, rows = read_rows(csv_rows(text.splitlines(), "x"), config, "x")
    repair = Regularizer(config, columns.names, series.step, "x")
    even = [one for row in rows for one in repair.add(row)]
    assert [one.values for one in even] == [tuple(row) for row in series.values]
    assert [one.known for one in even] == [tuple(row) for row in series.known]


def test_no_later_value_changes_an_earlier_one(tmp_path: Path) -> None:
    lines = GAP.splitlines()
    before, _ = read(tmp_path, "\n".join(lines), time_column="t")
    after, _ = read(tmp_path, "\n".join([*lines[:-1], "2024-01-06,-1000"]), time_column="t")
    assert np.array_equal(before.values[:-1], after.values[:-1])


def parts(folder: Path, rows: int, **settings: Any) -> dict[str, Any]:
    (folder / "series.csv").write_text("a\n" + "".join(f"{number}\n" for number in range(rows)))
    config = SeriesDataConfig(train="series.csv", dir=str(folder), **settings)
    return {split: load_part(config, split, print) for split in ("train", "dev", "test")}


def test_splits_are_in_the_order_of_time(tmp_path: Path) -> None:
    actual = parts(tmp_path, 50, dev="10%", test="20%")
    assert [(part.begin, len(part.series), len(part)) for part in actual.values()] == [
        (0, 35, 35),
        (35, 40, 5),
        (40, 50, 10),
    ]
    assert actual["dev"].series.values[actual["dev"].begin] == [35]


def test_a_split_in_a_file_of_its_own_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a\n7\n8\n")
    actual = parts(tmp_path, 10, dev="20%", test="other.csv")
    assert (actual["test"].begin, actual["test"].series.values.ravel().tolist()) == (0, [7, 8])
    assert len(actual["train"]) == 8
    config = SeriesDataConfig(train="series.csv", dev="20%", test="other.csv", dir=str(tmp_path))
    assert part_digest(config, "dev") == part_digest(config, "train") != part_digest(config, "test")


def test_too_few_rows_to_cut_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"2 rows: nothing is left for dev \(data.dev, data.test\)"):
        parts(tmp_path, 2, dev="10%", test="20%")


def test_the_scaler_refuses_a_column_of_equal_values() -> None:
    values = np.array([[1.0, 5.0], [2.0, 5.0], [9.0, 9.0]])
    known = np.array([[True, True], [True, True], [False, False]])
    with pytest.raises(DataError) as caught:
        fit_scaler(values, known, ("a", "b"), "x.csv")
    assert str(caught.value) == (
        "x.csv: column 'b': all 2 training values are 5, so there is nothing to learn; leave it out of "
        "data.value_columns"
    )
    scaler = fit_scaler(values[:, :1], known[:, :1], ("a",), "x.csv")
    assert scaler.mean.tolist() == [1.5]
    assert scaler.unscale(scaler.scale(values[:, :1])) == pytest.approx(values[:, :1])


def test_a_training_value_beyond_all_measure_is_named() -> None:
    values, known = np.array([[1.0], [-1e308], [2.0]]), np.ones((3, 1), dtype=bool)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DataError, match=r"column 'a': expected numbers of a size to compute with, found -1e\+308"):
            fit_scaler(values, known, ("a",), "x.csv")
        with pytest.raises(DataError, match=r"column 'a': expected numbers of a size to compute with, found 6e-300"):
            fit_scaler(np.array([[0.0], [6e-300], [1e-300]]), known, ("a",), "x.csv")  # their deviation is 0
    assert np.isfinite(fit_scaler(np.array([[1.0], [1e30], [2.0]]), known, ("a",), "x.csv").deviation).all()


def test_windows_reach_every_row() -> None:
    starts = window_starts(10, 4, 3, "x.csv", "model.window")
    assert starts.tolist() == [0, 3, 6]
    assert window_starts(11, 4, 3, "x.csv", "model.window").tolist() == [0, 3, 6, 7]
    windows = take_windows(np.arange(10)[:, None], starts, 4)
    assert windows[..., 0].tolist() == [[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 8, 9]]
    with pytest.raises(DataError, match=r"x.csv: expected at least 4 rows, one window \(model.window\), found 3"):
        window_starts(3, 4, 1, "x.csv", "model.window")


def test_real_files_are_read_and_their_faults_found(shared_data: Path) -> None:
    said: list[str] = []

    def load(name: str, **settings: Any) -> Any:
        said.clear()
        config = SeriesDataConfig(train=name, dir=str(shared_data / "timeseries"), **settings)
        part = load_part(config, "train", said.append)
        assert part is not None
        return part.series

    assert len(load("airline-passengers.csv", time_column="Month")) == 144
    assert len(load("daily-min-temperatures.csv", time_column="Date")) == 3652
    assert "2 missing rows filled in" in said[0]
    assert load("monthly-sunspots.csv", time_column="Month").step == Step(months=1)
    machine = load("nab/realKnownCause/machine_temperature_system_failure.csv", time_column="timestamp")
    assert "12 rows left out whose time stamp goes back or stays" in said[0]
    assert machine.step == Step(size=300)
    with pytest.raises(DataError, match="column 'weather': expected a number, found 'drizzle'"):
        load("seattle-weather.csv", time_column="date")
