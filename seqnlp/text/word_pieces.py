"""Words cut into the pieces of a fixed list, as the WordPieces of an encoder: ``playing`` is ``play`` and ``##ing``."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import groupby

CONTINUES = "##"
"""What a piece begins with that goes on in the middle of a word."""

MOST_PIECES = 32
"""Of a word of more pieces, such as a long address, half this many at each end are read."""


class WordPieces:
    """Which pieces a word is made of.

    A word is read lower-cased, so that a piece with capitals is never found. A character that occurs in no piece is
    decomposed (NFD) and loses its marks. Then the word is cut into runs of letters, digits and marks, every other
    character by itself, and each run from left to right into the longest pieces that fit: the first as it is written,
    the later ones among those with :data:`CONTINUES`. Where none fits, the other kind is tried; where that fails too,
    the character is skipped.

    Args:
        pieces: in the order of their rows; of one that occurs twice, the first counts.
    """

    def __init__(self, pieces: Sequence[str]) -> None:
        self.pieces = tuple(pieces)
        self._first: dict[str, int] = {}
        self._later: dict[str, int] = {}
        for row, piece in enumerate(pieces, start=1):
            continues = piece.startswith(CONTINUES) and piece != CONTINUES
            table = self._later if continues else self._first
            table.setdefault(piece.removeprefix(CONTINUES) if continues else piece, row)
        self._lengths = sorted({*map(len, self._first), *map(len, self._later)} - {0}, reverse=True)
        self._characters = {*"".join(self._first), *"".join(self._later)}

    def rows(self, word: str) -> list[int]:
        """Rows of the word's pieces, counted from 1, at most :data:`MOST_PIECES`; empty if nothing of it is known."""
        readable = "".join(map(self._readable, word.lower()))
        rows = [row for run in _runs(readable) for row in self._rows_of_run(run)]
        half = MOST_PIECES // 2
        return rows if len(rows) <= MOST_PIECES else rows[:half] + rows[-half:]

    def __len__(self) -> int:
        return len(self.pieces)

    def _readable(self, character: str) -> str:
        if character in self._characters:
            return character
        parts = unicodedata.normalize("NFD", character)
        return "".join(part for part in parts if unicodedata.category(part) != "Mn")

    def _rows_of_run(self, run: str) -> list[int]:
        rows = []
        start = 0
        while start < len(run):
            tables = (self._later, self._first) if start else (self._first, self._later)
            row, length = self._longest(run, start, tables)
            if row:
                rows.append(row)
            start += length
        return rows

    def _longest(self, run: str, start: int, tables: Sequence[dict[str, int]]) -> tuple[int, int]:
        """Row and length of the longest piece of the first table with one that fits; row 0 and length 1 if none."""
        for table in tables:
            for length in self._lengths:
                if start + length <= len(run) and (row := table.get(run[start : start + length])):
                    return row, length
        return 0, 1


def _runs(word: str) -> list[str]:
    """Runs of letters, digits and marks; every other character by itself."""
    if word.isalnum():  # nearly always
        return [word]
    runs = []
    for in_run, group in groupby(word, _in_run):
        together = "".join(group)
        runs += [together] if in_run else list(together)
    return runs


def _in_run(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM"
