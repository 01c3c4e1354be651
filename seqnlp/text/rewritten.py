"""What a subword model reads otherwise than it is written: NFKC makes ``10²`` the same as ``102``."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable

from seqnlp.text.subwords import Subwords

EXAMPLES = 3


class Rewritten:
    """Counts the words that a subword model reads otherwise than they are written.

    Another way to compose a letter and its accent, capitals where the model knows none, and invisible characters that
    are left out are no other word.
    """

    def __init__(self, subwords: Subwords) -> None:
        self._subwords = subwords
        self._read: dict[str, str] = {}  # of each word that is not ASCII, as the model reads it; the same if so
        self.lines = 0
        self.words: Counter[str] = Counter()

    def add(self, texts: Iterable[str]) -> None:
        """Count those of some lines."""
        for text in texts:
            if text.isascii():
                continue
            changed = [word for word in text.split() if not word.isascii() and self._reads(word) != word]
            self.lines += bool(changed)
            self.words.update(changed)

    def examples(self) -> str:
        """The most frequent of them, in words; empty if there are none."""
        frequent = self.words.most_common(EXAMPLES)
        shown = ", ".join(f"{_quoted(word)} as {_quoted(self._read[word])}" for word, _ in frequent)
        return f"{shown}, ..." if len(self.words) > EXAMPLES else shown

    def _reads(self, word: str) -> str:
        if word not in self._read:
            read = self._subwords.reads(word)
            self._read[word] = word if _alike(word) == _alike(read) else read
        return self._read[word]


def reads_otherwise(subwords: Subwords, text: str) -> bool:
    """Whether a subword model reads other characters than a text has, whatever its spaces."""
    return not text.isascii() and subwords.reads(text).split() != text.split()


def _quoted(word: str) -> str:
    """A word in quotes, in which what cannot be seen is written as its number."""
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in word)
    return f"'{shown}'"


def _alike(word: str) -> str:
    seen = "".join(c for c in unicodedata.normalize("NFC", word) if unicodedata.category(c) != "Cf")
    return seen.casefold()
