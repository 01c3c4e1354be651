"""What in training pairs is probably no translation, or not meant to be learned as it stands."""

from __future__ import annotations

from collections.abc import Iterator

from seqnlp.data.shifted_pairs import SideLengths
from seqnlp.text.html_characters import html_character
from seqnlp.text.parallel import SentencePair

_MIN_COPIES, _COPIES = 5, 0.02
"""Pairs with equal sides that are said: so many, and such a part of all. Some names are the same in any language."""


class PairSuspicions:
    """Looks at pairs as they pass, and tells at the end what is odd about them."""

    def __init__(self) -> None:
        self._lengths = SideLengths()
        self._pairs = self._copies = self._entities = 0
        self._entity, self._entity_line, self._copy_line = "", 0, 0

    def add(self, pair: SentencePair) -> None:
        """The next pair, whether it is learned from or not."""
        self._pairs += 1
        self._lengths.add(pair)
        if pair.source == pair.target and any(map(str.isalpha, pair.source)):
            self._copies += 1
            self._copy_line = self._copy_line or pair.line
        if found := next(filter(None, map(html_character, (pair.source, pair.target))), ""):
            self._entities += 1
            self._entity, self._entity_line = self._entity or found, self._entity_line or pair.line

    def notes(self) -> Iterator[str]:
        """What to say of them."""
        if self._copies >= max(_MIN_COPIES, _COPIES * self._pairs):
            count = f"{self._copies:,} of {self._pairs:,} pairs have equal sides (first on line {self._copy_line:,})"
            yield f"{count}, and teach to copy; leave out those that are not translated"
        if self._entities:
            count = f"{self._entities:,} of {self._pairs:,} pairs"
            where = f"such as {self._entity} (first on line {self._entity_line:,})"
            yield f"{count} have characters written as in HTML, {where}; they are learned so: unescape them before"
        yield from self._lengths.notes()
