"""What in training pairs is probably no translation, or not meant to be learned as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seqnlp.data.shifted_pairs import SideLengths
from seqnlp.data.turned_pairs import LOOKED_AT, turned_note
from seqnlp.text.garbled import garbled, said_of_garbled
from seqnlp.text.html_characters import html_character
from seqnlp.text.parallel import SentencePair

_MIN_COPIES, _COPIES = 5, 0.02
"""Pairs with equal sides or with pieces that are said: so many, and such a part of all. Some names are the same in any
language."""


_PIECES = re.compile("@@( |$)|\u2581")
"""What stands in texts whose words another tool has cut into pieces."""


class PairSuspicions:
    """Looks at pairs as they pass, and tells at the end what is odd about them.

    Args:
        languages: what the source and the target are called.
    """

    def __init__(self, languages: tuple[str, str] = ("", "")) -> None:
        self._lengths, self._languages = SideLengths(), languages
        self._first = list[SentencePair]()  # that are looked at for their languages
        self._pairs = self._copies = self._entities = self._garbled = self._cut = 0
        self._entity, self._entity_line, self._copy_line, self._wrong = "", 0, 0, ""

    def add(self, pair: SentencePair) -> None:
        """The next pair, whether it is learned from or not."""
        self._pairs += 1
        self._lengths.add(pair)
        if len(self._first) < LOOKED_AT:
            self._first.append(pair)
        if wrong := garbled(pair.source) or garbled(pair.target):
            self._garbled, self._wrong = self._garbled + 1, self._wrong or wrong
        self._cut += any(_PIECES.search(text) is not None for text in (pair.source, pair.target))
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
        if note := said_of_garbled(self._garbled, self._pairs, "pairs", self._wrong):
            yield note
        if self._cut >= max(_MIN_COPIES, _COPIES * self._pairs):
            count = f"{self._cut:,} of {self._pairs:,} pairs"
            yield f"{count} have words in pieces (with '@@' or '\u2581'); join them: a translator cuts words itself"
        if self._entities:
            count = f"{self._entities:,} of {self._pairs:,} pairs"
            where = f"such as {self._entity} (first on line {self._entity_line:,})"
            yield f"{count} have characters written as in HTML, {where}; they are learned so: unescape them before"
        if note := turned_note(self._first, self._languages):
            yield note
        yield from self._lengths.notes()
