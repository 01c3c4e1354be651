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

    Vowel signs and the like, which tell words of Hindi, Thai or Japanese apart, are no accents; the points of Hebrew
    and Arabic are. The Penn Treebank's brackets (``-LRB-``) count as punctuation.
    """
    decomposed = unicodedata.normalize("NFKD", _PENN_BRACKETS.sub(" ", text)).casefold()
    return decomposed.translate(_KEPT) or text.strip()


class _Kept(dict[int, int | None]):
    """What stays of a text, character by character, worked out when a character first occurs."""

    def __missing__(self, code: int) -> int | None:
        character = chr(code)
        self[code] = code if character.isalnum() or _is_sign(character) else None
        return self[code]


_KEPT = _Kept()


def _is_sign(character: str) -> bool:
    """Whether a mark is a part of the word as letters are: neither an accent nor a point nor what only tells shapes."""
    place = unicodedata.combining(character)
    if unicodedata.category(character) not in ("Mn", "Mc") or place == 1 or 10 <= place <= 36 or place >= 200:
        return False
    return not unicodedata.name(character, "").startswith(
        ("VARIATION SELECTOR", "COMBINING GRAPHEME", "MONGOLIAN FREE")
    )


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
