"""Texts that two splits share: exactly, or but for case, spaces, punctuation and accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_PENN_BRACKETS = re.compile(r"-[lr][rsc]b-", re.IGNORECASE)
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Text:
    """A text and where it stands in its split, from 1."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many of the texts of one split are in another.

    Attributes:
        total: texts of the split that are not empty.
        exact: of these, how many are in the other split as they are.
        normalized: how many are there at least but for case, spaces, punctuation and accents.
        examples: line here, line there and text of the first few.
    """

    total: int
    exact: int
    normalized: int
    examples: list[tuple[int, int, str]]


def normalized_text(text: str) -> str:
    """Letters and digits only, without case and accents; a text that has none of them stays, without outer spaces.

    The Penn Treebank's brackets (``-LRB-``) count as punctuation.
    """
    decomposed = unicodedata.normalize("NFKD", _PENN_BRACKETS.sub(" ", text)).casefold()
    return "".join(filter(str.isalnum, decomposed)) or text.strip()


def find_overlap(texts: Iterable[Text], other: Sequence[Text]) -> Overlap:
    """How many of ``texts`` are in ``other``; empty ones are in nothing."""
    exact = {one.text.strip() for one in other}
    lines: dict[str, int] = {}
    for one in other:
        lines.setdefault(normalized_text(one.text), one.line)
    total, same, alike = 0, 0, 0
    examples: list[tuple[int, int, str]] = []
    for one in texts:
        key = normalized_text(one.text)
        if not key:
            continue
        total += 1
        same += one.text.strip() in exact
        if key in lines:
            alike += 1
            if len(examples) < _EXAMPLES:
                examples.append((one.line, lines[key], one.text))
    return Overlap(total, same, alike, examples)
