"""The running text of a CoNLL-U file, and where its words stand in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from seqnlp.errors import DataError
from seqnlp.text.files import read_lines

_ID, _FORM, _MISC, _NUM_COLUMNS = 0, 1, 9, 10


@dataclass(frozen=True, slots=True)
class PlacedWords:
    """A text and its words.

    Attributes:
        text: of one sentence.
        words: start and end (exclusive) of each word in it.
        spaced: whether any two words stand together without a space: what tells a text from a list of words.
    """

    text: str
    words: tuple[tuple[int, int], ...]
    spaced: bool


def read_conllu_texts(path: str | os.PathLike[str]) -> Iterator[PlacedWords]:
    """The sentences of a file as they were written, from the words and ``SpaceAfter=No``.

    A range such as ``1-2`` stands for its words: where these spell it (``do`` and ``n't``) each has its place, else
    (``du`` for ``de`` and ``le``) the range is one word, which is all that a text shows of them.

    Raises:
        DataError: a line without ten columns, with file and line.
    """
    rows: list[list[str]] = []
    for number, line in read_lines(path):
        if not line or line.isspace():
            if rows:
                yield _placed(rows)
                rows = []
        elif not line.startswith("#"):
            columns = line.split("\t")
            if len(columns) != _NUM_COLUMNS:
                raise DataError(f"expected {_NUM_COLUMNS} columns divided by tabs, found {len(columns)}", path, number)
            rows.append(columns)
    if rows:
        yield _placed(rows)


def _placed(rows: list[list[str]]) -> PlacedWords:
    forms = {row[_ID]: row[_FORM] for row in rows}
    text, words, last_of_range, spaced = "", list[tuple[int, int]](), 0, False
    for row in rows:
        first, dash, last = row[_ID].partition("-")
        if "." in row[_ID] or (not dash and int(first) <= last_of_range):
            continue  # an empty node, or a word of a range that was read
        parts = [row[_FORM]]
        if dash:
            last_of_range = int(last)
            inner = [forms.get(str(number), "") for number in range(int(first), int(last) + 1)]
            parts = inner if "".join(inner) == row[_FORM] else parts
        for part in parts:
            words.append((len(text), len(text) + len(part)))
            text += part
        if "SpaceAfter=No" in row[_MISC].split("|"):
            spaced = True
        else:
            text += " "
    return PlacedWords(text.rstrip(" "), tuple(words), spaced)
