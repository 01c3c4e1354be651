"""Lines that are no text are told, and still answered; text is never taken for something else."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from seqnlp.cli.other_input import (
    no_text_to_classify,
    no_text_to_tag,
    no_text_to_translate,
    said_of_files,
    said_of_first,
)
from seqnlp.cli.streams import read_text_lines
from seqnlp.errors import DataError

LABELS = ["pos", "neg"]
TYPES = ["PER"]
CONLLU = "\t".join(["1", "Oke", "Oke", "PROPN", "_", "_", "2", "nsubj", "_", "_"])


@pytest.mark.parametrize(
    ("line", "to_classify", "to_tag"),
    [
        ('{"text": "a calm day"}', "JSON: add --input jsonl", "JSON: add --input jsonl"),
        ("label,text", "the names of columns: add --input csv", "the names of columns: add --input csv"),
        ("id;Review;Sentiment", "the names of columns: add --input csv", "the names of columns: add --input csv"),
        ("pos\ta calm day", "the label 'pos' before its text: `cut -f2-`", ""),
        ("Oke\tB-PER", "", "a word and its tag: add --input conll"),
        ("Oke\tU-PER", "", "a word and its tag: add --input conll"),
        ("The\tO", "", "a word and its tag: add --input conll"),
        ("Oke NNP B-NP B-PER", "", "a word and its tag: add --input conll"),
        ("-DOCSTART- -X- O O", "", "a word and its tag: add --input conll"),
        (CONLLU, "", "CoNLL-U: add --input conllu"),
        ("# sent_id = 1", "", "CoNLL-U: add --input conllu"),
    ],
)
def test_what_is_no_text_is_known(line: str, to_classify: str, to_tag: str) -> None:
    for found, expected in ((no_text_to_classify(line, LABELS), to_classify), (no_text_to_tag(line, TYPES), to_tag)):
        assert found.startswith(expected)
        assert bool(found) == bool(expected)


@pytest.mark.parametrize(
    "line",
    ["", "a calm day", "{ braces", '{"', "pos", "neg and pos\tneg", "type O", "O", '"A, "', "1\tOke", "a, text", "# 1"],
)
def test_text_is_text(line: str) -> None:
    assert no_text_to_classify(line, LABELS) == no_text_to_tag(line, TYPES) == ""


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('{"de": "ein ruhiger Tag"}', "JSON lines: `seqnlp batch RUN IN OUT --text-column NAME`"),
        ("de,en", "the names of columns: `seqnlp batch RUN"),
        ("id;Text;Kommentar", "the names of columns: `seqnlp batch RUN"),
        ("ein ruhiger Tag\ta calm day", "columns with tabs between them: `cut -f1`"),
        ('<?xml version="1.0"?>', "markup (XML, HTML, SGML)"),
        ("WEBVTT", "subtitles"),
        ("0 ||| a calm day ||| -0.25", "a list of several translations a line, with scores"),
    ],
)
def test_what_is_no_text_to_translate_is_known(line: str, found: str) -> None:
    assert no_text_to_translate(line).startswith(found)


@pytest.mark.parametrize(
    "line", ["", "ein ruhiger Tag", "Text", "Titel, Text", "ja,nein", "{ Klammern", "1", "<b>fett</b>", "a ||| b", "#1"]
)
def test_text_to_translate_is_text(line: str) -> None:
    assert no_text_to_translate(line) == ""


def test_files_that_are_not_read_as_they_were_meant_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scores, text = tmp_path / "scores", tmp_path / "text"
    scores.write_text("yes\t-0.5\nno\t-0.2\ngood\t-0.3\n", encoding="utf-8")
    text.write_text("yes\nno\n", encoding="utf-8")
    said_of_files([text, scores, tmp_path / "gone"], "a translation")
    expected = f"note: each line of {scores} is read as a translation as it is, and the file looks like a table\n"
    assert capsys.readouterr().err == expected


def test_it_is_said_of_the_first_line_only(capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["pos\ta", "neg\tb"]
    assert list(said_of_first(lines, lambda line: no_text_to_classify(line, LABELS))) == lines
    assert list(said_of_first(lines[:0], lambda line: line)) == []
    assert list(said_of_first(["a", *lines], lambda line: no_text_to_classify(line, LABELS))) == ["a", *lines]
    [said] = capsys.readouterr().err.splitlines()
    assert said.startswith("note: each line is read as text as it is, and the first one looks like the label 'pos'")


def test_packed_input_is_told_how_to_be_unpacked() -> None:
    with pytest.raises(
        DataError, match=r"standard input: expected UTF-8 text, found a gzip file; .* `zcat FILE\.gz \|"
    ):
        list(read_text_lines(io.BytesIO(gzip.compress(b"a calm day\n")), "strict"))
