"""Tags that are said word by word, each on its own, made one distribution over the legal sequences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.crf.chain import boundary_transitions, forbidden_moves
from seqnlp.crf.inference import LinearChainCRF
from seqnlp.data.batches import plan_in_order
from seqnlp.text.tags import legal_end, legal_start, legal_transitions

Rows = FloatArray | NDArray[np.float32]

SMALLEST = 1e-6
"""Probability of a tag, at least: something legal is left whatever is said."""

SENTENCES_AT_ONCE, WORDS_AT_ONCE = 256, 16384


class LegalSequences:
    """A CRF that weighs nothing but what is legal: ``q(y) ~ prod_t p_t(y_t)`` for legal y, else 0.

    Args:
        tags: K names.
        scheme: what is legal; ``none``: everything.
    """

    def __init__(self, tags: Sequence[str], scheme: str) -> None:
        self._tags, count = list(tags), len(tags)
        legal = (legal_start(tags, scheme), legal_end(tags, scheme), legal_transitions(tags, scheme))
        forbidden = forbidden_moves(*map(np.array, legal))  # (N, N)
        nothing = boundary_transitions(np.zeros(count), np.zeros(count), np.zeros((count, count)), forbidden)  # (N, N)
        self._crf = LinearChainCRF(nothing)

    def expectations(self, said: Sequence[Rows]) -> Iterator[tuple[int, FloatArray, FloatArray]]:
        """Of the probabilities (T, K) of each sentence: its number, marginals (T, K) and moves (N, N), in any order.

        Moves are expected numbers of transitions, as of :meth:`~seqnlp.crf.inference.LinearChainCRF.expectations`.
        """
        for batch, emissions, mask in self._batches(said):
            marginals, moves = self._crf.expectations(emissions, mask)  # (B, T, K), (B, N, N)
            for row, number in enumerate(batch):
                yield int(number), marginals[row, : len(said[number])], moves[row]

    def best(self, said: Sequence[Rows]) -> list[list[str]]:
        """The likeliest legal tags of each sentence."""
        tags: list[list[str]] = [[] for _ in said]
        for batch, emissions, mask in self._batches(said):
            for number, path in zip(batch, self._crf.viterbi(emissions, mask)[0], strict=True):
                tags[number] = [self._tags[tag] for tag in path[: len(said[number])]]
        return tags

    def _batches(self, said: Sequence[Rows]) -> Iterator[tuple[IntArray, NDArray[np.float64], NDArray[np.bool_]]]:
        """Numbers (B,) of sentences, their emissions (B, T, K) and mask (B, T)."""
        lengths = np.array([len(rows) for rows in said], dtype=np.int64)  # (S,)
        for batch in plan_in_order(lengths, SENTENCES_AT_ONCE, WORDS_AT_ONCE):
            mask = np.arange(lengths[batch].max()) < lengths[batch][:, None]  # (B, T)
            emissions = np.zeros((*mask.shape, len(self._tags)))  # (B, T, K)
            emissions[mask] = np.log(np.maximum(np.concatenate([said[number] for number in batch]), SMALLEST))
            yield batch, emissions, mask
