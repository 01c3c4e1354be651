"""Vectors of word forms, computed once a form and kept: they do not depend on the context."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor

from seqnlp.data.collate import word_rows
from seqnlp.data.lexicon import Lexicon, WordFeatures
from seqnlp.nn.embed import WordEmbedder

CAPACITY = 200_000
"""Word forms kept before all are forgotten."""

ROWS_AT_ONCE = 2048


class WordVectors:
    """The table of all forms seen; a form seen before costs one row look-up.

    Args:
        embedder: computes the vectors, in inference mode.
        features: how a form becomes numbers.
        device: where the table is.
    """

    def __init__(self, embedder: WordEmbedder, features: WordFeatures, device: torch.device) -> None:
        self._embedder = embedder
        self._lexicon = Lexicon(features, capacity=CAPACITY)
        self._rows = torch.zeros(0, embedder.output_dim, device=device)  # (forms, D)
        self._num_rows = 0

    def indices(self, sentences: Iterable[Iterable[str]]) -> list[list[int]]:
        """Numbers of the forms of each sentence. All sentences of one call may be used until the next."""
        if self._lexicon.make_room():
            self._num_rows = 0
        found = [self._lexicon.indices(words) for words in sentences]
        with torch.inference_mode():
            self._compute_new_rows()
        return found

    @property
    def rows(self) -> Tensor:
        """(forms, D) by number; longer than there are forms."""
        return self._rows

    def _compute_new_rows(self) -> None:
        """Compute the vectors of word forms seen for the first time; the table doubles when it is full."""
        first, last = self._num_rows, len(self._lexicon)
        if first == last:
            return
        if last > len(self._rows):
            grown = self._rows.new_zeros(max(2 * last, 1024), self._rows.size(1))  # (forms, D)
            grown[:first] = self._rows[:first]
            self._rows = grown
        for start in range(first, last, ROWS_AT_ONCE):
            forms = np.arange(start, min(start + ROWS_AT_ONCE, last))  # (U,)
            rows = word_rows(self._lexicon, forms).to(self._rows.device)
            self._rows[start : start + len(forms)] = self._embedder(rows)
        self._num_rows = last
