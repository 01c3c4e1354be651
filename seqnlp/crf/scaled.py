"""The forward-backward algorithm in probability space, fast: one small matrix product a step.

Rabiner (1989), "A tutorial on hidden Markov models", III.A and V.A: weights are multiplied, not added up as logarithms,
and rescaled now and then. Float64 spans e^-708 to e^709, which is nearly always enough; where it is not, this module
notices, and :mod:`seqnlp.crf.log_space` takes over.

How it notices: at each rescaling ``TINY`` is added to every state, so that no path can vanish unseen. What was added
makes up at most ``TINY`` times the other direction's states of the total weight found at that step. So if at every step
the two directions agree on a total far above ``TINY``, nothing of weight was added, hence none was lost. (Between two
rescalings a state may fall below 1e-308 and vanish; what is added next is more than it was.)
"""

from __future__ import annotations

import numpy as np

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.crf.chain import Array, ScoredChain

RESCALE_EVERY = 8
TINY = 1e-150
SAFE_TOTAL = 1e-100
SAFE_SCALE = 1e-140
VANISHED = 1e-130
"""A state below this holds little but TINY; it counts as impossible."""

MAX_PRODUCT = 2**17
"""Multiply-adds of one matrix product. NumPy's BLAS starts threads for larger ones, which fight with those of torch."""


class ScaledLattice:
    """Weights of all paths of a batch, in probability space.

    Attributes:
        log_partition: (B,) log of the summed weight of all paths.
        marginals: (S * B, N) probability of each tag at each row.
        left, right: (S, B, N) scaled weights of all beginnings that reach, and all endings that begin with, each tag.
    """

    def __init__(self, scored: ScoredChain) -> None:
        self.chain = scored.chain
        self.transitions = scored.transitions
        table = scored.emission_table()  # (R + 1, N)
        self.peaks = _subtract_peaks(table)  # (R + 1,)
        emissions = self.chain.spread(np.exp(table, table))  # (S, B, N)
        self.shift = float(scored.transitions.ravel()[:-1].max())
        self.weights = np.exp(scored.transitions - self.shift)  # (N, N)
        self.weights[-1, -1] = 1.0  # staying on the boundary costs nothing

        self.left, after = np.empty_like(emissions), np.empty_like(emissions)  # (S, B, N)
        self.left[0], after[-1] = emissions[0], 1.0
        self.left_scales = _sweep(self.weights, emissions, self.left, self.left)  # (S / 8, B)
        self.right = emissions  # from its end on, the sweep back turns each step's emissions into its states
        self.right_scales = _sweep(self.weights.T.copy(), emissions[::-1], after[::-1], self.right[::-1])  # mirrored
        after *= self.left
        self.totals = _divide_by_sums(after)  # (S, B)
        self.marginals = after.reshape(-1, len(self.weights))  # (S * B, N)
        self.log_partition = self._log_partition()

    @property
    def is_safe(self) -> bool:
        """Whether no weight was lost (False also if a score is not a number)."""
        smallest_scale = min(float(part.min(initial=1.0)) for part in (self.left_scales, self.right_scales))
        return float(self.totals.min(initial=1.0)) > SAFE_TOTAL and smallest_scale > SAFE_SCALE

    def transition_counts(self, weights: FloatArray) -> FloatArray:
        """Expected number (N, N) of each transition, sentences weighted by (B,)."""
        factors = weights / self.totals[:-1]  # (S - 1, B)
        before = (self.left[:-1] * factors[..., None]).reshape(-1, len(self.weights))  # ((S - 1) * B, N)
        after = self.right[1:].reshape(-1, len(self.weights))  # ((S - 1) * B, N)
        counts = np.zeros_like(self.weights)  # (N, N)
        for rows in _blocks(len(before), counts.size):
            counts += before[rows].T @ after[rows]
        return counts * self.weights

    def moves_of_sentences(self) -> FloatArray:
        """Expected number (B, N, N) of each transition in each sentence."""
        before = self.left[:-1] / self.totals[:-1, :, None]  # (S - 1, B, N)
        counts: FloatArray = before.transpose(1, 2, 0) @ self.right[1:].transpose(1, 0, 2)  # (B, N, N)
        return counts * self.weights

    def log_left(self, rows: IntArray, tags: IntArray) -> FloatArray:
        """Log weights (n,) of all beginnings that reach a tag at a row, its emission included."""
        scales = self._log_scales(self.left_scales) + self.chain.spread(self.peaks)  # (S, B)
        offsets = scales.cumsum(axis=0).ravel()[rows] + rows // self.chain.size * self.shift  # (n,)
        logs: FloatArray = _log(self.left.reshape(self.marginals.shape)[rows, tags]) + offsets
        return logs

    def log_right(self, rows: IntArray) -> FloatArray:
        """Log weights (n, N) of all endings that begin with each tag at a row, its emission included."""
        scales = self._log_scales(self.right_scales) + self.chain.spread(self.peaks)[::-1]  # (S, B), mirrored
        steps, sentences = np.divmod(rows, self.chain.size)
        moves = self.chain.lengths[sentences] + 1 - steps  # (n,)
        offsets = scales.cumsum(axis=0)[::-1].ravel()[rows] + moves * self.shift  # (n,)
        logs: FloatArray = _log(self.right.reshape(self.marginals.shape)[rows]) + offsets[:, None]
        return logs

    def _log_partition(self) -> FloatArray:
        moves = self.chain.lengths + (self.chain.lengths > 0)  # (B,) transitions that are not boundary to boundary
        logs: FloatArray = np.log(self.left_scales).sum(axis=0) + np.log(self.left[-1, :, -1])  # (B,)
        return logs + self.chain.sum_by_sentence(self.peaks[:-1]) + moves * self.shift

    def _log_scales(self, scales: FloatArray) -> FloatArray:
        """Logs (S, B) of what the states were divided by at each step."""
        logs = np.zeros(self.left.shape[:2])  # (S, B)
        logs[::RESCALE_EVERY] = np.log(scales)
        return logs


def _sweep(weights: FloatArray, emissions: Array, before: Array, after: Array) -> FloatArray:
    """Run the recursion along the first axis of (S, B, N) arrays, from ``after[0]``.

    Fills ``before`` and ``after`` with the states before and after each step's emission; returns what the states were
    divided by at each eighth step (S / 8, B).
    """
    state = after[0]  # (B, N)
    scales = np.ones((-(-len(after) // RESCALE_EVERY), len(state)))  # (S / 8, B)
    blocks = _blocks(len(state), weights.size)
    for step, (message, emission, out) in enumerate(zip(before[1:], emissions[1:], after[1:], strict=True), start=1):
        for rows in blocks:
            np.dot(state[rows], weights, message[rows])  # (b, N)
        state = np.multiply(message, emission, out)  # (B, N)
        if step % RESCALE_EVERY == 0:
            state /= state.max(axis=1, out=scales[step // RESCALE_EVERY])[:, None]
            state += TINY
    return scales


def _blocks(num_rows: int, products_per_row: int) -> list[slice]:
    """Cut the rows of a matrix so that the product of each block needs at most MAX_PRODUCT multiply-adds."""
    size = max(MAX_PRODUCT // products_per_row, 1)
    return [slice(start, start + size) for start in range(0, num_rows, size)]


def _subtract_peaks(logs: Array) -> FloatArray:
    """Subtract from each row (R, N) its largest value, in place; returns those (R,)."""
    # Reducing by segments of the flat array is several times faster than `max(axis=1)` along short rows.
    peaks: FloatArray = np.maximum.reduceat(logs.ravel(), np.arange(0, logs.size, logs.shape[1]))  # (R,)
    logs -= peaks[:, None]
    return peaks


def _divide_by_sums(weights: Array) -> FloatArray:
    """Divide each row of (S, B, N) by its sum, in place; returns the sums (S, B)."""
    sums: FloatArray = np.einsum("sbn->sb", weights)  # (S, B); several times faster than `sum(axis=2)`
    weights /= sums[..., None]
    return sums


def _log(weights: Array) -> FloatArray:
    return np.log(weights, where=weights > VANISHED, out=np.full(weights.shape, -np.inf))
