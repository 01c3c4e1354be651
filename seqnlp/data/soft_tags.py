"""What teachers say of the tags of sentences: all that a tagger can learn from their distribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqnlp.arrays import IntArray
from seqnlp.data.on_device import OnDevice


@dataclass(frozen=True)
class SoftTags:
    """Of the S sentences of a split, with W words in all; see :meth:`~seqnlp.nn.crf.CRF.cross_entropy`.

    Attributes:
        marginals: (W, K) float32 probability of each tag at each word.
        moves: (S, N, N) float32 expected number of each transition in each sentence.
        weights: (S,) float32 share of each sentence's loss that is the teachers'; 0 where they said nothing.
    """

    marginals: NDArray[np.float32]
    moves: NDArray[np.float32]
    weights: NDArray[np.float32]

    def batch(self, sentences: IntArray, words: IntArray, mask: NDArray[np.bool_]) -> SoftBatch:
        """What is said of B sentences (B,), whose words (R,) stand at the True places of a mask (B, T)."""
        marginals = np.zeros((*mask.shape, self.marginals.shape[1]), dtype=np.float32)  # (B, T, K)
        marginals[mask] = self.marginals[words]
        return SoftBatch(*map(torch.from_numpy, (marginals, self.moves[sentences], self.weights[sentences])))


@dataclass(frozen=True)
class SoftBatch(OnDevice):
    """Of a batch of B sentences.

    Attributes:
        marginals: (B, T, K), 0 at padding.
        moves: (B, N, N).
        weights: (B,) share of each sentence's loss that is the teachers'.
    """

    marginals: Tensor
    moves: Tensor
    weights: Tensor
