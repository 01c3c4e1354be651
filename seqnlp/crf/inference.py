"""A trained CRF that answers: arrays in, arrays out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.crf.chain import Array, ScoredChain, refuse_impossible, refuse_undefined, score_chain
from seqnlp.crf.constrained import greedy_tags
from seqnlp.crf.entropy import path_entropy
from seqnlp.crf.k_best import k_best_paths, refuse_count
from seqnlp.crf.lattice import Lattice, build_lattice
from seqnlp.crf.posterior import segment_log_probabilities, segment_rows, token_marginals
from seqnlp.crf.viterbi import best_paths

Mask = NDArray[np.bool_]

POINTERS_AT_ONCE = 2**24
"""That the k best paths of several sentences are found with: see :func:`~seqnlp.crf.k_best.k_best_paths`."""


class LinearChainCRF:
    """The questions that a CRF answers after training; emissions are (B, T, K), masks (B, T) bool.

    Args:
        transitions: (N, N) from :func:`~seqnlp.crf.chain.boundary_transitions`.
    """

    def __init__(self, transitions: FloatArray) -> None:
        self.transitions = transitions

    def viterbi(self, emissions: Array, mask: Mask) -> tuple[IntArray, FloatArray]:
        """The best tags (B, T), 0 where masked, and their scores (B,)."""
        scored = self._score(emissions, mask)
        tags, scores = best_paths(scored)  # (R,), (B,)
        return _padded(scored, tags, mask), scores

    def greedy(self, emissions: Array, mask: Mask) -> IntArray:
        """The best legal tags (B, T) from left to right, 0 where masked; scores of transitions do not count."""
        scored, legal = score_chain(emissions, mask, self.transitions), self.transitions > -np.inf
        tags = greedy_tags(scored.chain, scored.tokens, legal[-1, :-1], legal[:-1, -1], legal[:-1, :-1])  # (R,)
        return _padded(scored, tags, mask)

    def nbest(self, emissions: Array, mask: Mask, k: int, temperature: float = 1.0) -> tuple[IntArray, FloatArray]:
        """The k most probable sequences (B, k, T), best first, 0 where masked, and their log probabilities (B, k).

        A sentence with fewer than k legal sequences has -inf, and tags 0, at the ranks that are missing.

        Raises:
            SeqnlpError: as :func:`~seqnlp.crf.k_best.k_best_paths`.
        """
        refuse_count(k)
        partition = _lattice(self._score(emissions, mask, temperature)).log_partition  # (B,)
        size, width = mask.shape
        tags = np.zeros((size, k, width), dtype=np.int64)  # (B, k, T)
        scores = np.zeros((size, k))  # (B, k)
        at_once = max(1, POINTERS_AT_ONCE // max(1, (width + 2) * len(self.transitions) * k))
        for first in range(0, size, at_once):  # memory does not grow with the batch
            some = slice(first, first + at_once)
            scored = self._score(emissions[some], mask[some], temperature)
            paths, scores[some] = k_best_paths(scored, k)  # (r, k), (b, k)
            tags[some] = _padded(scored, paths, mask[some]).transpose(0, 2, 1)
        return tags, np.minimum(scores - partition[:, None], 0.0)

    def marginals(self, emissions: Array, mask: Mask, temperature: float = 1.0) -> FloatArray:
        """Probability (B, T, K) of each tag at each token; 0 where masked."""
        return token_marginals(_lattice(self._score(emissions, mask, temperature))).reshape(emissions.shape)

    def expectations(self, emissions: Array, mask: Mask, temperature: float = 1.0) -> tuple[FloatArray, FloatArray]:
        """What a linear-chain model is expected to do: all that another one can learn from it.

        Returns:
            The probability (B, T, K) of each tag at each token, 0 where masked, and the expected number (B, N, N) of
            each transition in each sentence; tag K is the boundary, which stays itself 0 times.
        """
        lattice = _lattice(self._score(emissions, mask, temperature))
        with np.errstate(all="ignore"):
            moves = lattice.moves_of_sentences()  # (B, N, N)
        moves[:, -1, -1] = 0.0
        return token_marginals(lattice).reshape(emissions.shape), moves

    def entropy(self, emissions: Array, mask: Mask, temperature: float = 1.0) -> FloatArray:
        """Entropy (B,) in nats of the distribution over whole sequences; 0 for an empty sentence."""
        scored = self._score(emissions, mask, temperature)
        return path_entropy(scored)

    def span_log_probabilities(
        self,
        emissions: Array,
        mask: Mask,
        places: IntArray,
        tags: IntArray,
        forbidden_next: IntArray,
        temperature: float = 1.0,
    ) -> FloatArray:
        """Log probabilities (n,) of spans: that their tokens have these tags, whatever the others have.

        Args:
            places: (3, n) sentence in the batch, position of the first token, position after the last one.
            tags: (3, n) of the first token, of all inner ones, of the last one; a single token has the first.
            forbidden_next: (n,) a tag that must not follow, or -1.
            temperature: all scores are divided by it.

        Returns:
            Exact but for probabilities below about 1e-100, which may be given as 0.

        Raises:
            SeqnlpError: a span without tokens or outside its sentence.
        """
        scored = self._score(emissions, mask, temperature)
        starts, ends = segment_rows(scored.chain, emissions.shape[1], places)  # (n,), (n,)
        lattice = _lattice(scored)
        with np.errstate(all="ignore"):
            return segment_log_probabilities(scored, lattice, starts, ends, tags, forbidden_next)

    def _score(self, emissions: Array, mask: Mask, temperature: float = 1.0) -> ScoredChain:
        return refuse_undefined(score_chain(emissions, mask, self.transitions, temperature))


def _padded(scored: ScoredChain, tags: IntArray, mask: Mask) -> IntArray:
    """Tags (B, T, ...) in their places from those of the real tokens (R, ...)."""
    padded = np.zeros((mask.size, *tags.shape[1:]), dtype=np.int64)  # (B * T, ...)
    padded[scored.chain.positions] = tags
    return padded.reshape(*mask.shape, *tags.shape[1:])


def _lattice(scored: ScoredChain) -> Lattice:
    """All paths at once.

    Raises:
        SeqnlpError: a sentence has no legal tags at all, so that nothing has a probability.
    """
    lattice = build_lattice(scored)
    refuse_impossible(scored.chain, lattice.log_partition)
    return lattice
