"""A convolution over the words with max-pooling of neighbours, which shortens the sequence."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class ShorteningConvolution(nn.Module):
    """ReLU of a convolution, then the largest of every ``pool`` neighbours (the C-LSTM of Zhou et al. 2015, shortened).

    Exact under padding: what stands beyond the end of a sequence is read as zeros and never the largest.

    Args:
        input_dim: D.
        num_filters: F.
        width: steps that a filter sees, odd.
        pool: neighbours of which the largest is kept.
    """

    def __init__(self, input_dim: int, num_filters: int, width: int, pool: int) -> None:
        super().__init__()
        self.convolve = nn.Conv1d(input_dim, num_filters, width, padding=width // 2)
        self.pool = pool
        self.output_dim = num_filters

    def forward(self, inputs: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Shorter sequences.

        Args:
            inputs: (B, T, D).
            lengths: (B,) real steps.

        Returns:
            (B, ceil(T / pool), F) and the new lengths (B,).
        """
        beyond = torch.arange(inputs.size(1), device=inputs.device) >= lengths[:, None]  # (B, T)
        clean = inputs.masked_fill(beyond[..., None], 0)  # (B, T, D)
        features = torch.relu(self.convolve(clean.transpose(1, 2)))  # (B, F, T), at least 0: so are those that win
        features = features.masked_fill(beyond[:, None], 0)
        shorter = functional.max_pool1d(features, self.pool, ceil_mode=True)  # (B, F, T')
        return shorter.transpose(1, 2).contiguous(), -(-lengths // self.pool)
