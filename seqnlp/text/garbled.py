"""Letters that were lost or changed when a text was decoded: UTF-8 that was read as Windows-1252, and U+FFFD."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SECOND = (
    "\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2030\u2039\u203a\u20ac\u2122"
)
_GARBLED = re.compile(f"[ÃÂ][{_SECOND}]|â€.?|\ufffd")

_MIN_COUNT, _PART = 2, 0.005
"""Texts from which on this is no accident: so many, and such a part of all."""


def garbled(text: str) -> str:
    """The first letters of a text that were decoded wrongly; empty: there are none."""
    found = None if text.isascii() else _GARBLED.search(text)
    return found[0] if found else ""


def garbled_note(texts: Iterable[str], noun: str) -> str:
    """What to say of texts among which garbled ones are no accident; empty: they are few.

    Args:
        noun: what a message calls several of them.
    """
    total, found = 0, list[str]()
    for text in texts:
        total += 1
        if letters := garbled(text):
            found.append(letters)
    return said_of_garbled(len(found), total, noun, found[0] if found else "")


def said_of_garbled(count: int, total: int, noun: str, example: str) -> str:
    """As :func:`garbled_note`, of so many garbled texts of all."""
    if count < max(_MIN_COUNT, _PART * total):
        return ""
    found = f"{count:,} of {total:,} {noun} have letters that were decoded wrongly, such as '{example}'"
    return f"{found}: write them anew from the original"
