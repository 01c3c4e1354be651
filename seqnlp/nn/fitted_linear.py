"""The linear part of a forecaster that is fitted before training, and how much of the network's answer it adds."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn


class FittedLinear(nn.Module):
    """``J`` steps ahead of ``C`` columns from the last P rows and the calendar, by weights that training leaves alone.

    Attributes:
        weight: (P * C + R, J * C), of the last rows, the newest first, then of the calendar's harmonics.
        bias: (J * C,).
        unit: (C,) the baseline error of the fit; the network says what is left in units of it.
        share: (C,) how much of what the network says is added, 0 to 1.
    """

    weight: Tensor
    bias: Tensor
    unit: Tensor
    share: Tensor

    def __init__(self, lags: int, num_columns: int, num_harmonics: int, horizon: int) -> None:
        super().__init__()
        self.lags = lags
        self.register_buffer("weight", torch.zeros(lags * num_columns + num_harmonics, horizon * num_columns))
        self.register_buffer("bias", torch.zeros(horizon * num_columns))
        self.register_buffer("unit", torch.ones(num_columns))
        self.register_buffer("share", torch.ones(num_columns))

    def set(self, lags: NDArray[np.float64], harmonics: NDArray[np.float64], bias: NDArray[np.float64]) -> None:
        """Take over a fit: weights (P, C, J, C) of the last rows and (R, J, C) of the calendar, and (J, C)."""
        rows = [weights.reshape(-1, bias.size) for weights in (lags, harmonics)]
        for mine, fitted in ((self.weight, np.concatenate(rows)), (self.bias, bias.ravel())):
            mine.copy_(torch.from_numpy(fitted))

    def forward(self, known: Tensor, harmonics: Tensor, network: Tensor) -> Tensor:
        """Forecasts (B, T, J, C).

        Args:
            known: (B, P + T, C) values, those of the P rows before first.
            harmonics: (B, T, R).
            network: (B, T, J, C) what the network says.
        """
        with torch.autocast(harmonics.device.type, enabled=False):
            parts = [harmonics.float()]
            if self.lags:
                rows = known.float()[:, 1:].unfold(1, self.lags, 1).flip(3)  # (B, T, C, P), the newest first
                parts = [rows.transpose(2, 3).flatten(2), *parts]
            fitted = torch.cat(parts, dim=-1) @ self.weight + self.bias  # (B, T, J * C)
            return fitted.view_as(network) + network.float() * (self.unit * self.share)
