"""Raw text to words with character offsets.

Each kind is one compiled regular expression whose last alternative takes any character that is not a space, so that no
kind ever loses one. Invisible format characters (zero-width spaces, marks of direction, soft hyphens, byte order marks)
neither cut nor join words: a text is cut as if they were not there, and those inside a word stay in it. A model must
cut raw text as its training data were cut:

==========  ======================================================================================================
whitespace  at spaces only, for text that is cut into words already
words       words of any script with their hyphens and apostrophes, numbers (3,000.5), links, @names, #tags, emoticons
split       runs of letters and digits, every other character alone, as biomedical corpora do (BC5CDR)
english     as the Penn Treebank and UD English EWT: do n't, it 's, 15 - year, the final period apart
characters  every character alone, with the marks on it, for text that is written without spaces between words
spacy:CODE  by the rules of a language, as spaCy has them (spacy:fr cuts L' homme; ``pip install 'seqnlp[spacy]'``)
==========  ======================================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from seqnlp.errors import SeqnlpError, did_you_mean
from seqnlp.text import patterns
from seqnlp.text.spacy_words import PREFIX, spacy_places

_PATTERNS = {
    "whitespace": patterns.whitespace,
    "words": patterns.words,
    "split": patterns.split,
    "english": patterns.english,
    "characters": patterns.characters,
}
KINDS = tuple(_PATTERNS)
AUTO, DEFAULT = "auto", "words"
"""A setting for "whatever fits the corpus", and what is taken where that is not known."""

INVISIBLE = frozenset("\u00ad\u061c\u180e\u200b\u200e\u200f\ufeff") | frozenset(
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x2070))
)
"""Format characters that a text looks the same without; the joiners U+200C and U+200D are none of them."""


class Token(NamedTuple):
    """A word and its place: ``text[token.start:token.end] == token.text``."""

    text: str
    start: int
    end: int


def tokenize(text: str, kind: str) -> list[Token]:
    """The words of a text, in order; none hold a space, and no visible character is lost.

    Args:
        kind: one of :data:`KINDS`, or ``spacy:`` and the code of a language.

    Raises:
        SeqnlpError: an unknown kind, or spaCy is not there.
    """
    if text.isascii() or INVISIBLE.isdisjoint(text):
        return [Token(text[start:end], start, end) for start, end in _places(text, kind)]
    kept = [place for place, character in enumerate(text) if character not in INVISIBLE]
    shown = "".join(text[place] for place in kept)
    places = [(kept[start], kept[end - 1] + 1) for start, end in _places(shown, kind)]
    return [Token(text[start:end], start, end) for start, end in places]


def visible(word: str) -> str:
    """The word without invisible characters; one of nothing else stays as it is."""
    if word.isascii() or INVISIBLE.isdisjoint(word):
        return word
    return "".join(character for character in word if character not in INVISIBLE) or word


def _places(text: str, kind: str) -> Iterable[tuple[int, int]]:
    """Where words begin and end in a text without invisible characters."""
    if kind.startswith(PREFIX):
        return spacy_places(text, kind)
    return (match.span() for match in _compiled(kind).finditer(text))


@cache
def _compiled(kind: str) -> re.Pattern[str]:
    if kind not in KINDS:
        raise SeqnlpError(
            f"expected a tokenizer ({', '.join(KINDS)}, spacy:CODE), found '{kind}'{did_you_mean(kind, KINDS)}"
        )
    return re.compile(pattern_of(kind), re.VERBOSE)


def pattern_of(kind: str) -> str:
    """The pattern of one of :data:`KINDS`, written for ``re.VERBOSE``."""
    return _PATTERNS[kind]()
