"""Texts that a subword model reads letter by letter, as it has learned no longer pieces of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from seqnlp.text.scripts import WITHOUT_SPACES

_BYTE = re.compile(r"<0x[0-9A-F]{2}>")
_SPACE = "\u2581"

_MIN_LETTERS, _PART = 8, 0.8
"""Letters of a text that tells, and the part of them that is read alone. Captions and everyday sentences, also those of
another language in the same letters, stay below 0.7; texts in capitals or in a script without pieces are above 0.9."""


def is_spelt(text: str, pieces: Iterable[str]) -> bool:
    """Whether a text's letters are read one by one, or as bytes, as capitals are by a model that has learned none.

    Letters of scripts that write no spaces between words are read alone anyway: there only bytes count.

    Args:
        pieces: the subwords that the text is read as.
    """
    letters = sum(map(str.isalpha, text))
    if letters < _MIN_LETTERS:
        return False
    return sum(map(_stands_alone, pieces)) > _PART * letters


def _stands_alone(piece: str) -> bool:
    if _BYTE.fullmatch(piece):
        return True
    letter = piece.lstrip(_SPACE)
    return len(letter) == 1 and letter.isalpha() and not WITHOUT_SPACES.match(letter)
