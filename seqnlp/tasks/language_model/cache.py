"""A neural cache: tokens that came after similar states of late become more probable (Grave et al. 2017)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.data.stream_tensors import as_tensors
from seqnlp.data.streams import Streams
from seqnlp.models.language_model import RecurrentLanguageModel
from seqnlp.tasks.language_model.scoring import WINDOW

FLATNESSES = (0.05, 0.1, 0.2, 0.4, 0.8)
WEIGHTS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4)
"""What is tried on the development text."""


@dataclass(frozen=True)
class Cache:
    """How the cache is used.

    Attributes:
        size: how many of the last tokens it holds.
        flatness: theta; the larger, the more only the most similar states count.
        weight: lambda, the part of the probability that comes from the cache.
    """

    size: int
    flatness: float
    weight: float

    def __str__(self) -> str:
        return f"neural cache {self.size} (theta {self.flatness:g}, lambda {self.weight:g})"


def cache_losses(model: RecurrentLanguageModel, tokens: IntArray, device: torch.device, cache: Cache) -> FloatArray:
    """Losses (N,) of tokens (N,) in nats with the cache, which begins empty."""
    own, [remembered] = _probabilities(model, tokens, device, cache.size, [cache.flatness])
    return _mixed(own, remembered, cache.weight)


def tune_cache(model: RecurrentLanguageModel, tokens: IntArray, device: torch.device, size: int) -> Cache:
    """The best of :data:`FLATNESSES` and :data:`WEIGHTS` on a (development) text of tokens (N,)."""
    own, remembered = _probabilities(model, tokens, device, size, FLATNESSES)
    tried = {
        Cache(size, flatness, weight): float(_mixed(own, part, weight).sum())
        for flatness, part in zip(FLATNESSES, remembered, strict=True)
        for weight in WEIGHTS
    }
    return min(tried, key=tried.__getitem__)


def _mixed(own: FloatArray, remembered: FloatArray, weight: float) -> FloatArray:
    mixed = (1 - weight) * own + weight * remembered  # (N,)
    mixed[0] = own[0]  # nothing is in the cache yet
    return -np.log(mixed)


@torch.inference_mode()
def _probabilities(
    model: RecurrentLanguageModel, tokens: IntArray, device: torch.device, size: int, flatnesses: Sequence[float]
) -> tuple[FloatArray, list[FloatArray]]:
    """What the model (N,) and, for each flatness, the cache (N,) give to each token."""
    own, remembered = [], []
    keys = torch.zeros(0, model.table.size(1), device=device)  # (P, H) the states before the last P tokens
    values = torch.zeros(0, dtype=torch.int64, device=device)  # (P,) those tokens
    for outputs, targets, losses in _windows(model, tokens, device):
        all_keys, all_values = torch.cat([keys, outputs]), torch.cat([values, targets])  # (P + T, H), (P + T,)
        similar = outputs @ all_keys.T  # (T, P + T)
        now = len(keys) + torch.arange(len(outputs), device=device)[:, None]  # (T, 1)
        place = torch.arange(len(all_keys), device=device)  # (P + T,)
        hidden = (place >= now) | (place < now - size)  # (T, P + T)
        same = all_values == targets[:, None]  # (T, P + T)
        parts = []
        for flatness in flatnesses:
            weights = (flatness * similar).masked_fill(hidden, -torch.inf).softmax(dim=1).nan_to_num(0.0)
            parts.append((weights * same).sum(dim=1))  # (T,)
        own.append(torch.exp(-losses))
        remembered.append(torch.stack(parts))  # (F, T)
        keys, values = all_keys[-size:], all_values[-size:]
    both = torch.cat(own).double().cpu().numpy(), torch.cat(remembered, dim=1).double().cpu().numpy()
    return both[0], list(both[1])


def _windows(
    model: RecurrentLanguageModel, tokens: IntArray, device: torch.device
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """The outputs (T, H) before each token, the tokens (T,) and their losses (T,), window after window."""
    streams = Streams(tokens, 1, min(WINDOW, len(tokens)))
    state = model.start(1)
    for numbers in streams.plan():
        window = as_tensors(streams.read(numbers), device)
        outputs, state = model(window.inputs, state)  # (1, T, H)
        targets = window.targets[0]  # (T,)
        yield outputs[0], targets, model.output.losses(outputs[0], model.table, targets)
