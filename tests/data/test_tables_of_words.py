"""Where sentences begin in tables of one word a row, in files and in memory."""

from __future__ import annotations

import csv
import io
import json
import random
import re
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


def mixed(sentences: int) -> list[dict[str, Any]]:
    rows = [{"sentence_id": str(one), "word": word, "tag": "O"} for one in range(sentences) for word in WORDS]
    random.Random(1).shuffle(rows)
    return rows


def test_rows_that_were_mixed_are_refused(tmp_path: Path) -> None:
    expected = r"expected the rows of a sentence one after the other, found '\d+' again in {} \d+, .*by sentences"
    with pytest.raises(DataError, match=rf"a\.csv: {expected.format('line')}"):
        from_file(tmp_path, mixed(8))
    with pytest.raises(DataError, match=rf"^train: {expected.format('row')}"):
        from_memory(mixed(8))


def test_numbers_that_begin_anew_in_each_document_are_not(tmp_path: Path) -> None:
    rows = [
        {"sentence_id": str(one), "word": word, "tag": "O"} for _ in range(9) for one in range(4) for word in WORDS[:2]
    ]
    assert from_file(tmp_path, rows) == from_memory(rows) == [WORDS[:2]] * 36


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        ("word,tag\nOke,O\nleft,O\n", "set data.sentence_column"),
        ("word,tag\nOke,O\n\nIlse,O\n", "blank lines end no sentence here: give the rows a column"),
        ("text,label\nOke left,\"[[0, 3, 'PER']]\"\n", "texts with spans are read from JSON"),
        ('text,label\nOke left,"[{""start"": 0, ""end"": 3}]"\n', "texts with spans are read from JSON"),
    ],
)
def test_a_table_without_a_column_of_sentences_is_told_what_fits(tmp_path: Path, content: str, remedy: str) -> None:
    (tmp_path / "a.csv").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=rf"a\.csv:1: expected the column sentence #, .*; {re.escape(remedy)}"):
        load_split(DataConfig(train=str(tmp_path / "a.csv")), "train", lambda text: None)


def test_two_words_and_their_tags_are_no_pairs() -> None:
    words, tags = ("New", "Lund"), ("B-LOC", "I-LOC")
    for given in ((words, tags), (("B-52", "O"), ("O", "O")), (("a", "DET"), ("DET", "NOUN"))):
        [line] = written_tagged([given], "train", {}).content.splitlines()
        assert tuple(map(tuple, json.loads(line).values())) == given
