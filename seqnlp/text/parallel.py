"""Sentence pairs from two line-aligned files, or from one of JSON."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal

from seqnlp.errors import DataError, did_you_mean, listed
from seqnlp.text.files import read_lines
from seqnlp.text.formats.json_rows import converted_rows, fields_of
from seqnlp.text.jsonl import shown
from seqnlp.text.tokenize import INVISIBLE

NESTED_FIELD = "translation"
"""The field that may hold the texts of a row by language, as in the data sets of the `datasets` library."""

_SEPARATORS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")  # controls, tabs and whatever some program ends lines at


@dataclass(frozen=True, slots=True)
class SentencePair:
    """A text and its translation, each on one line; a side without text is ``""``.

    Attributes:
        source, target: the two texts.
        line: their line in the file or files (or row of the data set), from 1.
    """

    source: str
    target: str
    line: int


def one_line(text: str) -> str:
    """The text without surrounding whitespace, and a space for each run of control characters and line separators.

    One of which nothing can be seen, such as a zero-width space, is empty.
    """
    line = _SEPARATORS.sub(" ", text).strip()
    return line if line.isascii() or not INVISIBLE.issuperset(line.replace(" ", "")) else ""


def read_aligned(source_path: str | os.PathLike[str], target_path: str | os.PathLike[str]) -> Iterator[SentencePair]:
    """The pairs of two files of which line n of one translates line n of the other.

    Raises:
        DataError: a file cannot be read, or one has more lines than the other, with both counts.
    """
    sources, targets = read_lines(source_path), read_lines(target_path)
    for number, (source, target) in enumerate(zip_longest(sources, targets), start=1):
        if source is None or target is None:
            more = number + sum(1 for _ in (targets if source is None else sources))
            counts = (number - 1, more) if source is None else (more, number - 1)
            raise DataError(
                f"expected as many lines as in {target_path}, found {counts[0]:,} here and {counts[1]:,} there; "
                "make them again from one list of pairs, keeping empty lines",
                source_path,
            )
        yield SentencePair(one_line(source[1]), one_line(target[1]), number)


def read_row_pairs(
    path: str | os.PathLike[str], form: Literal["jsonl", "json"], source: str, target: str
) -> Iterator[SentencePair]:
    """The pairs of a file with a JSON object a line, or with one array of objects; blank lines are skipped.

    Args:
        source, target: keys of the two texts, in the object itself or in its object ``translation``.

    Raises:
        DataError: bad JSON, a missing key, or a value that is no text; with the line.
    """
    return converted_rows(path, form, lambda row, line: [pair_of_row(fields_of(row), source, target, line)])


def pair_of_row(row: Mapping[str, Any], source: str, target: str, line: int) -> SentencePair:
    """The pair of a row with named fields; null is a side without text.

    Raises:
        DataError: a field is missing or holds no text.
    """
    return SentencePair(_text(row, source), _text(row, target), line)


def _text(row: Mapping[str, Any], name: str) -> str:
    nested = row.get(NESTED_FIELD)
    fields = row if name in row or not isinstance(nested, Mapping) else nested
    if name not in fields:
        where = f" in '{NESTED_FIELD}'" if fields is nested else ""
        names = listed(fields)
        remedy = "name the fields with data.source_column and data.target_column"
        raise DataError(f"expected the field '{name}'{where}, found {names}{did_you_mean(name, fields)}; {remedy}")
    text = fields[name]
    if not isinstance(text, str | None):
        raise DataError(f"expected text in '{name}', found {shown(text)}")
    return one_line(text or "")
