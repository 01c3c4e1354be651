"""Any format of labelled text, read as texts with entities or as words with tags."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from seqnlp.errors import DataError
from seqnlp.text.conll import read_conll
from seqnlp.text.conllu import read_conllu
from seqnlp.text.formats.annotated import AnnotatedText, Example
from seqnlp.text.formats.brat import read_brat
from seqnlp.text.formats.docbin import is_docbin, read_docbin
from seqnlp.text.formats.doccano import doccano_example
from seqnlp.text.formats.json_rows import converted_rows, fields_of
from seqnlp.text.formats.label_studio import label_studio_example
from seqnlp.text.formats.prodigy import prodigy_example
from seqnlp.text.formats.spacy_json import spacy_examples
from seqnlp.text.formats.token_csv import TokenColumns, read_token_csv
from seqnlp.text.jsonl import RowFields, row_reader
from seqnlp.text.sentence import TaggedSentence

FORMATS = ("conll", "conllu", "jsonl", "json", "doccano", "prodigy", "label_studio", "spacy", "csv", "brat")

TEXT_FORMATS = tuple(form for form in FORMATS if form not in ("conll", "conllu", "csv"))
"""Those that may hold texts with spans."""

_RowReader = Callable[[Any, int, str, Counter[str]], AnnotatedText | None]
_ROW_READERS: dict[str, _RowReader] = {
    "doccano": doccano_example,
    "prodigy": prodigy_example,
    "label_studio": label_studio_example,
}


class ReaderOptions(NamedTuple):
    """The settings of a reader.

    Attributes:
        token, tag: columns (numbers for ``conll``, the name of a tag column for ``conllu``) or fields; empty: the
            usual ones.
        sentence: ``csv``: the column that tells sentences apart; empty: the usual.
        comment: ``conll``: what comments begin with.
        names: of numbered tags; empty: what the data set says of itself.
        offsets: what spans count.
        scheme: of the tags.
        weight: ``jsonl``, ``json``: the field that says what a sentence counts for.
    """

    token: str = ""
    tag: str = ""
    sentence: str = ""
    comment: str = "auto"
    names: tuple[str, ...] = ()
    offsets: str = "codepoints"
    scheme: str = "iob2"
    weight: str = ""


def read_examples(
    path: str | os.PathLike[str], form: str, reading: ReaderOptions, left_out: Counter[str]
) -> Iterator[Example]:
    """The examples of a file (or folder) in one of :data:`FORMATS`.

    Args:
        left_out: counts what is not read, by what it is.

    Raises:
        DataError: the file is not as the format has it; with file and line.
    """
    if form == "conll":
        token, tag = (
            _number(key, value) for key, value in (("token", reading.token or "0"), ("tag", reading.tag or "-1"))
        )
        sentences = read_conll(path, token, tag, reading.comment)
        return (_named(one, reading.names) for one in sentences) if reading.names else sentences
    if form == "conllu":
        return read_conllu(path, reading.tag or "upos")
    if form == "csv":
        read_row = row_reader(Path(path), RowFields(names=reading.names), reading.offsets)
        return read_token_csv(path, TokenColumns(reading.sentence, reading.token, reading.tag), read_row, left_out)
    if form == "brat":
        return read_brat(path, reading.offsets, left_out)
    if form == "spacy" and is_docbin(path):
        return read_docbin(path, left_out)
    return _rows(path, form, reading, left_out)


def _rows(path: str | os.PathLike[str], form: str, reading: ReaderOptions, left_out: Counter[str]) -> Iterator[Example]:
    """The examples of a file of JSON rows."""
    read_row = row_reader(Path(path), _row_fields(reading), reading.offsets)

    def examples(row: Any, line: int) -> Iterable[Example]:
        if form in ("jsonl", "json"):
            return [read_row(fields_of(row), line)]
        if form == "spacy":
            return spacy_examples(row, line, reading.offsets, reading.scheme, left_out)
        example = _ROW_READERS[form](row, line, reading.offsets, left_out)
        return [] if example is None else [example]

    return converted_rows(path, form, examples)


def _named(sentence: TaggedSentence, names: Sequence[str]) -> TaggedSentence:
    """The sentence, its numbered tags by their names."""
    tags = (names[int(tag)] if tag.isdecimal() and int(tag) < len(names) else tag for tag in sentence.tags)
    return replace(sentence, tags=tuple(tags))


def _row_fields(reading: ReaderOptions) -> RowFields:
    return RowFields(reading.token, reading.tag, reading.names, reading.weight)


def _number(key: str, value: str) -> int:
    if not value.removeprefix("-").isdecimal():
        raise DataError(f"data.{key}_column: expected a column number for data.format=conll, found '{value}'")
    return int(value)
