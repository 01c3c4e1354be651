"""Under which spellings a word is sought among pretrained vectors."""

from __future__ import annotations

from collections.abc import Iterable


def vector_forms(word: str) -> Iterable[str]:
    """Forms under which a word is sought among pretrained vectors, best first."""
    lower = word.lower()
    yield word
    yield lower
    bare = lower.lstrip("#@")  # social media: the vector of "#paris" is that of "paris"
    if bare and bare != lower:
        yield bare
    if any(character.isdigit() for character in lower):
        yield "".join("0" if character.isdigit() else character for character in lower)
