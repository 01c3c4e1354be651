"""The negative log probability of every token of a text, the state carried through it."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from seqnlp.data.streams import Streams
from seqnlp.models.language_model import RecurrentLanguageModel

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

WINDOW = 256
"""Tokens that are scored at once; the state is carried on, so this changes nothing but the speed."""


@torch.inference_mode()
def score_tokens(
    model: RecurrentLanguageModel, tokens: IntArray, device: torch.device, num_streams: int = 1
) -> FloatArray:
    """Losses (N,) of tokens (N,) in nats, each scored once.

    Args:
        num_streams: 1 reads the text from its beginning to its end; more are faster, and each begins without what
            was before it.
    """
    streams = Streams(tokens, num_streams, min(WINDOW, len(tokens)))
    losses = np.zeros(len(tokens))  # (N,)
    state = model.start(streams.num_streams)
    for numbers in streams.plan():
        window = streams.read(numbers).to(device)
        positions, mask = streams.positions(numbers)  # (S, T), (S, T)
        result, state = model.losses(window.inputs, window.targets, state)  # (S, T)
        losses[positions[mask]] = result.double().cpu().numpy()[mask]
    return losses
