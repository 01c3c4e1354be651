"""The forward-backward algorithm in log space: slower, never over- or underflows, easy to read.

Rabiner (1989), "A tutorial on hidden Markov models", III.A, with sums of products as log-sum-exp of sums.
"""

from __future__ import annotations

import numpy as np

from seqnlp.nn.crf_chain import FloatArray, IntArray, ScoredChain


class LogLattice:
    """Weights of all paths of a batch, as logarithms; the same answers as ``ScaledLattice``.

    Attributes:
        log_partition: (B,) log of the summed weight of all paths.
        marginals: (S * B, N) probability of each tag at each row.
    """

    def __init__(self, scored: ScoredChain) -> None:
        self.chain = scored.chain
        self.transitions = scored.transitions
        grid = (self.chain.num_steps, self.chain.size, scored.num_tags + 1)
        emissions = self.chain.spread(scored.emission_table()).reshape(grid)  # (S, B, N)
        self.left, self.right = emissions.copy(), emissions.copy()  # (S, B, N)
        after = np.zeros(grid)  # (S, B, N)
        for step in range(1, grid[0]):
            self.left[step] += log_product(self.left[step - 1], self.transitions)
        for step in range(grid[0] - 2, -1, -1):
            after[step] = log_product(self.right[step + 1], self.transitions.T)
            self.right[step] += after[step]
        self.log_partition = self.left[-1, :, -1]  # (B,)
        self.marginals = np.exp(self.left + after - self.log_partition[:, None]).reshape(-1, grid[2])  # (S * B, N)

    def transition_counts(self, weights: FloatArray) -> FloatArray:
        """Expected number (N, N) of each transition, sentences weighted by (B,)."""
        steps = range(1, self.chain.num_steps)
        return sum((np.tensordot(weights, self._moves(step), 1) for step in steps), np.zeros(self.transitions.shape))

    def expected_transition_score(self) -> FloatArray:
        """Expected sum (B,) of the transition scores of a path."""
        scores = np.where(self.transitions > -np.inf, self.transitions, 0.0)  # (N, N)
        steps = range(1, self.chain.num_steps)
        return sum((np.tensordot(self._moves(step), scores, 2) for step in steps), np.zeros(self.chain.size))

    def log_left(self, rows: IntArray, tags: IntArray) -> FloatArray:
        """Log weights (n,) of all beginnings that reach a tag at a row, its emission included."""
        return self.left.reshape(self.marginals.shape)[rows, tags]

    def log_right(self, rows: IntArray) -> FloatArray:
        """Log weights (n, N) of all endings that begin with each tag at a row, its emission included."""
        return self.right.reshape(self.marginals.shape)[rows]

    def _moves(self, step: int) -> FloatArray:
        """Probability (B, N, N) of each transition into a step."""
        ends = self.left[step - 1][:, :, None] + self.right[step][:, None, :]  # (B, N, N)
        return np.exp(ends + self.transitions - self.log_partition[:, None, None])


def log_product(left: FloatArray, right: FloatArray) -> FloatArray:
    """Matrix product (B, N) of logarithms (B, M) and (M, N): ``log(exp(left) @ exp(right))`` without overflow."""
    return log_sum(left[:, :, None] + right, axis=1)


def log_sum(logs: FloatArray, axis: int) -> FloatArray:
    """``log(sum(exp(logs)))`` along an axis; -inf where nothing is possible."""
    peak = logs.max(axis=axis, keepdims=True)
    peak[np.isneginf(peak)] = 0.0
    return np.log(np.exp(logs - peak).sum(axis=axis)) + peak.squeeze(axis)
