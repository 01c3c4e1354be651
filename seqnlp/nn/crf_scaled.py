"""The forward-backward algorithm in probability space, fast: one small matrix product a step.

Rabiner (1989), "A tutorial on hidden Markov models", III.A and V.A: weights are multiplied, not added up as logarithms,
and rescaled now and then. Float64 spans e^-708 to e^709, which is nearly always enough; where it is not, this module
notices, and :mod:`seqnlp.nn.crf_log_space` takes over.

How it notices: at each rescaling ``TINY`` is added to every state, so that no path can vanish unseen. What was added
makes up at most ``TINY`` times the other direction's states of the total weight found at that step. So if at every step
the two directions agree on a total far above ``TINY``, nothing of weight was added, hence none was lost. (Between two
rescalings a state may fall below 1e-308 and vanish; what is added next is more than it was.)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from seqnlp.nn.crf_chain import Array, FloatArray, IntArray, ScoredChain

RESCALE_EVERY = 8
TINY = 1e-150
SAFE_TOTAL = 1e-100
SAFE_SCALE = 1e-140
VANISHED = 1e-130
"""A state below this holds little but TINY; it counts as impossible."""

SMALL_PRODUCT = 2**17
"""Multiply-adds up to which numpy is faster than torch, and well below where its BLAS starts threads of its own."""


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
        before, after = self._pairs(weights)
        counts = np.empty_like(self.weights)  # (N, N)
        _product(before.T, after)(before.T, after, counts)
        return counts * self.weights

    def expected_transition_score(self) -> FloatArray:
        """Expected sum (B,) of the transition scores of a path."""
        before, after = self._pairs(np.ones(self.chain.size))
        moves = np.empty_like(before)  # ((S - 1) * B, N)
        scores = self.weights * np.where(self.weights > 0, self.transitions, 0.0)  # (N, N)
        _product(before, scores)(before, scores, moves)
        moves *= after
        expected: FloatArray = moves.reshape(len(self.left) - 1, *self.left.shape[1:]).sum(axis=(0, 2))  # (B,)
        return expected

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

    def _pairs(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """States ((S - 1) * B, N) before and after each step; with the weights between, they give its probabilities."""
        factors = torch.from_numpy(weights / self.totals[:-1])  # (S - 1, B)
        before = (torch.from_numpy(self.left[:-1]) * factors[..., None]).numpy()  # (S - 1, B, N)
        return before.reshape(-1, len(self.weights)), self.right[1:].reshape(-1, len(self.weights))

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
    multiply = _product(state, weights)
    for step, (message, emission, out) in enumerate(zip(before[1:], emissions[1:], after[1:], strict=True), start=1):
        multiply(state, weights, message)  # (B, N)
        state = np.multiply(message, emission, out)  # (B, N)
        if step % RESCALE_EVERY == 0:
            state /= state.max(axis=1, out=scales[step // RESCALE_EVERY])[:, None]
            state += TINY
    return scales


def _product(left: Array, right: Array) -> Callable[[Array, Array, Array], object]:
    """The fastest way to write the matrix product of two such arrays into a third.

    Above a certain size numpy's BLAS starts threads of its own, which fight with torch's for the cores.
    """
    return np.dot if left.size * right.shape[1] <= SMALL_PRODUCT else _torch_dot


def _torch_dot(left: Array, right: Array, out: Array) -> None:
    torch.mm(torch.from_numpy(left), torch.from_numpy(right), out=torch.from_numpy(out))


def _subtract_peaks(logs: Array) -> FloatArray:
    """Subtract from each row (R, N) its largest value, in place; returns those (R,). Torch is fast along short rows."""
    tensor = torch.from_numpy(logs)
    peaks = tensor.amax(dim=1)
    tensor.sub_(peaks[:, None])
    return np.asarray(peaks.numpy())


def _divide_by_sums(weights: Array) -> FloatArray:
    """Divide each row of (S, B, N) by its sum, in place; returns the sums (S, B)."""
    tensor = torch.from_numpy(weights)
    sums = tensor.sum(dim=2)
    tensor.div_(sums[..., None])
    return np.asarray(sums.numpy())


def _log(weights: Array) -> FloatArray:
    return np.log(weights, where=weights > VANISHED, out=np.full(weights.shape, -np.inf))
