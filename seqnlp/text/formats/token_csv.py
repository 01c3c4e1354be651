"""A table of one sentence a row, or of one word and a column that tells sentences apart, as Kaggle's corpora are."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

from seqnlp.errors import DataError, did_you_mean, listed
from seqnlp.text.column_names import column_place
from seqnlp.text.csv_rows import csv_rows
from seqnlp.text.files import read_lines
from seqnlp.text.formats.annotated import Example
from seqnlp.text.formats.sentence_csv import holds_sentences, sentences_of_rows
from seqnlp.text.formats.sentence_order import SentenceOrder
from seqnlp.text.sentence import sentences_of_words
from seqnlp.text.tables import without_headings

SENTENCES = (
    "sentence #",
    "sentence",
    "sentence_id",
    "sentence_idx",
    "sentence id",
    "sent_id",
    "sent",
    "sentence_number",
)
DOCUMENTS = ("doc", "doc_id", "document", "document_id", "doc_idx", "document #", "file", "filename", "file_name")
"""Columns beside that of the sentences, whose numbers may begin anew in each document."""

WORDS = ("word", "token", "words", "tokens", "text")
TAGS = ("tag", "ner", "ner_tag", "label", "labels", "tags", "entity", "ner_tags")
DELIMITERS = (",", ";", "\t")
LOOKED_AT = 10
"""Rows that tell whether a row is a word or a sentence."""

_LINES = 1000
"""Lines that are looked at where there is no column of sentences."""

_SPANS = re.compile(r"\s*\[\s*[\[({]")
"""How a field with a list of spans begins."""


class TokenColumns(NamedTuple):
    """Names of the columns; empty: the first usual name that is there."""

    sentence: str = ""
    token: str = ""
    tag: str = ""


def read_token_csv(
    path: str | os.PathLike[str],
    columns: TokenColumns,
    read_row: Callable[[Mapping[str, Any], int], Example],
    left_out: Counter[str],
) -> Iterator[Example]:
    """The sentences: another value in the sentence column, or in one of documents, begins one, and an empty value goes
    on with the one before.

    Where a field holds several words, and another one as many tags, each row is a sentence.
    The first row names the columns; between them are commas, semicolons or tabs.

    Args:
        read_row: makes an example of ``{"tokens": [...], "tags": [...]}`` and its line.
        left_out: counts the rows that name the columns once more.

    Raises:
        DataError: no such column, an empty word or tag, a row with another number of columns, or rows that were mixed;
            with file and line.
    """
    delimiter = delimiter_of_heading(next(line for _, line in read_lines(path)))
    rows = csv_rows((line for _, line in read_lines(path)), path, delimiter)
    number, head = next(rows, (1, []))
    rows = without_headings(rows, head, left_out)
    first = list(islice(rows, LOOKED_AT))
    rows = chain(first, rows)
    places = sentence_columns(head, columns.token, columns.tag, path, number)
    if places is not None and holds_sentences(first, *places):
        return sentences_of_rows(rows, head, *places, path, read_row)

    def place(setting: str, wanted: str, usual: Sequence[str], remedy: Callable[[], str] = str) -> int:
        return _place(wanted, usual, head, path, number, lambda: remedy() or f"set {setting}")

    sentence_at = place("data.sentence_column", columns.sentence, SENTENCES, lambda: _without_sentences(path, first))
    token_at = place("data.token_column", columns.token, WORDS)
    tag_at = place("data.tag_column", columns.tag, TAGS)

    names = [name.strip(" ").lower() for name in head]
    places_of_sentence = [sentence_at, *(at for at, name in enumerate(names) if name in DOCUMENTS)]

    def words() -> Iterator[tuple[str, str, int] | None]:
        current: tuple[str, ...] = ()
        order = SentenceOrder()
        for number, row in rows:
            if len(row) != len(head):
                raise DataError(f"expected {len(head)} columns as in the first line, found {len(row)}", path, number)
            before, current = current, continued([row[at] for at in places_of_sentence], current)
            order.add(current, current[0], number)
            if current != before:
                yield None
            if len(row[tag_at].split()) > 1 and len(row[token_at].split()) > 1:
                raise DataError(_several(row[token_at], row[tag_at]), path, number)
            for what, value in ((head[token_at], row[token_at]), (head[tag_at], row[tag_at])):
                if not value.strip(" "):
                    raise DataError(f"the column '{what}' is empty", path, number)
            yield row[token_at].strip(" "), row[tag_at].strip(" "), number
        order.refuse_scattered(path, "line")

    return sentences_of_words(words())


def continued(values: Sequence[str], before: Sequence[str]) -> tuple[str, ...]:
    """What tells a row's sentence, where an empty value means that of the row before."""
    return tuple(value or (before[at] if before else "") for at, value in enumerate(values))


def sentence_columns(
    head: Sequence[str], token: str, tag: str, source: object = None, line: int | None = None
) -> tuple[int, int] | None:
    """The places of the words and of the tags, if a table of one sentence a row has such columns.

    Args:
        token, tag: their names; empty: the first usual one that is there.

    Raises:
        DataError: several columns are called so.
    """
    names = [name.strip(" ") for name in head]
    token_at, tag_at = (
        _found(wanted, usual, names, source, line) for wanted, usual in ((token, (*WORDS, "sentence")), (tag, TAGS))
    )
    return None if token_at is None or tag_at is None else (token_at, tag_at)


def delimiter_of_heading(heading: str) -> str:
    """The character between the names of the columns."""
    return max(DELIMITERS, key=heading.count)


def is_heading(names: Sequence[str]) -> bool:
    """Whether these are the names of the columns of such a table."""
    known = {name.strip(" ").lower() for name in names}
    return bool(known & set(SENTENCES)) and bool(known & set(WORDS)) and bool(known & set(TAGS))


def has_a_word_a_row(names: Sequence[str], column: str) -> bool:
    """Whether a column is that of the words in such a table, none of which is a text."""
    known = {name.strip(" ").lower() for name in names}
    return column.strip(" ").lower() in ("word", "token") and bool(known & set(SENTENCES))


def _several(words: str, tags: str) -> str:
    """What to say of several words and tags in one row."""
    counts = f"{len(words.split())} words with {len(tags.split())} tags"
    return f"expected a word and its tag, or a sentence with as many tags as words between spaces; found {counts}"


def _without_sentences(path: str | os.PathLike[str], rows: Iterable[tuple[int, list[str]]]) -> str:
    """What to do about a table that has no column of sentences; empty: nothing of it tells."""
    if any(_SPANS.match(field) for _, row in rows for field in row):
        return "texts with spans are read from JSON: an object a line with text and spans, or the tool's own export"
    lines = "\n".join(line.strip() for _, line in islice(read_lines(path), _LINES))
    if "\n\n" in lines.strip():
        tabs = "write tabs for commas, without the first line, and set data.format=conll"
        return f"blank lines end no sentence here: give the rows a column with the number of their sentence, or {tabs}"
    return ""


def _place(
    wanted: str, usual: Sequence[str], head: Sequence[str], path: object, line: int, remedy: Callable[[], str]
) -> int:
    """The place of a column.

    Args:
        remedy: what to do where nobody named it and it has no usual name.

    Raises:
        DataError: it is not there, or several are called so.
    """
    names = [name.strip(" ") for name in head]
    place = _found(wanted, usual, names, path, line)
    if place is not None:
        return place
    expected = f"'{wanted}'" if wanted else f"{', '.join(usual[:4])} or a like one"
    columns = listed(names)
    hint = did_you_mean(wanted, names) if wanted else f"; {remedy()}"
    raise DataError(f"expected the column {expected}, found {columns}{hint}", path, line)


def _found(wanted: str, usual: Sequence[str], names: Sequence[str], source: object, line: int | None) -> int | None:
    """The place of the column that is wanted, else of the first usual one that is there."""
    known, sought = (names, (wanted,)) if wanted else ([name.lower() for name in names], usual)
    name = next((name for name in sought if name in known), None)
    return None if name is None else column_place(name, known, source, line)
