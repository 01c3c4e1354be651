"""Lists that other programs write into one field of a table."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from seqnlp.text.documents import Columns, read_table_documents
from seqnlp.text.written_lists import written_list


@pytest.mark.parametrize(
    ("field", "items"),
    [
        ("[]", []),
        ("['x', 'y z']", ["x", "y z"]),
        ("['x' 'y'\n 'z']", ["x", "y", "z"]),
        ('["\\u00e4", "a, b"]', ["ä", "a, b"]),
        ("['it\\'s', \"it's\"]", ["it's", "it's"]),
        (" [27, 3] ", ["27", "3"]),
    ],
)
def test_a_list_is_read_as_it_was_written(field: str, items: list[str]) -> None:
    assert written_list(field) == items


@pytest.mark.parametrize("field", ["", "[", "]", "[news]", "[2021-05]", "x, y", "['x'", "['x', y]", "['x'] and ['y']"])
def test_other_fields_are_none(field: str) -> None:
    assert written_list(field) is None


def test_long_fields_take_no_time() -> None:
    began = time.monotonic()
    for inside in (" " * 100_000, "'a' " * 50_000, "1" * 100_000, "'" * 100_001):
        assert written_list(f"[{inside}x]") is None
    assert time.monotonic() - began < 2


def test_several_labels_may_be_a_list_in_a_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,label\na,\"['x', 'y, z']\"\nb,[]\nc,['x' 'w']\nd,\"x, v\"\n", encoding="utf-8")
    documents = read_table_documents(path, "csv", Columns("text", "label", ","), Counter())
    assert [document.labels for document in documents] == [("x", "y, z"), (), ("x", "w"), ("x", "v")]
