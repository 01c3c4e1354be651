"""Pretrained word vectors in text form: GloVe, word2vec and fastText (``.txt``, ``.vec``), plain or gzip."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import DataError
from seqnlp.text.checks import is_number
from seqnlp.text.files import open_bytes, read_lines

_BLOCK_LINES = 10_000
_HEADER, _LOOKED_AT = 64, 4096
"""Bytes of the longest header, and of those after it that show whether they are text."""

_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f]")
"""Bytes that no text has."""

_MAX_VALUE = float(np.finfo(np.float32).max)
_NumberedLine = tuple[int, str]


def read_vectors(path: str | os.PathLike[str]) -> tuple[list[str], NDArray[np.float32]]:
    """Words and their vectors, in the file's order; of a word that occurs twice, the first.

    A first line of two whole numbers is word2vec's header ``count width``; otherwise the width is the first line's
    fields but one. The last ``width`` fields of a line are its numbers; all before them is the word, spaces included.
    Empty lines are skipped.

    Returns:
        N words, and the numbers (N, D).

    Raises:
        DataError: a line of another width, or with something that is not a finite number (file and line); a header that
            promises another number of vectors than the file has.
    """
    _refuse_binary(path)
    promised, width, lines = _read_head((item for item in read_lines(path) if item[1]), path)
    rows: dict[str, int] = {}
    blocks: list[NDArray[np.float32]] = []
    count = 0
    while block := list(islice(lines, _BLOCK_LINES)):
        words, values = _parse(block, width, path)  # (n, D)
        first = [at for at, word in enumerate(words) if rows.setdefault(word, count + at) == count + at]
        count += len(words)
        blocks.append(values if len(first) == len(words) else values[first])
    if promised is not None and promised != count:
        trouble = "the file is cut off" if count < promised else "the header is wrong"
        raise DataError(f"the first line promises {promised:,} vectors, found {count:,}: {trouble}", path)
    return list(rows), np.concatenate(blocks)  # (N, D)


def _refuse_binary(path: str | os.PathLike[str]) -> None:
    """Stop at the binary form of word2vec (``.bin``), whose first line is the header of the text form.

    Raises:
        DataError: so it is, or the file cannot be read; says what writes it as text.
    """
    with open_bytes(path) as file:
        head, rest = file.readline(_HEADER), file.read(_LOOKED_AT)
    fields = head.split()
    if len(fields) == 2 and all(map(bytes.isdigit, fields)) and _CONTROLS.search(rest):
        program = f"KeyedVectors.load_word2vec_format('{path}', binary=True).save_word2vec_format('vectors.txt')"
        raise DataError(
            f"expected vectors as text, found word2vec's binary form; gensim writes it as text: {program}", path
        )


def _read_head(
    lines: Iterator[_NumberedLine], path: str | os.PathLike[str]
) -> tuple[int | None, int, Iterator[_NumberedLine]]:
    """Number of vectors (None without a header), width, and the lines with vectors."""
    first = next(lines, (1, ""))
    fields = first[1].replace("\t", " ").rstrip(" ").split(" ")
    if len(fields) == 2 and all(field.isdecimal() for field in fields):
        promised, width = map(int, fields)
        if not promised or not width:
            raise DataError(f"expected a header with two positive numbers, found '{first[1]}'", path, first[0])
        return promised, width, lines
    if len(fields) < 2:
        raise DataError(f"expected a word and its numbers, or 'count width', found '{first[1][:60]}'", path, first[0])
    return None, len(fields) - 1, chain([first], lines)


def _parse(
    block: Sequence[_NumberedLine], width: int, path: str | os.PathLike[str]
) -> tuple[list[str], NDArray[np.float32]]:
    """The n words of a block of lines and their numbers (n, D)."""
    words, numbers = [], []
    for number, line in block:
        try:
            word, rest = _word_and_numbers(line.replace("\t", " ").rstrip(" "), width)
        except DataError as problem:
            raise DataError(str(problem), path, number) from None
        words.append(word)
        numbers.append(rest)
    try:
        values = np.loadtxt(numbers, dtype=np.float32, comments=None, ndmin=2)  # (n, D)
        sound = values.shape == (len(block), width) and bool(np.isfinite(values).all())
    except ValueError:
        sound = False
    if not sound:
        raise _bad_number([number for number, _ in block], numbers, path)
    return words, values


def _word_and_numbers(line: str, width: int) -> tuple[str, str]:
    """A line cut before its numbers."""
    spaces = line.count(" ")
    if spaces == width:  # nearly always: a word without spaces
        word, _, rest = line.partition(" ")
        return word, rest
    if spaces < width:
        raise DataError(f"expected a word and {width} numbers, found {spaces} after '{line.partition(' ')[0][:40]}'")
    word, *fields = line.rsplit(" ", width)
    last = word.rpartition(" ")[2]
    if "." in last and _is_float32(last):
        raise DataError(f"expected a word and {width} numbers, found more after '{word.partition(' ')[0][:40]}'")
    return word.rstrip(" "), " ".join(fields)


def _bad_number(line_numbers: Sequence[int], texts: Sequence[str], path: str | os.PathLike[str]) -> DataError:
    """The error for the first field that is not a finite float32."""
    for number, text in zip(line_numbers, texts, strict=True):
        for field in text.split(" "):
            if not _is_float32(field):
                return DataError(f"expected a finite number, found '{field[:40]}'", path, number)
    return DataError(f"expected numbers in ASCII digits in this line or the next {len(texts):,}", path, line_numbers[0])


def _is_float32(field: str) -> bool:
    return is_number(field) and abs(float(field)) <= _MAX_VALUE
