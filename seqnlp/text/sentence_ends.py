"""Where the sentences of a line end, as far as that can be told without a model, and how many training lines have.

A full stop ends a sentence where a word with a capital, or of a script without capitals, comes next, and where the word
before it is no abbreviation, initial or ordinal number. When in doubt it ends none. Where training lines are
lower-cased, any letter may begin a sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

_MARKS, _OPENERS, _CLOSERS = ".!?…؟۔।॥", "\"'“„‘«»(\\[¿¡", "\"'“”‘’«»)\\]"
_END = re.compile(
    rf"(?<![{_MARKS}])(?P<mark>[{_MARKS}]+)[{_CLOSERS}]*\s+(?=[{_OPENERS}]*(?P<next>[^\s{_OPENERS}]))"
    "|(?<![。！？])[。！？]+(?![」』）”’。！？]|$)"
)
"""A mark, and what comes after the spaces behind it; in scripts that write none, a mark that closes no speech."""

_WORD = re.compile(rf"[^\s{_OPENERS}/–—-]*$")
"""The last word of a text."""

_TITLES = frozenset(
    (
        *("bzw", "ca", "dr", "dra", "etc", "fr", "hr", "inkl", "jr", "mag", "mlle", "mme", "mr", "mrs", "ms", "nr"),
        *("prof", "resp", "sr", "sra", "st", "str", "vgl", "vs", "zzgl"),
    )
)
"""What ends in a full stop and goes on with a capital, also where no training line shows it."""

_NUMBER, _SHORT = 2, 3
"""Digits of an ordinal number, and letters of an abbreviation in a script without capitals, at most."""

_LEARNED_FROM = 3
"""Lines in which an abbreviation stands, at least."""

_LONGEST = 40
"""Letters of a word that are looked at."""

_LOWERCASE = 0.9
"""Part of the training lines that begin with a small letter, at least, where all are lower-cased."""

_USUAL = 0.05
"""Part of the training lines that have so many sentences, or more."""


@dataclass(frozen=True, slots=True)
class SentenceHabits:
    """What lines a translator has learned from.

    Attributes:
        most: sentences that a line may have to be read at once; 0: any number.
        abbreviations: words, lower-cased and without their full stop, that end no sentence.
        lowercase: whether sentences begin with small letters, too.
    """

    most: int = 0
    abbreviations: tuple[str, ...] = ()
    lowercase: bool = False

    def parts(self, text: str) -> list[str]:
        """The text in stretches of at most ``most`` sentences; the text as it is where it has no more."""
        if not self.most:
            return [text]
        sentences = split_sentences(text, frozenset(self.abbreviations), self.lowercase)
        if len(sentences) <= self.most:
            return [text]
        return ["".join(sentences[n : n + self.most]).strip() for n in range(0, len(sentences), self.most)]


ANY_SENTENCES = SentenceHabits()
"""Of a model that does not say what it has learned from."""


def split_sentences(text: str, abbreviations: Collection[str] = (), lowercase: bool = False) -> list[str]:
    """The sentences of a line, each with the spaces after it; joined they are the text.

    Args:
        abbreviations: words, lower-cased and without their full stop, that end none, beside a few that are known.
        lowercase: whether sentences begin with small letters, too.
    """
    edges = [0, *(place for place, word in _ends(text, lowercase) if word not in abbreviations), len(text)]
    return [text[start:end] for start, end in pairwise(edges) if text[start:end].strip()]


def learn_habits(lines: Sequence[str]) -> SentenceHabits:
    """How many sentences training lines have: the most that one in twenty has, and the abbreviations in them.

    A word is an abbreviation if it stands before a full stop inside a line more often than at the end of one.
    """
    lowercase = sum(line.lstrip()[:1].islower() for line in lines) >= max(1, _LOWERCASE * len(lines))
    several = [line for line in lines if any(_ends(line, lowercase))]
    inside = Counter(word for line in several for word in {word for _, word in _ends(line, lowercase) if word})
    last = Counter(_last_word(line.rstrip().rstrip(".!?…")) for line in lines) if inside else Counter()
    learned = tuple(sorted(word for word, count in inside.items() if count >= max(_LEARNED_FROM, last[word] + 1)))
    known = frozenset(learned)
    counts = sorted((len(split_sentences(line, known, lowercase)) for line in several), reverse=True)
    usual = int(_USUAL * len(lines))
    return SentenceHabits(counts[usual] if usual < len(counts) else 1, learned, lowercase)


def _ends(text: str, lowercase: bool) -> Iterator[tuple[int, str]]:
    """Where sentences end inside a text (after the spaces), and the word before a single full stop, lower-cased."""
    for match in _END.finditer(text):
        mark, after = match["mark"], match["next"]
        if mark and (not after.isalpha() or (after.islower() and not lowercase)):
            continue
        word = _last_word(text[max(0, match.start() - _LONGEST) : match.start()]) if mark == "." else ""
        if not mark or not _goes_on(word, after):
            yield match.end(), word


def _last_word(text: str) -> str:
    """The last word, lower-cased; empty where a space is last."""
    match = _WORD.search(text[-_LONGEST:])
    return match[0].lower() if match else ""


def _goes_on(word: str, after: str) -> bool:
    """Whether a full stop after a word, and before a letter, ends no sentence."""
    if word.isdecimal():
        return len(word) <= _NUMBER
    uncased = after.upper() == after.lower() and len(word) <= _SHORT
    return bool(word) and (len(word) == 1 or "." in word or uncased or word in _TITLES)
