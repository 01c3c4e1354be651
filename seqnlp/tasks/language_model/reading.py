"""A text read window after window by the module of torch: the states before its tokens, and what the tokens cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.data.stream_tensors import as_tensors
from seqnlp.data.streams import Streams
from seqnlp.models.language_model import RecurrentLanguageModel
from seqnlp.tasks.language_model.scoring import WINDOW


@dataclass(frozen=True)
class Read:
    """The outputs (T, H) before the tokens of a window, the tokens (T,), and their losses (T,) in nats."""

    outputs: Tensor
    targets: Tensor
    losses: Tensor


def read(model: RecurrentLanguageModel, tokens: IntArray, device: torch.device) -> Iterator[Read]:
    """Tokens (N,) as the trained model reads them."""
    streams, state = Streams(tokens, 1, min(WINDOW, len(tokens))), model.start(1)
    for numbers in streams.plan():
        window = as_tensors(streams.read(numbers), device)
        with torch.no_grad():
            outputs, state = model(window.inputs, state)  # (1, T, H)
            targets = window.targets[0]  # (T,)
            losses = model.output.losses(outputs[0], model.table, targets)  # (T,)
        yield Read(outputs[0], targets, losses)


def losses_of(windows: Iterable[Read]) -> FloatArray:
    """The losses (N,) of all tokens in nats."""
    return np.array([loss for window in windows for loss in window.losses.tolist()])
