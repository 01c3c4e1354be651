"""Vectors of word forms, computed once a form and kept: they do not depend on the context."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import Any

import numpy as np

from seqnlp.data.lexicon import Lexicon, WordFeatures
from seqnlp.networks.protocol import FloatArray, WordEmbedding

MAX_BYTES = 32 * 2**20
"""What the forms that are kept may take; above it all are forgotten."""

BYTES_OF_A_FORM = 400
"""What a form takes beside its vector: its text, ids and characters, roughly."""

ROWS_AT_ONCE = 2048


class WordVectors:
    """The table of the forms seen; a form seen before costs one row look-up. Any number of threads may use it.

    Args:
        embedder: computes the vectors.
        features: how a form becomes numbers.
        max_bytes: of the forms kept, which bounds memory on an endless stream; one call may go beyond it.
    """

    def __init__(self, embedder: WordEmbedding, features: WordFeatures, max_bytes: int = MAX_BYTES) -> None:
        self._embedder = embedder
        self._lexicon = Lexicon(features, capacity=max_bytes // (4 * embedder.output_dim + BYTES_OF_A_FORM))
        self._rows: FloatArray = np.zeros((0, embedder.output_dim), np.float32)  # (forms, D)
        self._num_rows = 0
        self._lock = Lock()

    def look_up(self, sentences: Iterable[Iterable[str]]) -> tuple[list[list[int]], FloatArray]:
        """Numbers of the forms of each sentence, and the rows (forms, D) that they count, longer than there are forms.

        The two belong together and stay valid: rows that were handed out are never written again.
        """
        with self._lock:
            if self._lexicon.make_room():
                self._rows, self._num_rows = self._rows[:0], 0
            ids = [self._lexicon.indices(words) for words in sentences]
            self._compute_new_rows()
            return ids, self._rows

    def __getstate__(self) -> dict[str, Any]:
        """A lock cannot be copied or pickled; a copy has its own."""
        return {name: value for name, value in self.__dict__.items() if name != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = Lock()

    def _compute_new_rows(self) -> None:
        """Compute the vectors of word forms seen for the first time; the table doubles when it is full."""
        first, last = self._num_rows, len(self._lexicon)
        if first == last:
            return
        if last > len(self._rows):
            grown = np.zeros((max(2 * last, 1024), self._rows.shape[1]), np.float32)  # (forms, D)
            grown[:first] = self._rows[:first]
            self._rows = grown
        for start in range(first, last, ROWS_AT_ONCE):
            forms = np.arange(start, min(start + ROWS_AT_ONCE, last))  # (U,)
            self._rows[start : start + len(forms)] = self._embedder.vectors(self._lexicon, forms)
        self._num_rows = last
