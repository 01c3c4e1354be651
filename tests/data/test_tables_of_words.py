"""Where sentences begin in tables of one word a row, in files and in memory."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pandas
import pytest

from seqnlp.config.tagging import DataConfig
from seqnlp.data.in_memory.tagged import written_tagged
from seqnlp.data.sources import load_split
from seqnlp.errors import DataError

WORDS = ["Oke", "rows", "home", "Ilse", "sleeps"]
BY_SENTENCE = ["Sentence: 1", "", "", "Sentence: 2", ""]


def rows_of(**columns: list[Any]) -> list[dict[str, Any]]:
    names = [*columns, "word", "tag"]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns.values(), WORDS, "O" * 5, strict=True)]


def from_file(folder: Path, rows: list[dict[str, Any]]) -> list[list[str]]:
    written = io.StringIO()
    writer = csv.DictWriter(written, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    (folder / "a.csv").write_text(written.getvalue(), encoding="utf-8")
    sentences = load_split(DataConfig(train=str(folder / "a.csv")), "train", lambda text: None)
    return [list(sentence.tokens) for sentence in sentences]


def from_memory(rows: list[dict[str, Any]]) -> list[list[str]]:
    return [json.loads(line)["tokens"] for line in written_tagged(rows, "train", {}).content.splitlines()]


@pytest.mark.parametrize("missing", ["", None, float("nan"), pandas.NA])
def test_a_missing_value_goes_on_with_the_sentence_before(tmp_path: Path, missing: Any) -> None:
    rows = rows_of(**{"Sentence #": [name or missing for name in BY_SENTENCE]})
    assert from_memory(rows) == [WORDS[:3], WORDS[3:]]
    if isinstance(missing, str):
        assert from_file(tmp_path, rows) == [WORDS[:3], WORDS[3:]]


@pytest.mark.parametrize(
    "columns",
    [
        {"doc_id": ["a", "a", "a", "b", "b"], "sentence_id": ["1"] * 5},
        {"Document": ["a", "", "", "b", ""], "sentence": ["1", "", "", "1", ""]},
    ],
)
def test_another_document_begins_a_sentence_whose_number_is_that_before(
    tmp_path: Path, columns: dict[str, list[Any]]
) -> None:
    rows = rows_of(**columns)
    assert from_memory(rows) == from_file(tmp_path, rows) == [WORDS[:3], WORDS[3:]]


@pytest.mark.parametrize("missing", [float("nan"), pandas.NA])
def test_words_that_pandas_takes_for_missing_are_told_how_to_be_read(missing: Any) -> None:
    rows = rows_of(sentence=[1, 1, 1, 2, 2])
    rows[2]["word"] = missing
    with pytest.raises(
        DataError, match=r"train\[2\]: expected a word .* pandas reads .*, unless read_csv has keep_def"
    ):
        from_memory(rows)
