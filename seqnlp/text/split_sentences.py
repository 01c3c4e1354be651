"""Cut a text that is too long for a model where it hurts least, and join what became of the parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from seqnlp.text.languages import language_code

_BOUNDARIES = (
    re.compile(r"""[.!?…]+["'”’»)\]]*\s+|[。！？]+[」』）”’]*\s*"""),  # the end of a sentence
    re.compile(r"[,;:]\s+|[、，；：]\s*"),  # of a clause
    re.compile(r"\s+"),  # of a word
)
"""Where to cut, best first; a part ends where a match ends."""


def split_text(text: str, count: Callable[[str], int], most: int) -> list[str]:
    """Parts of ``text``, in order and stripped of outer spaces, of at most ``most`` units each.

    Cuts come after sentence ends; inside a sentence that is still too long after clause ends, then between words, then
    anywhere. As many neighbours as fit stay together. A text that fits comes back as it is.

    Args:
        count: units of a text, for example its subwords; called on stretches of ``text``, a handful of times over all.
        most: most units of a part; a single character is never cut, whatever its count.
    """
    if count(text) <= most or len(text) <= 1:
        return [text]
    for boundary in _BOUNDARIES:
        parts = _packed(_segments(text, boundary), count, most)
        if len(parts) > 1:
            return [piece for part in parts for piece in split_text(part, count, most)]
    middle = len(text) // 2
    halves = [half.strip() for half in (text[:middle], text[middle:])]
    return [piece for half in halves if half for piece in split_text(half, count, most)]


def join_parts(parts: Sequence[str], language: str) -> str:
    """The translations of the parts of a text as one text, with a space between them if ``language`` writes one."""
    space = "" if is_unspaced(language) else " "
    return space.join(part for part in parts if part)


def is_unspaced(language: str) -> bool:
    """Whether a language (``ja``, ``zh-Hans``, ``Chinese``) is written without spaces between words and sentences."""
    return language_code(language) in ("ja", "zh")


def _segments(text: str, boundary: re.Pattern[str]) -> list[str]:
    """The whole text, cut after each match."""
    edges = sorted({0, len(text), *(match.end() for match in boundary.finditer(text))})
    return [text[start:end] for start, end in pairwise(edges)]


def _packed(segments: Sequence[str], count: Callable[[str], int], most: int) -> list[str]:
    """Neighbouring segments joined while the sum of their units is within ``most``; stripped, none empty."""
    parts: list[str] = []
    used = most + 1  # the first segment begins a part
    for segment in segments:
        units = count(segment)
        if used + units > most:
            parts.append("")
            used = 0
        parts[-1] += segment
        used += units
    return [part for part in map(str.strip, parts) if part]
