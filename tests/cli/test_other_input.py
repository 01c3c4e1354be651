"""Lines that are no text are told, and still answered; text is never taken for something else."""

from __future__ import annotations

import gzip
import io

import pytest

from seqnlp.cli.other_input import no_text_to_classify, no_text_to_tag, said_of_first
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
