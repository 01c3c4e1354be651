"""Rows with named fields on standard input."""

from __future__ import annotations

import pytest

from seqnlp.cli.table_input import Row, read_rows
from seqnlp.errors import DataError
from seqnlp.row_fields import beside


def read(lines: list[str], form: str, column: str = "text") -> tuple[list[str], list[Row]]:
    names, rows = read_rows(lines, form, column, "in")
    return names, list(rows)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_rows_have_the_names_of_the_first_line(delimiter: str) -> None:
    lines = ["id,text,note", "01,a fine day,NA", "2,,null", '"3","two', 'lines; ""x"", and more","', '"', ""]
    names, rows = read(
        [line.replace(",", delimiter) if "more" not in line else line.replace(',"', f'{delimiter}"') for line in lines],
        "csv",
    )
    assert names == ["id", "text", "note"]
    assert [row.text for row in rows] == ["a fine day", "", 'two\nlines; "x", and more']
    assert [dict(row.others) for row in rows] == [
        {"id": "01", "note": "NA"},
        {"id": "2", "note": "null"},
        {"id": "3", "note": "\n"},
    ]


def test_json_rows_keep_their_fields_and_types() -> None:
    names, rows = read(['{"id": 7, "body": "a", "n": [1, null]}', "", '{"body": null}'], "jsonl", "body")
    assert names == []
    assert [(row.text, dict(row.others)) for row in rows] == [("a", {"id": 7, "n": [1, None]}), ("", {})]


def test_no_input_has_no_rows() -> None:
    assert read([], "csv") == read([], "jsonl") == ([], [])


@pytest.mark.parametrize(
    ("form", "lines", "message"),
    [
        (
            "csv",
            ["id,texts", "1,a"],
            r"in:1: expected the column 'text', found 'id', 'texts' \(did you mean 'texts'\?\);",
        ),
        (
            "csv",
            ["id,text", "1,a,b"],
            "in:2: expected 2 columns as in the first line, found 3; put texts with delimiters",
        ),
        ("csv", ["id,text,id", "1,a,b"], "in:1: the column 'id' is there 2 times; give each its own name"),
        ("csv", ["id,text", '1,"a" b'], "in:2: a quote opens or closes"),
        ("jsonl", ['{"text": "a"}', '{"txt": "a"}'], "in:2: expected the column 'text', found 'txt'"),
        ("jsonl", ['{"text": 7}'], "in:1: expected text in 'text', found 7"),
        ("jsonl", ["[1]"], "in:1: expected a JSON object"),
    ],
)
def test_what_is_no_row_is_refused_with_its_line(form: str, lines: list[str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(lines, form)


def test_a_name_that_is_taken_is_never_replaced() -> None:
    assert beside({"id": 1, "label": "gold"}, {"text": "a", "label": "x"}) == {
        "id": 1,
        "label": "gold",
        "text": "a",
        "predicted_label": "x",
    }
