"""A neural cache: tokens that came after similar states of late become more probable (Grave et al. 2017)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from seqnlp.arrays import FloatArray
from seqnlp.tasks.language_model.reading import Read

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


def cache_losses(windows: Iterable[Read], cache: Cache) -> tuple[FloatArray, FloatArray]:
    """Losses (N,) of the tokens that windows read, in nats: without the cache and with it, which begins empty."""
    own, [remembered] = _probabilities(windows, cache.size, [cache.flatness])
    return -np.log(own), _mixed(own, remembered, cache.weight)


def tune_cache(windows: Iterable[Read], size: int) -> Cache:
    """The best of :data:`FLATNESSES` and :data:`WEIGHTS` on a (development) text."""
    own, remembered = _probabilities(windows, size, FLATNESSES)
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


def _probabilities(
    windows: Iterable[Read], size: int, flatnesses: Sequence[float]
) -> tuple[FloatArray, list[FloatArray]]:
    """What the model (N,) and, for each flatness, the cache (N,) give to each token."""
    own, remembered = [], []
    keys: Tensor | None = None  # (P, H) the states before the last P tokens
    values: Tensor | None = None  # (P,) those tokens
    for window in windows:
        outputs, targets = window.outputs, window.targets  # (T, H), (T,)
        all_keys = outputs if keys is None else torch.cat([keys, outputs])  # (P + T, H)
        all_values = targets if values is None else torch.cat([values, targets])  # (P + T,)
        similar = outputs @ all_keys.T  # (T, P + T)
        now = len(all_keys) - len(outputs) + torch.arange(len(outputs), device=outputs.device)[:, None]  # (T, 1)
        place = torch.arange(len(all_keys), device=outputs.device)  # (P + T,)
        hidden = (place >= now) | (place < now - size)  # (T, P + T)
        same = all_values == targets[:, None]  # (T, P + T)
        parts = []
        for flatness in flatnesses:
            weights = (flatness * similar).masked_fill(hidden, -torch.inf).softmax(dim=1).nan_to_num(0.0)
            parts.append((weights * same).sum(dim=1))  # (T,)
        own.append(torch.exp(-window.losses.double()))
        remembered.append(torch.stack(parts))  # (F, T)
        keys, values = all_keys[-size:], all_values[-size:]
    return torch.cat(own).cpu().numpy(), list(torch.cat(remembered, dim=1).double().cpu().numpy())
