"""Files that would have to be repaired too much are errors that say what they look like."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.parts import Series, read_series
from seqnlp.errors import DataError


def days(rows: int, begin: int = 0, apart: int = 1) -> list[str]:
    first = date(2024, 1, 1) + timedelta(days=begin)
    return [f"{first + timedelta(days=number * apart)},{number % 5}" for number in range(rows)]


def read(folder: Path, rows: Sequence[str], **settings: Any) -> Series:
    (folder / "series.csv").write_text("\n".join(["t,v", *rows, ""]))
    config = SeriesDataConfig(train="series.csv", dir=str(folder), time_column="t", **settings)
    return read_series(folder / "series.csv", config, lambda text: None)


def error(folder: Path, rows: Sequence[str], **settings: Any) -> str:
    with pytest.raises(DataError) as caught:
        read(folder, rows, **settings)
    return str(caught.value).replace(f"{folder}/", "")


def test_newest_first_is_said_however_short_the_file(tmp_path: Path) -> None:
    for rows in (3, 60):
        last = days(rows)[-1].split(",")[0]
        assert error(tmp_path, days(rows)[::-1], max_repaired=1.0) == (
            f"series.csv:2: the rows stand newest first, from {last} down to 2024-01-01; turn the file round, so that "
            "the oldest row comes first"
        )


def test_several_series_below_each_other_are_said_with_the_line_of_the_second(tmp_path: Path) -> None:
    assert error(tmp_path, [*days(40), *days(40)]) == (
        "series.csv:42: 40 of 80 rows would be left out and 0 filled in, more than data.max_repaired=0.05 allows: the "
        "time stamps go back from 2024-02-09 to 2024-01-01, which was there before; several series below each other? "
        "then give each a column or a file of its own (one model reads all of a file: data.series_column)"
    )


def test_several_series_side_by_side_are_said(tmp_path: Path) -> None:
    actual = error(tmp_path, [row for row in days(40) for _ in "ab"])
    assert actual.startswith("series.csv:3: 40 of 80 rows would be left out")
    assert "2024-01-01 stands on line 2 and again here; the time of day in another column?" in actual
    assert "several series side by side?" in actual


def test_many_missing_rows_are_said_with_what_to_do(tmp_path: Path) -> None:
    rows = [*days(50), *days(50, begin=90)]
    actual = error(tmp_path, rows)
    assert actual.startswith("series.csv:52: 0 of 100 rows would be left out and 40 filled in")
    assert "rows are missing between 2024-02-19 and 2024-03-31" in actual
    assert len(read(tmp_path, rows, gaps="ignore")) == 100
    assert len(read(tmp_path, rows, max_repaired=0.3)) == 140


def test_a_few_rows_are_repaired_in_any_file(tmp_path: Path) -> None:
    assert len(read(tmp_path, [*days(10), *days(10, begin=15)])) == 25
    assert len(read(tmp_path, [*days(10), *days(10, begin=5)])) == 15


def test_rows_out_of_order_are_counted_with_those_filled_in(tmp_path: Path) -> None:
    rows = days(60)
    for place in range(0, 60, 6):
        rows[place], rows[place + 1] = rows[place + 1], rows[place]
    actual = error(tmp_path, rows)
    assert "put the rows in the order of time, or see whether data.time_format is right" in actual
