"""The best continuations of each sentence, out of its hypotheses times the vocabulary."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.decode.steps import FloatArray as Scores
from seqnlp.decode.steps import Layout

CHUNK = 64


@dataclass(frozen=True, slots=True)
class Candidates:
    """Continuations, those of a sentence together and best first: parts of (M,).

    Attributes:
        sentence: ascending.
        parent: the row of the hypothesis that is continued.
        token: with which token.
        log_prob: of the token.
        total: of the whole output with it.
    """

    sentence: IntArray
    parent: IntArray
    token: IntArray
    log_prob: FloatArray
    total: FloatArray

    def __len__(self) -> int:
        return len(self.token)

    def __getitem__(self, which: NDArray[np.bool_] | IntArray) -> Candidates:
        return Candidates(
            self.sentence[which], self.parent[which], self.token[which], self.log_prob[which], self.total[which]
        )


def best_candidates(log_probs: Scores, totals: FloatArray, layout: Layout, widths: IntArray) -> Candidates:
    """The ``widths[b]`` best continuations of each sentence b; of equals the lower slot, then the lower token.

    Exactly those of a full sort, but most of the vocabulary is read only once: the k-th greatest of the maxima of
    chunks of 64 tokens is not above the k-th best candidate, so only chunks whose maximum reaches it are opened.
    A chunk is every C-th token, so that the maxima are taken along long rows.

    Args:
        log_probs: (N, V); minus infinity is never chosen.
        totals: (N,) log probabilities of the hypotheses.
        widths: (B,) how many to choose.
    """
    vocabulary = log_probs.shape[1]
    count = -(-vocabulary // CHUNK)  # C
    rows, chunks, bounds = _open_chunks(log_probs, totals, layout, int(widths.max(initial=0)))  # (M,)
    tokens = chunks[:, None] + count * np.arange(CHUNK)  # (M, 64), beyond V in chunks that are shorter
    flat = log_probs.ravel()  # (N * V,)
    gains = flat.take(rows[:, None] * vocabulary + tokens, mode="clip").astype(np.float64)  # (M, 64)
    values = gains + totals[rows, None]  # (M, 64)
    places = np.flatnonzero((values >= bounds[:, None]) & (tokens < vocabulary))  # (F,)
    parent, token, total = rows[places // CHUNK], tokens.ravel()[places], values.ravel()[places]
    sentence = layout.sentence[parent]
    order = _first(widths, sentence, np.lexsort((token, parent, -total, sentence)))
    return Candidates(sentence[order], parent[order], token[order], gains.ravel()[places[order]], total[order])


def _open_chunks(
    log_probs: Scores, totals: FloatArray, layout: Layout, width: int
) -> tuple[IntArray, IntArray, FloatArray]:
    """The row, the number and the sentence's bound of each chunk that may hold one of ``width`` best candidates."""
    maxima = _chunk_maxima(log_probs) + totals[:, None]  # (N, C)
    bounds = _kth_greatest(_per_sentence(maxima, layout), width)  # (B,)
    bounds = bounds[layout.sentence]  # (N,)
    rows, chunks = np.divmod(np.flatnonzero(maxima >= bounds[:, None]), maxima.shape[1])
    return rows, chunks, bounds[rows]


def _chunk_maxima(log_probs: Scores) -> Scores:
    """(N, C) of (N, V): the greatest of tokens c, c + C, c + 2C..."""
    size, vocabulary = log_probs.shape
    count = -(-vocabulary // CHUNK)
    whole = vocabulary // count * count
    maxima: Scores = log_probs[:, :whole].reshape(size, -1, count).max(axis=1)
    if whole < vocabulary:
        rest = maxima[:, : vocabulary - whole]
        np.maximum(rest, log_probs[:, whole:], out=rest)
    return maxima


def _per_sentence(maxima: FloatArray, layout: Layout) -> FloatArray:
    """(B, K * C) of (N, C), minus infinity where there is no hypothesis."""
    if not layout.is_full:
        grid = np.full((layout.num_sentences * layout.width, maxima.shape[1]), -np.inf)
        grid[layout.place] = maxima
        maxima = grid
    return maxima.reshape(layout.num_sentences, -1)


def _kth_greatest(grid: FloatArray, k: int) -> FloatArray:
    """(B,) the k-th greatest of each row, or the least finite number if it has no so many finite ones."""
    lowest = np.finfo(np.float64).min
    if grid.shape[1] < k:
        return np.full(len(grid), lowest)
    place = grid.shape[1] - k
    return np.maximum(np.partition(grid, place, axis=1)[:, place], lowest)


def _first(widths: IntArray, sentence: IntArray, order: IntArray) -> IntArray:
    """Of candidates in order, sentence by sentence, as many as each sentence may have."""
    sentence = sentence[order]
    starts = np.searchsorted(sentence, np.arange(len(widths)))  # (B,)
    ranks = np.arange(len(order)) - starts[sentence]
    return order[ranks < widths[sentence]]
