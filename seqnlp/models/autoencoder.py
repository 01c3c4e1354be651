"""A recurrent autoencoder of windows of a series (Malhotra et al. 2016), for rows that do not fit what was learnt."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

import torch
from torch import Tensor, nn

from seqnlp.config.anomaly_detection import AutoencoderConfig
from seqnlp.networks.autoencoder import LARGEST
from seqnlp.nn.recurrent import Recurrent


class Autoencoder(nn.Module):
    """Reads a window into one small code and writes the window again from it, last row first.

    The decoder is given the code at every step and never a value, so that an odd value cannot rebuild itself. What is
    known of a row without measuring it (its time of day) is given to both, so that the code need not carry it.

    Args:
        config: the sizes and the kinds of the parts.
        num_columns: C.
        num_known: F, numbers that are known of every row.
    """

    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "encoder": ("encoder.", "to_code."),
        "decoder": ("decoder.", "to_values."),
    }
    """Beginnings of the names of parameters, by the groups that ``trainer.freeze`` names."""

    def __init__(self, config: AutoencoderConfig, num_columns: int, num_known: int) -> None:
        super().__init__()
        self.config = config
        layers = partial(Recurrent, cell=config.cell, num_layers=config.num_layers, bidirectional=False)
        self.encoder = layers(num_columns + num_known, config.hidden_dim)
        self.to_code = nn.Linear(config.hidden_dim, config.code_dim)
        self.decoder = layers(config.code_dim + num_known, config.hidden_dim)
        self.to_values = nn.Linear(config.hidden_dim, num_columns)

    def forward(self, values: Tensor, known: Tensor) -> Tensor:
        """The windows as they are rebuilt (B, W, C).

        Args:
            values: (B, W, C), in the scale of the training part.
            known: (B, W, F).
        """
        rows, steps, _ = values.shape
        lengths = torch.full((rows,), steps, device=values.device)  # (B,)
        read = self.encoder(torch.cat([values, known], dim=-1), lengths)  # (B, W, H)
        code = torch.tanh(self.to_code(self.encoder.final(read, lengths)))  # (B, E)
        given = torch.cat([code[:, None].expand(-1, steps, -1), known.flip(1)], dim=-1)  # (B, W, E + F), last row first
        rebuilt: Tensor = self.to_values(self.decoder(given, lengths))  # (B, W, C), last row first
        return rebuilt.flip(1)

    def loss(self, values: Tensor, known: Tensor, measured: Tensor) -> Tensor:
        """Mean squared error of each window's measured values, summed over windows.

        Args:
            values, known: as in :meth:`forward`.
            measured: (B, W, C) bool, False where a value was missing.
        """
        return mean_error(self(values, known), values, measured).sum()

    def errors(self, values: Tensor, known: Tensor, measured: Tensor) -> Tensor:
        """Mean squared error (B,) of the last rows of windows; NaN where none of their values was measured.

        It is a number for any other row, however odd: an overflow would pass for a row that was not measured.
        """
        last, values = self.config.scored_rows, values.clamp(-LARGEST, LARGEST)
        result = mean_error(self(values, known)[:, -last:], values[:, -last:], measured[:, -last:])  # (B,)
        return result.masked_fill(~measured[:, -last:].any(dim=2).any(dim=1), torch.nan)


def mean_error(rebuilt: Tensor, values: Tensor, measured: Tensor) -> Tensor:
    """Mean squared differences (B,) of what was measured of (B, T, C); 0 where nothing was."""
    squares = torch.where(measured, (rebuilt - values).square(), 0.0)  # (B, T, C)
    return squares.sum(dim=(1, 2)) / measured.sum(dim=(1, 2)).clamp(min=1)
