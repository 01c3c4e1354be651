"""The forward-backward algorithm in probability space, fast: one small matrix product a step.

Rabiner (1989), "A tutorial on hidden Markov models", III.A and V.A: weights are multiplied, not added up as logarithms,
and rescaled now and then. Float64 spans e^-708 to e^709, which is nearly always enough; where it is not, this module
notices and :mod:`seqnlp.nn.crf_log_space` takes over.

How it notices. After each rescaling ``TINY`` is added to every state, so none can vanish unseen: the states computed are
never less than the true ones (but for what falls below 1e-300 within the few steps between two rescalings). What was
added at a step adds at most ``TINY`` times the other direction's states to the total. So if at every step the two
directions agree on a total that is far greater than ``TINY``, nothing of weight was added and nothing was lost.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from seqnlp.nn.crf_chain import Chain, FloatArray, IntArray, ScoredChain

RESCALE_EVERY = 8
TINY = 1e-150
SAFE_TOTAL = 1e-100
SAFE_SCALE = 1e-140
VANISHED = 1e-130
"""A state below this holds nothing but TINY; it counts as impossible."""

SMALL_PRODUCT = 2**17
"""Multiply-adds up to which numpy is faster than torch, and well below where its BLAS would start threads of its own."""


class ScaledLattice:
    """Weights of all paths of a batch, in probability space.

    Attributes:
        log_partition: (B,) log of the summed weight of all paths.
        marginals: (S * B, N) probability of each tag at each row.
    """

    def __init__(self, scored: ScoredChain) -> None:
        self.chain: Chain = scored.chain
        grid = (self.chain.num_steps, self.chain.size, scored.num_tags + 1)
        table = scored.emission_table()  # (R + 1, N)
        peaks = torch.from_numpy(table).amax(dim=1, keepdim=True).numpy()  # (R + 1, 1)
        table -= peaks
        right = self.chain.spread(np.exp(table, table)).reshape(grid)  # (S, B, N) emission weights, until the sweep back
        self.transitions = scored.transitions
        self.shift = float(scored.transitions.ravel()[:-1].max())
        self.weights = np.exp(scored.transitions - self.shift)  # (N, N)
        self.weights[-1, -1] = 1.0  # staying on the boundary costs nothing

        self.left, after = np.empty(grid), np.empty(grid)  # (S, B, N)
        self.left[0], after[-1] = right[0], 1.0
        self.left_scales = _sweep(self.weights, right, self.left, self.left)  # (S, B)
        self.right_scales = _sweep(self.weights.T.copy(), right[::-1], after[::-1], right[::-1])[::-1]  # (S, B)
        self.right = right
        self.peaks = peaks[:, 0]
        after *= self.left
        self.marginals = after.reshape(-1, grid[2])  # (S * B, N)
        self.totals = torch.from_numpy(self.marginals).sum(dim=1, keepdim=True).numpy()  # (S * B, 1)
        self.marginals /= self.totals
        self.log_partition = self._log_partition()

    @property
    def is_safe(self) -> bool:
        """Whether no weight was lost (False also if a score is not a number)."""
        smallest_scale = min(self.left_scales.min(initial=1.0), self.right_scales.min(initial=1.0))
        return bool(self.totals.min(initial=1.0) > SAFE_TOTAL and smallest_scale > SAFE_SCALE)

    def transition_counts(self, weights: FloatArray) -> FloatArray:
        """Expected number (N, N) of each transition, sentences weighted by (B,)."""
        counts = torch.mm(*self._pairs(weights))  # (N, N)
        return counts.numpy() * self.weights

    def expected_transition_score(self) -> FloatArray:
        """Expected sum (B,) of the transition scores of a path."""
        before, right = self._pairs(np.ones(self.chain.size))
        scores = np.where(self.weights > 0, self.weights * self.transitions, 0.0)  # (N, N)
        moves = torch.mm(before.T, torch.from_numpy(scores)).mul_(right).sum(dim=1)  # ((S - 1) * B,)
        return moves.view(-1, self.chain.size).sum(dim=0).numpy()

    def log_left(self, rows: IntArray, tags: IntArray) -> FloatArray:
        """Log weights (n,) of all beginnings that reach a tag at a row, its emission included."""
        steps, sentences = np.divmod(rows, self.chain.size)
        scales = (np.log(self.left_scales) + self._peak_grid()).cumsum(axis=0).ravel()  # (S * B,)
        return _log(self.left.reshape(self.marginals.shape)[rows, tags]) + scales[rows] + steps * self.shift

    def log_right(self, rows: IntArray) -> FloatArray:
        """Log weights (n, N) of all endings that begin with each tag at a row, its emission included."""
        steps, sentences = np.divmod(rows, self.chain.size)
        scales = (np.log(self.right_scales) + self._peak_grid())[::-1].cumsum(axis=0)[::-1].ravel()  # (S * B,)
        shifts = (self.chain.lengths[sentences] + 1 - steps) * self.shift  # (n,)
        return _log(self.right.reshape(self.marginals.shape)[rows]) + (scales[rows] + shifts)[:, None]

    def _log_partition(self) -> FloatArray:
        moves = self.chain.lengths + (self.chain.lengths > 0)  # (B,) transitions that are not boundary to boundary
        logs = np.log(self.left_scales[::RESCALE_EVERY]).sum(axis=0) + np.log(self.left[-1, :, -1])  # (B,)
        return logs + self.chain.sum_by_sentence(self.peaks[:-1]) + moves * self.shift

    def _pairs(self, weights: FloatArray) -> tuple[torch.Tensor, torch.Tensor]:
        """States before (N, (S - 1) * B) and after each step; with the weights between, they give its probabilities."""
        factors = weights / self.totals.reshape(-1, self.chain.size)[:-1]  # (S - 1, B)
        before = (self.left[:-1] * factors[..., None]).reshape(-1, self.left.shape[2])  # ((S - 1) * B, N)
        return torch.from_numpy(before).T, torch.from_numpy(self.right[1:].reshape(before.shape))

    def _peak_grid(self) -> FloatArray:
        grid: FloatArray = self.chain.spread(self.peaks).reshape(self.left_scales.shape)  # (S, B)
        return grid


def _sweep(weights: FloatArray, emissions: FloatArray, before: FloatArray, after: FloatArray) -> FloatArray:
    """Run the recursion along the first axis of (S, B, N) arrays, from ``after[0]``.

    Fills ``before`` and ``after`` with the states before and after each step's emission; returns what the states were
    divided by at each step (S, B), 1 where they were not.
    """
    scales = np.ones(after.shape[:2])  # (S, B)
    multiply = np.dot if after[0].size * after.shape[2] <= SMALL_PRODUCT else _torch_dot
    state = after[0]  # (B, N)
    for step in range(1, len(after)):
        message, emission = before[step], emissions[step]  # (B, N)
        multiply(state, weights, message)
        state = np.multiply(message, emission, after[step])  # (B, N)
        if step % RESCALE_EVERY == 0:
            state /= state.max(axis=1, out=scales[step])[:, None]
            state += TINY
    return scales


def _torch_dot(left: FloatArray, right: FloatArray, out: FloatArray) -> None:
    """``np.dot`` on the threads that torch was given: numpy's own would fight with them for the cores."""
    torch.mm(torch.from_numpy(left), torch.from_numpy(right), out=torch.from_numpy(out))


def _log(weights: FloatArray) -> FloatArray:
    return np.log(weights, where=weights > VANISHED, out=np.full_like(weights, -np.inf))
