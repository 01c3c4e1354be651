"""What a network is to those that predict with it: a few functions from arrays to arrays, whatever computes them."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.int64]


class TaggerNetwork(Protocol):
    """Scores tags of words in their context."""

    def emissions(self, rows: FloatArray, lengths: IntArray, context: FloatArray | None = None) -> FloatArray:
        """Emissions (B, T, K), undefined at padding.

        Args:
            rows: (B, T, D) vectors of the words; anything finite at padding.
            lengths: (B,) words of each sentence, at least 1.
            context: (B, T, C) contextual embeddings, for a tagger that reads any.
        """
