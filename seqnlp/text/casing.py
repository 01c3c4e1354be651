"""The shape of a word as one of a few classes."""

from __future__ import annotations

CASINGS: tuple[str, ...] = (
    "lower",
    "upper",
    "title",
    "mixed",
    "caseless",
    "digits",
    "mostly digits",
    "some digits",
    "punctuation",
)
"""Names of the classes; :func:`casing_index` gives positions in this tuple."""

_LOWER, _UPPER, _TITLE, _MIXED, _CASELESS, _DIGITS, _MOSTLY_DIGITS, _SOME_DIGITS, _PUNCTUATION = range(len(CASINGS))


def casing_index(word: str) -> int:
    """Position in :data:`CASINGS` of a word's class.

    ``digits`` are digits with or without separators (``3,000.5``); with letters among them, more than half digits are
    ``mostly digits`` (``1990s``), else ``some digits`` (``B2``). Words with letters and no digit go by their letters,
    whatever stands between (``U.S.`` is ``upper``); one capital alone is ``title``; scripts without case are
    ``caseless``; everything else is ``punctuation``, the empty word too.
    """
    num_digits = sum(map(str.isdigit, word))
    if any(map(str.isalpha, word)):
        if not num_digits:
            return _case_of_letters(word)
        return _MOSTLY_DIGITS if 2 * num_digits > len(word) else _SOME_DIGITS
    return _DIGITS if num_digits else _PUNCTUATION


def _case_of_letters(word: str) -> int:
    lower, upper = word.lower(), word.upper()
    if lower == upper:
        return _CASELESS
    if word == lower:
        return _LOWER
    letters = "".join(filter(str.isalpha, word))
    if letters[1:] == letters[1:].lower():
        return _TITLE
    return _UPPER if word == upper else _MIXED
