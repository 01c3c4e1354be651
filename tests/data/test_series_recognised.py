"""What a training file of a series tells by itself is taken from it, and said; what was set stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.parts import load_part
from seqnlp.data.series.recognised import recognise
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

    assert "if this is the time of day of a date in another column, write both into one column" in problem(
        ["date;time;v", *(f"{day:%d/%m/%Y};17:00:00;7" for day in DAYS)]
    )
    assert "are its fields divided by ';'? set data.delimiter=';'" in problem(["1,5;2,5", "3,5;4,5"])
    assert "are its fields divided by ','? set data.delimiter=','" in problem(
        rows("day,v", "%Y-%m-%d", ",", ["7"]), time_column="day", delimiter=";"
    )
    for number in ("1,250", "12,5"):  # no number is guessed
        assert "set data.delimiter=';' data.decimal=','" in problem(rows("day;v", "%Y-%m-%d", ";", [number]))
    assert "'%d/%m/%Y' or data.time_format='%m/%d/%Y'" in problem(["day,v", "01/02/2024,7", "01/03/2024,8"])
