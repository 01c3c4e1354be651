"""Exact probabilities under a linear-chain CRF, all from one forward-backward."""

from __future__ import annotations

import numpy as np

from seqnlp.errors import SeqnlpError
from seqnlp.nn.crf_chain import Chain, FloatArray, IntArray, ScoredChain
from seqnlp.nn.crf_lattice import Lattice
from seqnlp.nn.crf_log_space import log_sum


def token_marginals(lattice: Lattice, num_tags: int) -> FloatArray:
    """Probability (B * T, K) of each tag at each padded position; 0 where it is masked."""
    return lattice.marginals.take(lattice.chain.row_of, axis=0)[:, :num_tags]


def path_entropy(scored: ScoredChain, lattice: Lattice) -> FloatArray:
    """Entropy (B,) in nats of the distribution over whole tag sequences: log Z minus the expected score of a path."""
    probabilities = lattice.marginals.take(scored.chain.rows, axis=0)[:, :-1]  # (R, K)
    scores = np.where(probabilities > 0, scored.tokens, 0.0) * probabilities  # (R, K)
    emitted = scored.chain.sum_by_sentence(scores.sum(axis=1))  # (B,)
    return np.maximum(lattice.log_partition - emitted - lattice.expected_transition_score(), 0.0)


def segment_log_probabilities(
    scored: ScoredChain, lattice: Lattice, starts: IntArray, ends: IntArray, tags: IntArray, forbidden_next: IntArray
) -> FloatArray:
    """Log probability (n,) that a segment of a sentence has given tags and is not followed by a forbidden one.

    Beginnings that reach the segment's first tag, times what is inside it, times endings that leave its last tag. The
    emissions inside come from cumulative sums for each tag, so the cost does not depend on a segment's length.

    Args:
        starts, ends: (n,) rows of the first and the last token.
        tags: (3, n) tag of the first token, of all inner ones, and of the last one; a segment of one token has the first.
        forbidden_next: (n,) tag that must not follow, or -1.
    """
    first, inner, last = tags
    chain, transitions = scored.chain, scored.transitions
    num_inner = (ends - starts) // chain.size - 1  # (n,); -1 for a single token
    sums = np.concatenate([np.zeros((1, scored.num_tags)), scored.tokens.cumsum(axis=0, dtype=np.float64)])  # (R + 1, K)
    begin, end = chain.token_of[starts] + 1, chain.token_of[ends]  # (n,) inner tokens, end exclusive
    stay = np.where(num_inner > 1, (num_inner - 1) * transitions[inner, inner], 0.0)  # (n,)
    through = sums[end, inner] - sums[begin, inner] + transitions[first, inner] + stay + transitions[inner, last]  # (n,)
    inside = np.where(num_inner > 0, through, transitions[first, last]) + scored.tokens[end, last]  # (n,)
    inside = np.where(num_inner < 0, 0.0, inside)  # (n,)

    last = np.where(num_inner < 0, first, last)  # (n,)
    endings = transitions[last] + lattice.log_right(ends + chain.size)  # (n, N)
    forbidden = np.flatnonzero(forbidden_next >= 0)
    endings[forbidden, forbidden_next[forbidden]] = -np.inf
    total = lattice.log_left(starts, first) + inside + log_sum(endings, axis=1)  # (n,)
    return np.minimum(total - lattice.log_partition[starts % chain.size], 0.0)


def segment_rows(chain: Chain, width: int, sentences: IntArray, starts: IntArray, ends: IntArray) -> tuple[IntArray, IntArray]:
    """Rows (n,) of the first and last tokens of segments, ``ends`` exclusive, in a batch padded to ``width``.

    Raises:
        SeqnlpError: a segment is empty, leaves its sentence, or begins or ends at a masked position.
    """
    size = chain.size
    inside = (sentences >= 0) & (sentences < size) & (starts >= 0) & (starts < ends) & (ends <= width)  # (n,)
    places = np.where(inside, sentences * width, 0)  # (n,)
    first = chain.row_of[np.where(inside, places + starts, 0)]  # (n,)
    last = chain.row_of[np.where(inside, places + ends - 1, 0)]  # (n,)
    wrong = ~inside | (first < size) | (last < size)
    if wrong.any():
        at = int(wrong.argmax())
        raise SeqnlpError(
            f"span {at} is tokens {starts[at]} to {ends[at]} (exclusive) of sentence {sentences[at]}; expected at least one "
            f"token, both ends real tokens of one of the {size} sentences"
        )
    return first, last
