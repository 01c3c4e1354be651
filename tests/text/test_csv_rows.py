"""Rows between commas, and errors that show what is there without flooding a terminal."""

from __future__ import annotations

import pytest

from seqnlp.errors import DataError, listed
from seqnlp.text.csv_rows import csv_rows


@pytest.mark.parametrize("line", ["sep=;", "SEP=,", "sep=\t", "sep=; "])
def test_the_line_that_tells_excel_the_delimiter_is_no_row(line: str) -> None:
    with pytest.raises(
        DataError, match=r"(?i)^a\.csv:1: expected a row, found 'sep=.?', a note to Excel; delete this line$"
    ):
        list(csv_rows([line, "day;sales"], "a.csv", ";"))


def test_a_later_line_may_look_like_that_and_lines_of_a_field_stay_together() -> None:
    lines = ["a,b", "", "sep=;,1", '"two', 'lines",2']
    assert list(csv_rows(lines, "a.csv")) == [(1, ["a", "b"]), (3, ["sep=;", "1"]), (4, ["two\nlines", "2"])]


def test_names_in_messages_are_few_and_short() -> None:
    assert listed([]) == "none"
    assert listed(["a", "b c"]) == "'a', 'b c'"
    assert listed([0, None]) == "'0', 'None'"
    assert listed(f"day {number}" for number in range(2000)).endswith("'day 11' and 1,988 more")
    assert listed(["x" * 31]) == f"'{'x' * 30}...'"
