"""What of a running text is probably not meant to be learned as it is read: said before a training."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

from seqnlp.config.language_model import LanguageModelConfig
from seqnlp.config.splits import held_out_part
from seqnlp.data.corpus import is_plain, text_files
from seqnlp.data.repeated_texts import shared
from seqnlp.text.files import read_lines
from seqnlp.text.garbled import garbled_note
from seqnlp.text.html_characters import html_character
from seqnlp.text.other_files import other_kind
from seqnlp.text.scripts import runs_of_words

_INDENTED = re.compile(r"(\t|  )\s*\S")
_PART, _HTML, _LOOKED_AT = 0.05, 0.01, 10_000
"""The parts of lines that are indented, or have characters as in HTML, from which on this is said; lines looked at."""

_SORTED_LINES, _SORTED = 100, 0.97
"""Fewest lines that tell whether they are sorted, and the part of them that is not less than the line before."""

_WORDS = 8
"""Of a line that is no accident in two splits."""


def text_notes(config: LanguageModelConfig, train: Sequence[str], dev: Sequence[str]) -> Iterator[str]:
    """What to say of the lines of both splits, as they are read, and of the files of train.

    Raises:
        DataError: a file cannot be read.
    """
    yield from file_notes(config, "train")
    if note := garbled_note((line for line in train if line), "lines"):
        yield f"train: {note}"
    found = [(number, character) for number, line in enumerate(train, 1) if (character := html_character(line))]
    if len(found) > max(1, _HTML * sum(map(bool, train))):
        count = f"{len(found):,} of {len(train):,} lines have characters written as in HTML"
        yield f"train: {count}, such as {found[0][1]} (first on line {found[0][0]:,}); unescape them before"
    if config.tokenizer.kind == "words" and (run := runs_of_words(islice(_words(train), _LOOKED_AT))):
        advice = "words stand between spaces for this model; tokenizer.kind=unigram or characters reads such a script"
        yield f"train: words such as '{run[:20]}' are several in a row: {advice}"
    if held_out_part(config.data) is None:
        yield from shared_lines(dev, train, "dev")
    elif order := _order(list(islice(filter(None, train), _LOOKED_AT))):
        held_out = "so that the last ones, which are held out as dev, are of another kind than the others"
        yield f"train: lines are sorted {order}, {held_out}: shuffle them, or name a file of its own"


def _order(lines: Sequence[str]) -> str:
    """How lines are sorted; empty: they are not."""
    if len(lines) < _SORTED_LINES:
        return ""
    for order, key in (("by length", len), ("alphabetically", str.casefold)):
        keys: list[Any] = list(map(key, lines))
        risen = sum(one <= other for one, other in pairwise(keys))
        if risen > _SORTED * (len(keys) - 1) and keys[0] != keys[-1]:
            return order
    return ""


def shared_lines(lines: Sequence[str], train: Sequence[str], split: str) -> list[str]:
    """What to say where a split has many of train's lines; short ones, such as headings, say nothing."""
    return shared([line for line in lines if _is_long(line)], (line for line in train if _is_long(line)), split)


def file_notes(config: LanguageModelConfig, split: str) -> Iterator[str]:
    """What to say of the files of a split whose lines are read as they are.

    Raises:
        DataError: one cannot be read.
    """
    for path in filter(is_plain, text_files(config.data, split)):
        yield from _notes_of_file(path)


def _notes_of_file(path: Path) -> Iterator[str]:
    if kind := other_kind(path):
        name = (
            "a name that ends in .jsonl has the field `text` read" if kind == "JSON lines" else "write its texts alone"
        )
        yield f"{path}: looks like {kind}, all of which is read as text; {name}"
    lines = [line for _, line in islice(read_lines(path), _LOOKED_AT) if line.strip()]
    indented = sum(_INDENTED.match(line) is not None for line in lines)
    if indented > _PART * len(lines):
        count = f"{indented:,} of {len(lines):,} lines are indented"
        yield f"{path}: {count}, which is not read: a line is words with one space between them"


def _words(lines: Sequence[str]) -> Iterator[str]:
    return (word for line in lines for word in line.split())


def _is_long(line: str) -> bool:
    return line.count(" ") >= _WORDS - 1  # lines have single spaces
