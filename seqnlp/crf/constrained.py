"""Greedy decoding under the constraints of a tag scheme, for models without a CRF."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import IntArray
from seqnlp.crf.chain import Array, Chain
from seqnlp.errors import SeqnlpError

Flags = NDArray[np.bool_]


def greedy_tags(chain: Chain, tokens: Array, start: Flags, end: Flags, transitions: Flags) -> IntArray:
    """From left to right the best tag that is legal after the one before and from which a legal end can be reached.

    The second condition is what keeps it from running into a dead end, in any scheme.

    Args:
        tokens: (R, K) scores of the real tokens.
        start, end: (K,) which tags may begin and end a sentence.
        transitions: (K, K) bool, ``[from][to]``.

    Returns:
        The tags (R,) of the real tokens.

    Raises:
        SeqnlpError: the constraints allow a sentence no tags at all.
    """
    can_end = _can_end(chain.num_steps, end, transitions)  # (S, K)
    lowest = np.finfo(tokens.dtype).min
    tags = np.zeros(len(tokens), dtype=np.int64)  # (R,)
    token_of = chain.token_of.reshape(chain.num_steps, chain.size)  # (S, B)
    for step in range(1, chain.num_steps - 1):
        going = np.flatnonzero(chain.lengths >= step)  # (b,) sentences with a token at this step
        token = token_of[step, going]  # (b,)
        legal = start if step == 1 else transitions[tags[token - 1]]  # (K,) or (b, K)
        legal = legal & can_end[chain.lengths[going] - step]  # (b, K)
        if not legal.any(axis=1).all():
            raise SeqnlpError("no legal tag sequence exists for a sentence of the batch; check the constraints")
        tags[token] = np.where(legal, np.maximum(tokens[token], lowest), -np.inf).argmax(axis=1)
    return tags


def _can_end(count: int, end: Flags, transitions: Flags) -> Flags:
    """Whether a legal end can be reached from each tag in exactly 0, 1, 2... more steps (count, K)."""
    reachable = np.zeros((count, len(end)), dtype=bool)
    reachable[0] = end
    for more in range(1, count):
        reachable[more] = (transitions & reachable[more - 1]).any(axis=1)
    return reachable
