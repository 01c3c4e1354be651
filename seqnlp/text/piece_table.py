"""Word pieces with a vector each: a word's vector is the mean of those of its pieces."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

from seqnlp.text.vectors import read_vectors
from seqnlp.text.word_pieces import WordPieces


class PieceTable:
    """Composes vectors of words.

    Args:
        pieces: P of them.
        values: (P, D).
    """

    def __init__(self, pieces: list[str], values: NDArray[np.float32]) -> None:
        self.pieces = WordPieces(pieces)
        self.values = values

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> PieceTable:
        """The pieces of a text file of vectors.

        Raises:
            DataError: it cannot be read, or holds something else (file and line).
        """
        return cls(*read_vectors(path))

    def vector(self, word: str) -> NDArray[np.float32] | None:
        """(D,), or None if the word has none of the pieces."""
        rows = self.pieces.rows(word)
        return self.values[np.array(rows) - 1].mean(axis=0) if rows else None
