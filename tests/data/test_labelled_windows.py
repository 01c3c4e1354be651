from __future__ import annotations

from pathlib import Path

import pytest

from seqnlp.config.anomaly_detection import AnomalyDataConfig
from seqnlp.data.series.parts import read_series
from seqnlp.errors import DataError
from seqnlp.tasks.anomaly_detection.labelled_windows import labelled_windows, number_rows, unmet

DAYS = "day,value\n" + "".join(f"2024-01-{day:02},{day}\n" for day in range(1, 11))


def write(folder: Path, labels: str, series: str = DAYS) -> AnomalyDataConfig:
    (folder / "here").mkdir()
    (folder / "here" / "days.csv").write_text(series)
    (folder / "labels.json").write_text(labels)
    time = "day" if "day" in series else ""
    return AnomalyDataConfig(dir=str(folder), train="here/days.csv", dev="10%", labels="labels.json", time_column=time)


def numbers(config: AnomalyDataConfig) -> list[int]:
    series = read_series(Path(config.dir) / config.train, config, lambda text: None)
    return number_rows(series, labelled_windows(config, "dev").get("", [])).tolist()


def error(config: AnomalyDataConfig) -> str:
    with pytest.raises(DataError) as caught:
        numbers(config)
    return str(caught.value).replace(f"{config.dir}/", "")


def test_the_rows_of_each_window_have_its_number_both_ends_included(tmp_path: Path) -> None:
    config = write(tmp_path, '[["2024-01-02", "2024-01-03 00:00:00.000000"], ["2024-01-08 12:00", "2025-01-01"]]')
    assert numbers(config) == [0, 1, 1, 0, 0, 0, 0, 0, 2, 2]


def test_a_list_by_file_names_is_searched_for_the_end_of_the_path(tmp_path: Path) -> None:
    config = write(tmp_path, '{"there/days.csv": [], "here/days.csv": [["2024-01-01", "2024-01-01"]]}')
    assert sum(numbers(config)) == 1
    config.labels = ""
    assert sum(numbers(config)) == 0


def test_rows_without_time_stamps_are_named_by_their_numbers_from_1(tmp_path: Path) -> None:
    assert numbers(write(tmp_path, "[[2, 3]]", "value\n7\n8\n9\n10\n")) == [0, 1, 1, 0]


def test_labels_of_other_files_only_are_an_error_that_names_them(tmp_path: Path) -> None:
    assert error(write(tmp_path, '{"here/day.csv": []}')) == (
        "labels.json: expected windows for 'here/days.csv', found those of 'here/day.csv' (did you mean 'day.csv'?)"
    )


@pytest.mark.parametrize(
    ("labels", "actual"),
    [
        ("[1", "this is not JSON"),
        ("3", "found 3"),
        ("[7]", "found the window 7"),
        ('[["2024-01-01"]]', 'found the window ["2024-01-01"]'),
        ('[["2024-01-01", "soon"]]', 'found the window ["2024-01-01", "soon"]'),
        ('[["2024-01-01", 5]]', 'found the window ["2024-01-01", 5]'),
        ('[["2024-01-05", "2024-01-01"]]', 'the window ["2024-01-05", "2024-01-01"] ends before it begins'),
        ("[[1, 2]]", "data.labels has windows of numbers, the series has dates"),
    ],
)
def test_what_is_no_window_is_an_error_that_shows_it(tmp_path: Path, labels: str, actual: str) -> None:
    assert actual in error(write(tmp_path, labels))


def test_a_missing_file_of_labels_is_an_error(tmp_path: Path) -> None:
    config = write(tmp_path, "[]")
    config.labels = "label.json"
    assert error(config).startswith(
        "label.json: no such file (did you mean 'labels.json'?); data.labels is 'label.json'"
    )


@pytest.mark.parametrize(
    ("zone", "window", "told"),
    [
        ("+02:00", "2024-01-02T00:00", "the time stamps have a time zone and the windows none"),
        ("", "2024-01-02T00:00-05:00", "the windows have a time zone and the time stamps none"),
        ("", "2024-01-02T00:00Z", ""),
        ("Z", "2024-01-02T00:00", ""),
        ("+02:00", "2024-01-01T22:00Z", ""),
    ],
)
def test_windows_and_rows_of_which_only_one_has_a_zone_are_refused_unless_it_is_utc(
    tmp_path: Path, zone: str, window: str, told: str
) -> None:
    rows = "".join(f"2024-01-{day:02}T00:00{zone},{day}\n" for day in range(1, 11))
    config = write(tmp_path, f'[["{window}", "{window}"]]', f"day,value\n{rows}")
    if told:
        assert told in error(config)
    else:
        assert numbers(config) == [0, 1, *[0] * 8]


def test_a_window_that_ends_with_a_date_alone_holds_the_whole_day(tmp_path: Path) -> None:
    rows = "".join(f"2024-01-{day:02}T{hour:02}:00,{hour}\n" for day in (1, 2, 3) for hour in (0, 6, 12, 18))
    config = write(tmp_path, '[["2024-01-02", "2024-01-02"]]', f"day,value\n{rows}")
    assert numbers(config) == [0] * 4 + [1] * 4 + [0] * 4
    (tmp_path / "labels.json").write_text('[["2024-01-02", "2024-01-02 00:00"]]')
    assert numbers(config) == [0] * 4 + [1] + [0] * 7


def test_windows_of_which_none_holds_a_row_are_said(tmp_path: Path) -> None:
    config = write(tmp_path, '[["2025-01-02", "2025-01-03"]]')
    series = read_series(tmp_path / "here" / "days.csv", config, print)
    windows = labelled_windows(config, "dev").get("", [])
    told = unmet(windows, number_rows(series, windows), series)
    assert "days.csv: none of the windows of data.labels holds a row (the first is from 2025-01-02 00:00:00 to" in told
    assert told.endswith("its rows are those of 2024-01-01 to 2024-01-10), so all rows count as normal")
    (tmp_path / "labels.json").write_text('[["2024-01-02", "2025-01-03"]]')
    windows = labelled_windows(config, "dev").get("", [])
    assert unmet(windows, number_rows(series, windows), series) == unmet([], number_rows(series, []), series) == ""
