"""A table of one word a row, with a column that tells sentences apart, as Kaggle's NER corpora have."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from seqnlp.errors import DataError, did_you_mean, listed
from seqnlp.text.csv_rows import csv_rows
from seqnlp.text.files import read_lines
from seqnlp.text.sentence import TaggedSentence, sentences_of_words

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
WORDS = ("word", "token", "words", "tokens", "text")
TAGS = ("tag", "ner", "ner_tag", "label", "labels", "tags", "entity")
DELIMITERS = (",", ";", "\t")


class TokenColumns(NamedTuple):
    """Names of the columns; empty: the first usual name that is there."""

    sentence: str = ""
    token: str = ""
    tag: str = ""


def read_token_csv(path: str | os.PathLike[str], columns: TokenColumns) -> Iterator[TaggedSentence]:
    """The sentences: another value in the sentence column begins one, an empty value goes on with the one before.

    The first row names the columns; between them are commas, semicolons or tabs.

    Raises:
        DataError: no such column, an empty word or tag, or a row with another number of columns; with file and line.
    """
    delimiter = delimiter_of_heading(next(line for _, line in read_lines(path)))
    rows = csv_rows((line for _, line in read_lines(path)), path, delimiter)
    number, head = next(rows, (1, []))
    sentence_at = _place("data.sentence_column", columns.sentence, SENTENCES, head, path, number)
    token_at = _place("data.token_column", columns.token, WORDS, head, path, number)
    tag_at = _place("data.tag_column", columns.tag, TAGS, head, path, number)

    def words() -> Iterator[tuple[str, str, int] | None]:
        current = ""
        for number, row in rows:
            if len(row) != len(head):
                raise DataError(f"expected {len(head)} columns as in the first line, found {len(row)}", path, number)
            name = row[sentence_at]
            if name and name != current:
                yield None
            current = name or current
            for what, value in ((head[token_at], row[token_at]), (head[tag_at], row[tag_at])):
                if not value.strip(" "):
                    raise DataError(f"the column '{what}' is empty", path, number)
            yield row[token_at].strip(" "), row[tag_at].strip(" "), number

    return sentences_of_words(words())


def delimiter_of_heading(heading: str) -> str:
    """The character between the names of the columns."""
    return max(DELIMITERS, key=heading.count)


def is_heading(names: Sequence[str]) -> bool:
    """Whether these are the names of the columns of such a table."""
    known = {name.strip(" ").lower() for name in names}
    return bool(known & set(SENTENCES)) and bool(known & set(WORDS)) and bool(known & set(TAGS))


def _place(setting: str, wanted: str, usual: Sequence[str], head: Sequence[str], path: object, line: int) -> int:
    names = [name.strip(" ") for name in head]
    if wanted:
        if wanted in names:
            return names.index(wanted)
        expected = f"'{wanted}'"
    else:
        lower = [name.lower() for name in names]
        for name in usual:
            if name in lower:
                return lower.index(name)
        expected = f"{', '.join(usual[:4])} or a like one"
    columns = listed(names)
    hint = did_you_mean(wanted, names) if wanted else f"; set {setting}"
    raise DataError(f"expected the column {expected}, found {columns}{hint}", path, line)
