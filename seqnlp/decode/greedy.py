"""Greedy decoding under the constraints of a tag scheme, for models without a CRF."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqnlp.errors import SeqnlpError
from seqnlp.nn.crf_chain import Chain, as_array

Flags = NDArray[np.bool_]


def greedy_decode(
    emissions: Tensor, mask: Tensor, legal_start: Tensor, legal_end: Tensor, legal_transitions: Tensor
) -> Tensor:
    """From left to right the best tag that is legal after the one before and from which a legal end can be reached.

    The second condition is what keeps it from running into a dead end, in any scheme.

    Args:
        emissions: (B, T, K) scores; anything where masked.
        mask: (B, T) bool, True = a real token; any mask.
        legal_start, legal_end: (K,) bool.
        legal_transitions: (K, K) bool, ``[from][to]``.

    Returns:
        (B, T) tags, 0 where masked.

    Raises:
        SeqnlpError: the constraints allow a sentence no tags at all.
    """
    chain = Chain.from_mask(as_array(mask.bool()))
    tokens = as_array(emissions).reshape(-1, emissions.size(2)).take(chain.positions, axis=0)  # (R, K)
    start, end, transitions = (as_array(flags) for flags in (legal_start, legal_end, legal_transitions))
    tags = _greedy_tags(chain, tokens, start, transitions, _can_end(chain.num_steps, end, transitions))  # (R,)
    padded = np.zeros(mask.numel(), dtype=np.int64)  # (B * T,)
    padded[chain.positions] = tags
    return torch.from_numpy(padded).to(emissions.device).view(mask.shape)


def _greedy_tags(
    chain: Chain, tokens: NDArray[np.floating], start: Flags, transitions: Flags, can_end: Flags
) -> NDArray[np.int64]:
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
