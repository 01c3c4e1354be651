"""Exact probabilities under a linear-chain CRF, all from one forward-backward."""

from __future__ import annotations

import numpy as np

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.crf.chain import Array, Chain, ScoredChain
from seqnlp.crf.lattice import Lattice
from seqnlp.crf.log_space import log_sum
from seqnlp.errors import SeqnlpError


def token_marginals(lattice: Lattice) -> FloatArray:
    """Probability (B * T, K) of each tag at each padded position; 0 where it is masked."""
    return lattice.marginals.take(lattice.chain.row_of, axis=0)[:, :-1]


def segment_log_probabilities(
    scored: ScoredChain, lattice: Lattice, starts: IntArray, ends: IntArray, tags: IntArray, forbidden_next: IntArray
) -> FloatArray:
    """Log probability (n,) that a segment of a sentence has given tags and is not followed by a forbidden one.

    The weight of all beginnings that reach the segment's first tag, times what is inside it, times the weight of all
    endings that leave its last tag.

    Args:
        starts, ends: (n,) rows of the first and the last token.
        tags: (3, n) tag of the first token, of all inner ones, and of the last one; a single token has the first.
        forbidden_next: (n,) tag that must not follow, or -1.
    """
    first, inner, last = tags
    last = np.where(starts == ends, first, last)  # (n,)
    inside = _inside_scores(scored, starts, ends, first, inner, last)  # (n,)
    endings = scored.transitions[last] + lattice.log_right(ends + scored.chain.size)  # (n, N)
    forbidden = np.flatnonzero(forbidden_next >= 0)
    endings[forbidden, forbidden_next[forbidden]] = -np.inf
    total = lattice.log_left(starts, first) + inside + log_sum(endings)  # (n,)
    return np.minimum(total - lattice.log_partition[starts % scored.chain.size], 0.0)


def _inside_scores(
    scored: ScoredChain, starts: IntArray, ends: IntArray, first: IntArray, inner: IntArray, last: IntArray
) -> FloatArray:
    """Scores (n,) of segments after their first tag's emission, up to their last tag's.

    The emissions of the inner tags come from cumulative sums for each tag: the cost does not depend on the length.
    """
    chain, moves = scored.chain, scored.transitions
    num_inner = (ends - starts) // chain.size - 1  # (n,), -1 for a single token
    forbidden = np.isneginf(scored.tokens)  # (R, K), counted apart: minus infinity cannot be subtracted again
    sums, counts = _sums_before(np.where(forbidden, 0.0, scored.tokens)), _sums_before(forbidden)  # (R + 1, K)
    begin, end = chain.token_of[starts] + 1, chain.token_of[ends]  # (n,) inner tokens, end exclusive
    stays = np.where(num_inner > 1, (num_inner - 1) * moves[inner, inner], 0.0)  # (n,)
    through = sums[end, inner] - sums[begin, inner] + moves[first, inner] + stays + moves[inner, last]  # (n,)
    through = np.where(counts[end, inner] > counts[begin, inner], -np.inf, through)
    inside: FloatArray = np.where(num_inner > 0, through, moves[first, last]) + scored.tokens[end, last]
    return np.where(num_inner < 0, 0.0, inside)


def _sums_before(values: Array) -> FloatArray:
    """Sums (R + 1, K) of the first 0 to R rows of values (R, K)."""
    sums = np.zeros((len(values) + 1, *values.shape[1:]))
    values.cumsum(axis=0, dtype=np.float64, out=sums[1:])
    return sums


def segment_rows(chain: Chain, width: int, places: Array) -> tuple[IntArray, IntArray]:
    """Rows (n,) of the first and the last token of segments in a batch padded to ``width``.

    Args:
        places: (3, n) sentence, position of the first token, position after the last one.

    Raises:
        SeqnlpError: a segment is empty, leaves its sentence, or begins or ends at a masked position.
    """
    sentences, starts, ends = places
    inside = (sentences >= 0) & (sentences < chain.size) & (starts >= 0) & (starts < ends) & (ends <= width)  # (n,)
    corners = np.where(inside, sentences * width + [starts, ends - 1], 0)  # (2, n)
    rows = chain.row_of[corners] if inside.any() else corners  # (2, n)
    right = inside & (rows >= chain.size).all(axis=0)  # (n,)
    if not right.all():
        at = int(right.argmin())
        raise SeqnlpError(
            f"span {at} is tokens {starts[at]} to {ends[at]} (exclusive) of sentence {sentences[at]}; expected "
            f"at least one token, the first and the last of them real tokens of one of the {chain.size} sentences"
        )
    return rows[0], rows[1]
