"""The forward-backward algorithm in log space: slower, but it never over- or underflows, and it is easy to read.

Rabiner (1989), "A tutorial on hidden Markov models", III.A, with sums of products as log-sum-exp of sums.
"""

from __future__ import annotations

import numpy as np

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.crf.chain import Array, ScoredChain


class LogLattice:
    """Weights of all paths of a batch, as logarithms; the same answers as ``ScaledLattice``.

    Attributes:
        log_partition: (B,) log of the summed weight of all paths.
        marginals: (S * B, N) probability of each tag at each row.
        left, right: (S, B, N) log weights of all beginnings that reach, and all endings that begin with, each tag.
    """

    def __init__(self, scored: ScoredChain) -> None:
        self.chain = scored.chain
        self.transitions = scored.transitions
        emissions = self.chain.spread(scored.emission_table())  # (S, B, N)
        last = len(emissions) - 1
        self.left, self.right, after = emissions.copy(), emissions.copy(), np.zeros_like(emissions)  # (S, B, N)
        for step in range(1, last + 1):
            self.left[step] += log_product(self.left[step - 1], self.transitions)
        for step in range(last - 1, -1, -1):
            after[step] = log_product(self.right[step + 1], self.transitions.T)
            self.right[step] += after[step]
        self.log_partition: FloatArray = self.left[last, :, -1]  # (B,)
        probabilities = np.exp(self.left + after - self.log_partition[:, None])  # (S, B, N)
        self.marginals = probabilities.reshape(-1, len(self.transitions))

    def transition_counts(self, weights: FloatArray) -> FloatArray:
        """Expected number (N, N) of each transition, sentences weighted by (B,)."""
        counts: FloatArray = np.tensordot(weights, self.moves_of_sentences(), axes=1)  # (N, N)
        return counts

    def moves_of_sentences(self) -> FloatArray:
        """Expected number (B, N, N) of each transition in each sentence."""
        counts = np.zeros((self.chain.size, *self.transitions.shape))  # (B, N, N)
        for step in range(1, self.chain.num_steps):
            counts += self.moves(step)
        return counts

    def log_left(self, rows: IntArray, tags: IntArray) -> FloatArray:
        """Log weights (n,) of all beginnings that reach a tag at a row, its emission included."""
        logs: FloatArray = self.left.reshape(self.marginals.shape)[rows, tags]
        return logs

    def log_right(self, rows: IntArray) -> FloatArray:
        """Log weights (n, N) of all endings that begin with each tag at a row, its emission included."""
        logs: FloatArray = self.right.reshape(self.marginals.shape)[rows]
        return logs

    def moves(self, step: int) -> FloatArray:
        """Probability (B, N, N) of each transition into a step."""
        ends = self.left[step - 1][:, :, None] + self.right[step][:, None, :]  # (B, N, N)
        moves: FloatArray = np.exp(ends + self.transitions - self.log_partition[:, None, None])
        return moves


def log_product(left: Array, right: Array) -> FloatArray:
    """Matrix product (B, N) of logarithms (B, M) and (M, N): ``log(exp(left) @ exp(right))`` without overflow."""
    return log_sum(left[:, :, None] + right)


def log_sum(logs: Array) -> FloatArray:
    """``log(sum(exp(logs)))`` along axis 1; -inf where nothing is possible."""
    peak = logs.max(axis=1, keepdims=True)
    peak[np.isneginf(peak)] = 0.0
    total: FloatArray = np.log(np.exp(logs - peak).sum(axis=1)) + peak.squeeze(1)
    return total
