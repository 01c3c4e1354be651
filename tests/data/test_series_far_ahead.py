"""A time stamp far ahead is believed when the next row goes on from it, and left out when the next one does not."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from seqnlp.config import SeriesDataConfig
from seqnlp.data.series_repair import FAR, FILLED, LEFT_OUT, UNCONFIRMED, Repair
from seqnlp.data.series_rows import Row
from seqnlp.data.series_step import Step

BEGIN = datetime(2024, 1, 1)


def repaired(hours: list[float]) -> tuple[list[float], dict[str, int]]:
    """The hours of the rows that come out, and what was found."""
    repair = Repair(SeriesDataConfig(train="x", time_column="t"), ("v",), Step(size=3600), "x")
    out = []
    for line, hour in enumerate(hours, 2):
        moment = BEGIN + timedelta(hours=hour)
        for even in repair.add(Row(line, moment, moment.isoformat(), (1.0,))):
            assert isinstance(even.row.moment, datetime)
            out.append((even.row.moment - BEGIN).total_seconds() / 3600)
    repair.finish()
    return out, dict(repair.findings.counts)


def test_a_mistyped_year_costs_one_row_and_no_other() -> None:
    out, found = repaired([0, 1, 2, 8784 + 3, 4, 5, 6])
    assert out == [0, 1, 2, 3, 4, 5, 6]  # hour 3 is filled in, as any missing row
    assert found == {UNCONFIRMED: 1, FILLED: 1}


def test_a_real_gap_is_filled_in_whatever_its_length() -> None:
    out, found = repaired([0, 1, 1000, 1001])
    assert out == list(range(1002))
    assert found == {FILLED: 998}


def test_two_wrong_stamps_in_a_row_cost_two_rows() -> None:
    out, found = repaired([0, 1, 5000, 90000, 2, 3])
    assert out == [0, 1, 2, 3]
    assert found == {UNCONFIRMED: 2}


def test_the_last_row_is_not_believed() -> None:
    assert repaired([0, 1, 9000]) == ([0, 1], {UNCONFIRMED: 1})


@pytest.mark.parametrize("ahead", [2, 50, FAR])
def test_gaps_that_are_not_far_are_filled_in_at_once(ahead: int) -> None:
    out, _ = repaired([0, ahead])
    assert out == list(range(ahead + 1))


def test_a_row_that_goes_back_is_left_out_as_before() -> None:
    assert repaired([0, 1, 0, 2]) == ([0, 1, 2], {LEFT_OUT: 1})
