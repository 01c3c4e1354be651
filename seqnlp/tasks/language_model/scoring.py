"""The negative log probability of every token of a text, the state carried through it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.streams import Streams
from seqnlp.networks.protocol import LanguageModelNetwork

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

WINDOW = 256
"""Tokens that are scored at once; the state is carried on, so this changes nothing but the speed."""


def score_tokens(network: LanguageModelNetwork, tokens: IntArray, num_streams: int = 1) -> FloatArray:
    """Losses (N,) of tokens (N,) in nats, each scored once.

    Args:
        num_streams: 1 reads the text from its beginning to its end; more are faster, and each begins without what
            was before it.
    """
    streams = Streams(tokens, num_streams, min(WINDOW, len(tokens)))
    losses = np.zeros(len(tokens))  # (N,)
    state = network.start(streams.num_streams)
    for numbers in streams.plan():
        window = streams.read(numbers)
        positions, mask = streams.positions(numbers)  # (S, T), (S, T)
        result, state = network.losses(window.inputs, window.targets, state)  # (S, T)
        losses[positions[mask]] = result[mask]
    return losses
