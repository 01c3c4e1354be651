"""Rows between commas, and errors that show what is there without flooding a terminal."""

from __future__ import annotations

import csv
import io

import pytest

from seqnlp.errors import DataError, listed
from seqnlp.text.csv_rows import csv_line, csv_rows


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


def test_quotes_after_spaces_are_those_of_a_field() -> None:
    lines = ['label, "text"', 'pos,  "nice, really"', 'neg, "he said ""no"""', 'a, ",", "c"', "pos, no quotes"]
    assert [row for _, row in csv_rows(lines, "a.csv")] == [
        ["label", "text"],
        ["pos", "nice, really"],
        ["neg", 'he said "no"'],
        ["a", ",", "c"],
        ["pos", " no quotes"],
    ]


@pytest.mark.parametrize("field", ['"Great" he said', '"Great', '5" pipe'])
def test_quotes_after_spaces_that_do_not_hold_the_whole_field_mean_themselves(field: str) -> None:
    assert [row for _, row in csv_rows([f"pos, {field}", "neg,no"], "a.csv")] == [["pos", f" {field}"], ["neg", "no"]]


def test_spaces_inside_quotes_are_kept_and_so_are_those_of_other_fields() -> None:
    lines = ['pos," ""Great"""', ' 5,"he said, ""no""', 'a, ""b"""', "x,y"]
    rows = [(1, ["pos", ' "Great"']), (2, [" 5", 'he said, "no"\na, "b"']), (4, ["x", "y"])]
    assert list(csv_rows(lines, "a.csv")) == rows


@pytest.mark.parametrize(("other", "named"), [(";", ";"), ("\t", r"\\t"), ("|", r"\|")])
def test_fields_in_quotes_between_another_character_are_told_so(other: str, named: str) -> None:
    with pytest.raises(DataError, match=rf"^a\.csv:1: .*separated by '{named}' set data\.delimiter='{named}'$"):
        list(csv_rows([f'"label"{other}"text"'], "a.csv"))


def test_quotes_between_tabs_mean_themselves_where_csv_would_lose_rows() -> None:
    lines = ["id\tword\ttag", '1\t"\tO', "1\tHi\tO", '1\t"\tO', "", '2\t"Oke" left\tO', "2\tnow\tO", '2\t"\tO']
    expected = [(number, line.split("\t")) for number, line in enumerate(lines, 1) if line]
    assert list(csv_rows(lines, "a.tsv", "\t")) == expected


def test_a_quoted_field_between_tabs_may_have_several_lines_and_tabs() -> None:
    lines = ["text\tlabel", '"two\tparts', 'of it\tall"\tx', '"one ""word"""\ty']
    assert list(csv_rows(lines, "a.tsv", "\t")) == [
        (1, ["text", "label"]),
        (2, ["two\tparts\nof it\tall", "x"]),
        (4, ['one "word"', "y"]),
    ]


def test_a_quote_that_is_wrong_in_a_row_of_another_width_is_refused() -> None:
    with pytest.raises(DataError, match=r"^a\.tsv:2: a quote opens or closes where it must not"):
        list(csv_rows(["text\tlabel", '"Oke" left'], "a.tsv", "\t"))


def test_a_carriage_return_without_quotes_is_called_so() -> None:
    with pytest.raises(DataError, match=r"^a\.csv:2: found a carriage return in a field without quotes; put the field"):
        list(csv_rows(["a,b", "one\rtwo,3"], "a.csv"))
    assert list(csv_rows(["a,b", '"one\rtwo",3'], "a.csv"))[1:] == [(2, ["one\rtwo", "3"])]


@pytest.mark.parametrize("field", ["a\rb", "a\nb", "a\r\nb", 'a"b', "a,b", " a", "", "\u2028"])
def test_a_line_of_csv_is_read_as_what_was_written(field: str) -> None:
    line = csv_line([1, field, None])
    assert line.endswith("\n")
    assert list(csv.reader(io.StringIO(line, newline=""))) == [["1", field, ""]]


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_line_ends_of_windows_stay_inside_fields_and_end_rows(delimiter: str) -> None:
    lines = [f"a{delimiter}b\r", '"one\r', f'two"{delimiter}3\r', "\r", f'4{delimiter}"5"\r', f"6{delimiter}"]
    rows = [["a", "b"], ["one\r\ntwo", "3"], ["4", "5"], ["6", ""]]
    assert [row for _, row in csv_rows(lines, "a.csv", delimiter)] == rows


def test_quotes_that_mean_themselves_do_so_on_windows() -> None:
    lines = ["id\tword\r", '1\t"\r', "1\tHi\r", '1\t"\r']
    assert [row for _, row in csv_rows(lines, "a.tsv", "\t")][1:] == [["1", '"'], ["1", "Hi"], ["1", '"']]
