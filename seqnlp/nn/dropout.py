"""Dropout whose mask is held over time."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LockedDropout(nn.Module):
    """One dropout mask per sequence, the same at every step (variational dropout, Gal & Ghahramani 2016)."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, sequences: Tensor) -> Tensor:
        """Sequences (B, T, D) with whole features dropped in training, the rest scaled by ``1 / (1 - rate)``."""
        if not self.training or self.rate == 0:
            return sequences
        kept = 1 - self.rate
        mask = torch.empty_like(sequences[:, :1]).bernoulli_(kept).div_(kept)  # (B, 1, D)
        return sequences * mask
