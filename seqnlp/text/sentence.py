"""The labelled sentence that every reader yields."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaggedSentence:
    """Words with one tag each, and where they stand in their file.

    Attributes:
        tokens: the words.
        tags: as many tags.
        line: line of the first word in its file (or row of the data set), from 1.
        lines: line of every word; empty where all of them stand on ``line``.
    """

    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    line: int
    lines: tuple[int, ...] = ()

    def line_of(self, position: int) -> int:
        """The line of the word at a position."""
        return self.lines[position] if self.lines else self.line
