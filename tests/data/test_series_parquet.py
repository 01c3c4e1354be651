"""Series in parquet files are those of the same CSV file, and keep their time stamps."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqnlp.config.schema import read_section
from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.parts import Series, read_series
from seqnlp.errors import DataError
from seqnlp.text.files import read_lines

N = 40
LEVEL = [3.25, None, *(float(number) for number in range(2, N))]


def read(path: Path, names: tuple[str, ...] = (), **settings: Any) -> tuple[Series, list[str]]:
    said: list[str] = []
    config = read_section(SeriesDataConfig, {"train": str(path), **settings})
    return read_series(path, config, said.append, names=names), said


def stored(folder: Path, name: str = "series.parquet", index: bool | None = None, **columns: Any) -> Path:
    pd.DataFrame(columns).to_parquet(folder / name, index=index)
    return folder / name


STAMPS = {
    "days": pd.date_range("2024-01-30", periods=N, freq="D"),
    "month ends": pd.date_range("2020-01-31", periods=N, freq="ME"),
    "hours": pd.date_range("2024-02-28 22:00", periods=N, freq="h"),
    "with a zone": pd.date_range("2024-03-30 22:00", periods=N, freq="h", tz="Europe/Paris"),
    "plain dates": [dt.date(2024, 1, 1) + dt.timedelta(days=day) for day in range(N)],
    "months": pd.period_range("2020-01", periods=N, freq="M"),
    "numbers": np.arange(N) * 5,
    "texts": [f"2024-01-01T{hour % 24:02}:30Z" for hour in range(24)] + [f"2024-01-02T{h:02}:30Z" for h in range(16)],
}


@pytest.mark.parametrize("kind", STAMPS)
def test_a_file_of_each_format_gives_the_same_series(tmp_path: Path, kind: str) -> None:
    columns = {"when": STAMPS[kind], "level": LEVEL, "count": np.arange(N, dtype="int32")}
    path = stored(tmp_path, **columns)
    pd.DataFrame(columns).to_csv(tmp_path / "series.csv", index=False)
    here, said = read(path, time_column="when")
    there, _ = read(tmp_path / "series.csv", time_column="when")
    assert (here.names, here.moments, here.stamps) == (there.names, there.moments, there.stamps)
    assert here.step is not None
    assert there.step is not None
    assert here.step.alike(there.step)
    np.testing.assert_array_equal(here.values, there.values)
    np.testing.assert_array_equal(here.known, there.known)
    assert here.lines.tolist() == list(range(1, N + 1))
    assert [text.partition(", replaced ")[2] for text in said] == ["by the last known one (first on line 2)"]


def test_columns_are_found_by_name_and_others_said(tmp_path: Path) -> None:
    path = stored(tmp_path, when=STAMPS["days"], note=["x"] * N, b=range(N), a=np.float32(0.5))
    series, said = read(path, names=("a", "b"), time_column="when")
    assert (series.names, series.values[3].tolist()) == (("a", "b"), [0.5, 3.0])
    assert said == [f"{path}: columns that are not read: note"]
    with pytest.raises(DataError, match=r"expected the column 'wen', found 'when', 'note', 'b', 'a' \(did you mean"):
        read(path, time_column="wen")
    with pytest.raises(DataError, match=r"series\.parquet:1: column 'note': expected a number, found 'x'"):
        read(path, time_column="when")


def test_an_index_is_a_column_unless_it_counts_rows(tmp_path: Path) -> None:
    frame = pd.DataFrame({"level": range(N)}, index=STAMPS["days"])
    frame.to_parquet(tmp_path / "unnamed.parquet")
    frame.rename_axis("day").to_parquet(tmp_path / "named.parquet")
    assert read(tmp_path / "named.parquet", time_column="day")[0].names == ("level",)
    assert read(tmp_path / "unnamed.parquet", time_column="index")[0].stamps[0] == "2024-01-30"
    assert read(stored(tmp_path, level=range(N)))[0].names == ("level",)


def test_names_that_are_numbers_are_names_and_settings_of_csv_do_not_matter(tmp_path: Path) -> None:
    path = stored(tmp_path, **{"0": [1.5, 2.5], "7": [True, False], "9": [Decimal("0.25"), Decimal("1")]})
    series, _ = read(path, decimal=",", delimiter=";")
    assert series.names == ("0", "7", "9")
    assert series.values.tolist() == [[1.5, 1.0, 0.25], [2.5, 0.0, 1.0]]


def test_dates_come_back_in_the_format_that_is_set(tmp_path: Path) -> None:
    series, _ = read(stored(tmp_path, d=STAMPS["days"], v=range(N)), time_column="d", time_format="%d.%m.%Y")
    assert series.stamps[:2] == ("30.01.2024", "31.01.2024")


def test_the_content_tells_and_not_the_name(tmp_path: Path) -> None:
    path = stored(tmp_path, name="series.csv", v=range(N))
    assert len(read(path)[0]) == N
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match=r"series.csv: expected a parquet file \(Arrow"):
        read(path)
    with pytest.raises(DataError, match=r"expected UTF-8 text, found a parquet file; `seqnlp batch` answers it, trai"):
        list(read_lines(path))


def test_rows_out_of_order_are_named_by_their_number(tmp_path: Path) -> None:
    stamps = list(STAMPS["days"])
    stamps[20] = stamps[3]
    _, said = read(stored(tmp_path, d=stamps, v=range(N)), time_column="d", gaps="ignore")
    assert "line 21" in said[0]
