"""Whether the rows of a sentence follow each other in a table of one word a row."""

from __future__ import annotations

from collections.abc import Hashable

from seqnlp.errors import DataError

_MIN_STRETCHES = 20
"""Stretches of rows from which on their order is no accident."""


class SentenceOrder:
    """Stretches of rows that one sentence has, as they come. Numbers that begin anew in each document come again, too,
    but then most stretches have several words.
    """

    def __init__(self) -> None:
        self._seen: set[Hashable] = set()
        self._words = self._stretches = self._again = 0
        self._before: Hashable = None
        self._first: tuple[str, object] | None = None

    def add(self, key: Hashable, shown: str, place: object) -> None:
        """Take the next row.

        Args:
            key: tells its sentence.
            shown: what its field for the sentence holds.
            place: where it stands, for a message.
        """
        self._words += 1
        if self._stretches and key == self._before:
            return
        self._stretches, self._before = self._stretches + 1, key
        if key in self._seen:
            self._again += 1
            self._first = self._first or (shown, place)
        self._seen.add(key)

    def refuse_scattered(self, source: object, unit: str) -> None:
        """Stop where the rows were mixed: most stretches have one word, of a sentence that was there before.

        Args:
            unit: what ``place`` counts.

        Raises:
            DataError: with the first such row.
        """
        mixed = 2 * self._again > self._stretches >= _MIN_STRETCHES and self._words < 2 * self._stretches
        if not (mixed and self._first):
            return
        shown, place = self._first
        found = f"found '{shown[:40]}' again in {unit} {place}, and {self._stretches:,} such stretches of rows"
        remedy = (
            "put them back into the order of the text, and split the table by sentences (data.dev=10%), not by rows"
        )
        raise DataError(f"expected the rows of a sentence one after the other, {found}; {remedy}", source)
