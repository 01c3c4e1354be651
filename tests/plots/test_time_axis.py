"""Names below an axis of rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

import pytest

from seqnlp.plots.time_axis import RowPosition, name_rows


def named(places: Sequence[RowPosition], first: int = 0) -> tuple[dict[str, float], str]:
    """The names with the rows they stand at, and what stands at the end."""
    figure = pytest.importorskip("matplotlib.figure").Figure()
    panel = figure.subplots()
    name_rows(panel, first, places)
    names = [label.get_text() for label in panel.get_xticklabels()]
    return dict(zip(names, panel.get_xticks().tolist(), strict=True)), panel.get_xlabel()


def test_round_days_are_named_and_the_year_stands_at_the_end() -> None:
    names, below = named([datetime(2024, 1, 5) + timedelta(days=row) for row in range(40)], first=-30)
    assert names == {"08 Jan": -27, "15 Jan": -20, "22 Jan": -13, "01 Feb": -3, "08 Feb": 4}
    assert below == "2024"


def test_a_year_stands_where_it_begins() -> None:
    names, below = named([datetime(2009 + month // 12, 1 + month % 12, 1) for month in range(5, 30)])
    assert names["2010"] == 7
    assert names["2011"] == 19
    assert below == ""


def test_years_need_nothing_below() -> None:
    names, below = named([datetime(1959 + year, 6, 1) for year in range(40)])
    assert list(names) == ["1960", "1970", "1980", "1990"]
    assert below == ""


def test_days_of_two_years_have_both_below() -> None:
    names, below = named([datetime(2023, 12, 20) + timedelta(days=row) for row in range(21)])
    assert names["01 Jan"] == 12
    assert below == "2023 to 2024"


@pytest.mark.parametrize("zone", [None, UTC, timezone(timedelta(hours=-7))])
def test_hours_of_one_day_are_named_on_its_clock(zone: timezone | None) -> None:
    names, below = named([datetime(2024, 1, 5, 3, 5 * row, tzinfo=zone) for row in range(12)])
    assert names["03:30"] == 6
    assert below == "05 Jan 2024"


def test_a_clock_that_changes_for_summer_goes_on() -> None:
    winter, summer = (timezone(timedelta(hours=hours)) for hours in (1, 2))
    hours = [datetime(2024, 3, 31, 0, tzinfo=winter), datetime(2024, 3, 31, 1, tzinfo=winter)]
    hours += [datetime(2024, 3, 31, hour, tzinfo=summer) for hour in range(3, 9)]
    names, _ = named(hours)
    assert list(names.values()) == sorted(names.values())
    assert names["04:00"] == 4  # on the first row's clock


@pytest.mark.parametrize("rows", [1, 2, 3, 17, 20_000])
def test_rows_without_time_stamps_have_round_numbers(rows: int) -> None:
    names, below = named(list(range(1, rows + 1)))
    assert 1 <= len(names) <= 11
    assert all(row == int(name) - 1 for name, row in names.items())
    assert below == ""


def test_one_row_is_named() -> None:
    names, _ = named([datetime(2024, 1, 5)])
    assert len(names) == 1
