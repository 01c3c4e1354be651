"""The k best tag sequences of each sentence (Seshadri & Sundberg 1994)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.crf.chain import ScoredChain, refuse_impossible
from seqnlp.errors import SeqnlpError

MAX_PATHS = 1000
"""The most paths of one sentence that are found."""

MAX_POINTERS = 2**28
"""Of 4 bytes each, that are kept to find the k best: one for each token, tag and rank."""


def k_best_paths(scored: ScoredChain, k: int) -> tuple[IntArray, FloatArray]:
    """The tags (R, k) of the k best paths of each sentence, best first, and their scores (B, k).

    Ranks that a sentence does not have score -inf and have tags 0.

    Raises:
        SeqnlpError: ``k`` is less than 1, more than :data:`MAX_PATHS` or more than there is room for in a batch of so
            many tokens, or a sentence has no legal tags.
    """
    refuse_count(k)
    chain = scored.chain
    limit = MAX_POINTERS // max(1, chain.num_steps * chain.size * (scored.num_tags + 1))
    if k > limit:
        raise SeqnlpError(
            f"expected k of at most {limit:,} for the k best paths of {chain.size * (chain.num_steps - 2):,} tokens, "
            f"found {k:,}; memory grows with both: ask for fewer, or cut the text"
        )
    pointers, scores = _k_best_forward(scored, k)  # (S, B, N * k), (B, k)
    places = np.empty((chain.num_steps, chain.size, k), dtype=np.int64)  # (S, B, k), each tag * k + rank
    places[-1] = scored.num_tags * k + np.arange(k)
    for step in range(chain.num_steps - 1, 0, -1):
        places[step - 1] = np.take_along_axis(pointers[step], places[step], axis=1)
    tags = places.reshape(-1, k)[chain.rows] // k  # (R, k)
    refuse_impossible(chain, scores[:, 0])
    return np.where(np.isneginf(scores[chain.sentences]), 0, tags), scores


def refuse_count(k: int) -> None:
    """Stop where nobody can want so many paths.

    Raises:
        SeqnlpError: ``k`` is less than 1 or more than :data:`MAX_PATHS`.
    """
    if k < 1:
        raise SeqnlpError(f"expected k of at least 1 for the k best paths, found {k}")
    if k > MAX_PATHS:
        raise SeqnlpError(
            f"expected k of at most {MAX_PATHS:,} for the k best paths, found {k:,}; memory grows with it"
        )


def _k_best_forward(scored: ScoredChain, k: int) -> tuple[NDArray[np.int32], FloatArray]:
    """Where each of the k best beginnings at each tag came from (S, B, N * k), and the scores (B, k) of whole paths."""
    into = scored.transitions.T  # (N, N) [to][from]
    emissions = scored.chain.spread(scored.emission_table())  # (S, B, N)
    size, num_tags = emissions.shape[1:]
    scores = np.full((size, num_tags, k), -np.inf)  # (B, N, k)
    scores[:, -1, 0] = 0.0
    pointers = np.zeros((len(emissions), size, num_tags * k), dtype=np.int32)
    sentences = np.arange(size)[:, None, None]  # (B, 1, 1)
    for step in range(1, len(emissions)):
        # The k best come from at most k tags: those whose own best would be among the k best.
        before = _top(scores[:, None, :, 0] + into, k)  # (B, N, M)
        moves = np.take_along_axis(into[None], before, axis=2)  # (B, N, M)
        candidates = scores[sentences, before] + moves[..., None]  # (B, N, M, k)
        candidates = candidates.reshape(size, num_tags, before.shape[2] * k)  # (B, N, M * k)
        chosen = _top(candidates, k)  # (B, N, k)
        pointers[step] = (np.take_along_axis(before, chosen // k, axis=2) * k + chosen % k).reshape(size, num_tags * k)
        scores = np.take_along_axis(candidates, chosen, axis=2) + emissions[step][..., None]  # (B, N, k)
    return pointers, scores[:, -1]


def _top(values: FloatArray, count: int) -> IntArray:
    """Where the ``count`` largest of the last axis are, largest first; all of them if there are fewer."""
    return np.argsort(-values, axis=-1, kind="stable")[..., :count]
