"""CoNLL-U, the format of Universal Dependencies."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

from seqnlp.errors import DataError
from seqnlp.text.files import read_lines
from seqnlp.text.sentence import TaggedSentence, sentences_of_words

_COLUMNS = {"upos": 3, "xpos": 4, "feats": 5}
_MISC = 9
_NUM_COLUMNS = 10
_WORD = re.compile(r"[0-9]+")
_NOT_A_WORD = re.compile(r"[0-9]+[-.][0-9]+")  # 1-2, a multiword token; 8.1, an empty node


def read_conllu(path: str | os.PathLike[str], column: str = "upos") -> Iterator[TaggedSentence]:
    """The syntactic words of each sentence; multiword ranges (``1-2``) and empty nodes (``8.1``) are left out.

    Args:
        column: ``upos``, ``xpos``, ``feats``, or ``misc:KEY`` for the value of a key in MISC (``_`` where missing).

    Raises:
        DataError: an unknown column name; a line without ten columns, a word number, a word or a tag (file and line).
    """
    position, key = _find_column(column)

    def words() -> Iterator[tuple[str, str, int] | None]:
        for number, line in read_lines(path):
            if not line or line.isspace():
                yield None
            elif not line.startswith("#"):
                columns = line.split("\t")
                if _is_word(columns, path, number):
                    tag = _misc_value(columns[_MISC], key) if key else columns[position]
                    if not columns[1] or not tag:
                        raise DataError(f"the word or its {column} is empty; expected '_' for no value", path, number)
                    yield columns[1], tag, number

    return sentences_of_words(words())


def read_conllu_words(lines: Iterable[str], source: object = "") -> Iterator[list[str]]:
    """The syntactic words of each block of lines; every blank line ends a block, so that blocks pair.

    Args:
        lines: without their ends.
        source: name of the stream in messages.

    Raises:
        DataError: a line without ten columns, a word number or a word; with the line.
    """
    words: list[str] | None = None
    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            yield words or []
            words = None
            continue
        words = words or []
        if not line.startswith("#"):
            columns = line.split("\t")
            if _is_word(columns, source, number):
                if not columns[1]:
                    raise DataError("the word is empty; expected '_' for no value", source, number)
                words.append(columns[1])
    if words is not None:
        yield words


def _find_column(name: str) -> tuple[int, str]:
    """Position of the column, and the key for MISC."""
    if name in _COLUMNS:
        return _COLUMNS[name], ""
    if name.startswith("misc:") and len(name) > 5:
        return _MISC, name[5:]
    raise DataError(f"expected the CoNLL-U column upos, xpos, feats or misc:KEY, found '{name}'")


def _is_word(columns: list[str], path: object, number: int) -> bool:
    """Whether the line is a word and not a range or an empty node."""
    if len(columns) != _NUM_COLUMNS:
        raise DataError(f"expected {_NUM_COLUMNS} columns divided by tabs, found {len(columns)}", path, number)
    if _WORD.fullmatch(columns[0]):
        return True
    if _NOT_A_WORD.fullmatch(columns[0]):
        return False
    raise DataError(f"expected a word number (3, 1-2 or 8.1) in the first column, found '{columns[0]}'", path, number)


def _misc_value(misc: str, key: str) -> str:
    for pair in misc.split("|"):
        name, equals, value = pair.partition("=")
        if name == key and equals:
            return value
    return "_"
