"""The best tag sequence of each sentence (Viterbi 1967)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.crf.chain import Array, ScoredChain, refuse_impossible

RESCALE_EVERY = 8

MANY_TAGS = 16
"""From which on the sums of a step are one matrix product."""


def best_paths(scored: ScoredChain) -> tuple[IntArray, FloatArray]:
    """The best tags (R,) of the real tokens and the scores (B,) of the sentences; of equals the lower tag.

    The way forward keeps scores only. The way back finds again, for the one tag chosen, where its score came from: that
    is one row of N candidates a sentence, where keeping pointers would mean an argmax over N x N at every step.

    Raises:
        SeqnlpError: the constraints allow a sentence no tags at all.
    """
    chain, dtype = scored.chain, scored.tokens.dtype
    into = scored.transitions.T.astype(dtype)  # (N, N) [to][from]
    with np.errstate(invalid="ignore"):
        scores = _prefix_scores(chain.spread(scored.emission_table(dtype)), into.T)  # (S, B, N)
        path = np.full(scores.shape[:2], scored.num_tags)  # (S, B), the boundary at both ends
        for step in range(chain.num_steps - 1, 1, -1):
            candidates = into.take(path[step], axis=0)  # (B, N)
            candidates += scores[step - 1]
            candidates.argmax(axis=1, out=path[step - 1])
    tags: IntArray = path.ravel().take(chain.rows)  # (R,)
    return tags, refuse_impossible(chain, scored.path_scores(tags, scored.moves(tags)))


def _prefix_scores(emissions: Array, transitions: Array) -> Array:
    """Score (S, B, N) of the best beginning that reaches each tag at each step, less a number that all tags share."""
    size, num_tags = emissions.shape[1:]
    # The tag before comes first and the sentence last, so that the maximum runs along long vectors.
    add = _addition(transitions, size)
    candidates, message = (
        np.empty((num_tags, num_tags, size), emissions.dtype),
        np.empty((num_tags, size), emissions.dtype),
    )
    scores = np.ascontiguousarray(emissions.transpose(0, 2, 1))  # (S, N, B)
    for step in range(1, len(scores)):
        add(scores[step - 1], candidates)  # (N, B) -> (N, N, B)
        np.maximum.reduce(candidates, axis=0, out=message)
        scores[step] += message
        if step % RESCALE_EVERY == 0:  # small numbers keep their digits
            scores[step] -= scores[step].max(axis=0)
    return np.ascontiguousarray(scores.transpose(0, 2, 1))


def _addition(transitions: Array, size: int) -> Callable[[Array, Array], None]:
    """A function that adds scores (N, B) of the tags before and the transitions, into candidates (N, N, B).

    ``transition + score`` is the product of a row ``(transition, 1)`` and a column ``(1, score)``, as exact as the sum.
    For many tags BLAS takes half the time for the product that NumPy takes to add with broadcasting.
    """
    num_tags = len(transitions)
    if size > 1 and num_tags >= MANY_TAGS:
        rows = np.stack([transitions, np.ones_like(transitions)], axis=2)  # (N, N, 2)
        columns = np.ones((num_tags, 2, size), transitions.dtype)  # (N, 2, B)

        def multiply(scores: Array, candidates: Array) -> None:
            columns[:, 1] = scores
            np.matmul(rows, columns, out=candidates)

        return multiply
    wide = np.ascontiguousarray(np.broadcast_to(transitions[:, :, None], (num_tags, num_tags, size)))  # (N, N, B)

    def add(scores: Array, candidates: Array) -> None:
        candidates[:] = scores[:, None]  # then adding is along one vector: faster than adding the rows
        np.add(candidates, wide, out=candidates)

    return add
