"""A whole table in one object of JSON is told how it becomes rows."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import pytest

from seqnlp.errors import DataError
from seqnlp.text.documents import Columns, read_row_documents
from seqnlp.text.formats.readers import ReaderOptions, read_examples
from seqnlp.text.json_shapes import table_hint

COLUMNS = "; this is a whole table: write an object for each row (pandas: to_json(..., orient='records', lines=True))"
NESTED = "; the rows are in 'data': write them alone, for example with `jq -c '.data[]'`"


@pytest.mark.parametrize(
    ("row", "hint"),
    [
        ({"text": {"0": "a", "1": "b"}, "label": {"0": "x", "1": "y"}}, COLUMNS),
        ({"text": ["a", "b"], "label": ["x", "y"]}, COLUMNS),
        ({"version": 1, "data": [{"text": "a", "label": "x"}]}, NESTED),
    ],
)
def test_a_table_of_documents(tmp_path: Path, row: dict[str, Any], hint: str) -> None:
    (tmp_path / "a.json").write_text(json.dumps(row), encoding="utf-8")
    forms: list[Literal["json", "jsonl"]] = ["json", "jsonl"]
    for form in forms:
        with pytest.raises(DataError) as caught:
            list(read_row_documents(tmp_path / "a.json", form, Columns("text", "label"), Counter()))
        assert str(caught.value).endswith(hint)


@pytest.mark.parametrize(
    ("row", "hint"),
    [
        ({"tokens": [["a"], ["b"]], "tags": [["O"], ["O"]]}, COLUMNS),
        ({"tokens": {"0": ["a"]}, "tags": {"0": ["O"]}}, COLUMNS),
        ({"data": [{"tokens": ["a"], "tags": ["O"]}]}, NESTED),
    ],
)
def test_a_table_of_sentences(tmp_path: Path, row: dict[str, Any], hint: str) -> None:
    (tmp_path / "a.json").write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        list(read_examples(tmp_path / "a.json", "json", ReaderOptions(), Counter()))
    assert str(caught.value).endswith(hint)


@pytest.mark.parametrize(
    "row",
    [
        {"tokens": ["a", ""], "tags": ["O", "O"]},
        {"text": ["a"], "label": "x"},
        {"text": "a", "cats": {"1": 0.5}},
        {"data": {"text": "a"}, "annotations": []},
        {"data": ["a"], "label": ["x"]},
        ["a", {"entities": []}],
        {},
    ],
)
def test_what_is_no_table(row: Any) -> None:
    assert table_hint(row) == ""
