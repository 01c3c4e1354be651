"""A list of words: a word a line, or the words of a file of vectors."""

from __future__ import annotations

import os

from seqnlp.errors import DataError
from seqnlp.text.checks import is_number
from seqnlp.text.files import read_lines
from seqnlp.text.vectors import read_vectors


def read_word_list(path: str | os.PathLike[str]) -> list[str]:
    """The different words of a file, in its order.

    A file of vectors is known by its lines: each has the same number of fields, all but the first of them numbers.

    Raises:
        DataError: the file cannot be read, or holds no word.
    """
    lines = [line.strip(" \t") for _, line in read_lines(path)]
    if _looks_like_vectors(lines[:3]):
        return read_vectors(path)[0]
    words = list(dict.fromkeys(line for line in lines if line))
    if not words:
        raise DataError("expected a word a line, found none", path)
    return words


def _looks_like_vectors(lines: list[str]) -> bool:
    fields = [line.split(" ") for line in lines[-2:]]
    return len(lines) > 1 and all(len(row) > 2 and all(map(is_number, row[1:])) for row in fields)
