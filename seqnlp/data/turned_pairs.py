"""Sentence pairs whose sides stand the other way round than their languages are named."""

from __future__ import annotations

from collections.abc import Sequence

from seqnlp.text.languages import language_code, looks_like
from seqnlp.text.parallel import SentencePair

LOOKED_AT = 2000
"""Pairs, the first ones."""

_MIN_PAIRS = 20

_MIN_SHARE, _TIMES = 0.04, 3.0
"""How much a side must look like the other's language at least, and how many times as much as like its own."""


def turned_note(pairs: Sequence[SentencePair], languages: tuple[str, str]) -> str:
    """What to say of pairs for training or to score by; empty: see :func:`are_turned`."""
    if not are_turned(pairs, languages):
        return ""
    source, target = languages
    found = f"sources look like data.target={target}, and targets like data.source={source}"
    remedy = "turn the sides round (of a table by data.source_column and data.target_column), or the languages"
    return f"{found}, so that the other direction is learned or scored: {remedy}"


def are_turned(pairs: Sequence[SentencePair], languages: tuple[str, str]) -> bool:
    """Whether each side of the first pairs looks like the language of the other, and not like its own.

    Args:
        languages: what the source and the target are called; of those not known here nothing is told.
    """
    first = pairs[:LOOKED_AT]
    sides = [pair.source for pair in first], [pair.target for pair in first]
    codes = tuple(map(language_code, languages))
    if len(first) < _MIN_PAIRS or codes[0] == codes[1]:
        return False
    turned = [_is_turned(code, *texts) for code, texts in zip(codes, (sides, sides[::-1]), strict=True) if code]
    return all(turned)


def are_translated(texts: Sequence[str], languages: tuple[str, str]) -> bool:
    """Whether texts that are to be translated look like the language of the target, and not like that of the source.

    Args:
        languages: as of :func:`are_turned`, of which both must be known.
    """
    codes = tuple(map(language_code, languages))
    if len(texts) < _MIN_PAIRS or not all(codes) or codes[0] == codes[1]:
        return False
    return _is_far_more(*(looks_like(texts, code) for code in reversed(codes)))


def _is_turned(language: str, own: Sequence[str], other: Sequence[str]) -> bool:
    """Whether the other side looks like a side's language, and the side itself does not."""
    return _is_far_more(looks_like(other, language), looks_like(own, language))


def _is_far_more(there: float, here: float) -> bool:
    return there > _MIN_SHARE and there > _TIMES * here
