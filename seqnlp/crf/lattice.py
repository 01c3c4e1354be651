"""All paths of a batch at once: their summed weight, and what fraction of it goes through any part."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.crf.chain import Chain, ScoredChain
from seqnlp.crf.log_space import LogLattice
from seqnlp.crf.scaled import ScaledLattice


class Lattice(Protocol):
    """What both implementations of the forward-backward algorithm answer; arrays as in :class:`Chain`."""

    chain: Chain
    log_partition: FloatArray
    """(B,)"""
    marginals: FloatArray
    """(S * B, N)"""

    def transition_counts(self, weights: FloatArray) -> FloatArray:
        """Expected number (N, N) of each transition, sentences weighted by (B,)."""

    def moves_of_sentences(self) -> FloatArray:
        """Expected number (B, N, N) of each transition in each sentence."""

    def log_left(self, rows: IntArray, tags: IntArray) -> FloatArray:
        """Log weights (n,) of all beginnings that reach a tag at a row, its emission included."""

    def log_right(self, rows: IntArray) -> FloatArray:
        """Log weights (n, N) of all endings that begin with each tag at a row, its emission included."""


def build_lattice(scored: ScoredChain) -> Lattice:
    """The lattice of a batch: in probability space if float64 can hold it, else in log space."""
    with np.errstate(all="ignore"):  # not-a-number scores give not-a-number results, without a word
        scaled = ScaledLattice(scored)
        return scaled if scaled.is_safe else LogLattice(scored)
