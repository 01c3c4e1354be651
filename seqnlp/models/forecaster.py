"""The forecaster: recurrent layers that read a series and, after each row, forecast the next ones directly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from seqnlp.config.forecasting import ForecasterConfig
from seqnlp.nn.cells import State
from seqnlp.nn.dropout import LockedDropout
from seqnlp.nn.fitted_linear import FittedLinear
from seqnlp.nn.stateful import StatefulRNN

_FIRST_DEVIATION = 0.5
"""Of embeddings of series: they begin apart, so that what sets series apart is soon learned."""


class ForecasterState(NamedTuple):
    """What is carried from row to row of B series.

    Attributes:
        layers: of the recurrent layers.
        last: (B, C) the values of the row before, of a model of differences, else None; NaN before the first row.
        lags: (B, P, C) the last rows that the linear part reads; before the first row 0, or NaN where it was fitted.
    """

    layers: State
    last: Tensor | None
    lags: Tensor


class RecurrentForecaster(nn.Module):
    """After each row J rows ahead of C columns, each by outputs of its own (the direct strategy).

    A linear part over the last rows stands beside the network. If it is trained (the highway of LSTNet, Lai et al.
    2018), both begin at zero and an untrained forecaster says the reference. If it is fitted before training
    (:class:`~seqnlp.nn.fitted_linear.FittedLinear`), the network begins at zero and learns what the fit leaves.

    Args:
        config: the sizes and the kinds of the parts.
        num_inputs: D; the first C of them are the scaled values, the last E an embedding of the series if there is one.
        num_columns: C.
        num_series: whose embeddings are trained; 0: they are part of the rows, as they are in a model that was saved.
    """

    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "encoder": ("layers.", "series."),
        "output": ("output.",),
        "linear": ("highway.", "linear."),
    }
    """Beginnings of the names of parameters, by the groups that ``trainer.freeze`` names."""

    def __init__(self, config: ForecasterConfig, num_inputs: int, num_columns: int, num_series: int = 0) -> None:
        super().__init__()
        self.config, self.num_columns = config, num_columns
        self.layers = StatefulRNN(
            num_inputs,
            [config.hidden_dim] * config.num_layers,
            cell=config.cell,
            weight_drop=config.weight_drop,
            dropout=config.hidden_dropout,
        )
        self.output_dropout = LockedDropout(config.output_dropout)
        self.output = nn.Linear(config.hidden_dim, config.horizon * num_columns)
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)
        self.fitted, self._reads_differences = config.linear == "fitted", config.input == "differences"
        if self.fitted:
            self.linear = FittedLinear(config.lags, num_columns, num_inputs - num_columns, config.horizon)
        elif config.lags:
            self.highway = nn.Linear(config.lags * num_columns, config.horizon * num_columns, bias=False)
            nn.init.zeros_(self.highway.weight)
        if num_series:  # the last to be made: the other weights begin as those of a model of one series
            self.series = nn.Embedding(num_series, config.series_dim)
            nn.init.normal_(self.series.weight, std=_FIRST_DEVIATION)

    def start(self, batch: int = 1) -> ForecasterState:
        """The state before B series."""
        layers, shape = self.layers.start(batch), (batch, self.config.lags, self.num_columns)
        last = layers[0].new_full((batch, self.num_columns), torch.nan) if self._reads_differences else None
        return ForecasterState(layers, last, layers[0].new_full(shape, torch.nan if self.fitted else 0.0))

    def forward(self, inputs: Tensor, state: ForecasterState) -> tuple[Tensor, ForecasterState]:
        """Forecasts (B, T, J, C) after each row of inputs (B, T, D), and the state after the last."""
        lags, values = self.config.lags, inputs[..., : self.num_columns]  # (B, T, C)
        read = self._read(inputs, state.last)  # (B, T, D)
        forecasts, layers = self.network(read, state.layers)  # (B, T, J, C)
        rows = torch.cat([state.lags, values if self.fitted else read[..., : self.num_columns]], dim=1)  # (B, P + T, C)
        if self.fitted:  # the first row stands for those before it
            rows = torch.where(rows.isnan(), values[:, :1], rows)
        after = ForecasterState(layers, None if state.last is None else values[:, -1], rows[:, rows.size(1) - lags :])
        if self.fitted:
            return self.linear(rows, inputs[..., self.num_columns :], forecasts), after
        if lags:
            lagged = rows[:, 1:].unfold(1, lags, 1).transpose(2, 3).flatten(2)  # (B, T, P * C)
            forecasts = forecasts + self.highway(lagged).view_as(forecasts)
        if self.config.reference == "last":
            forecasts = forecasts + values[:, :, None]
        return forecasts, after

    def network(self, read: Tensor, layers: State) -> tuple[Tensor, State]:
        """What the recurrent layers say (B, T, J, C) of what they read (B, T, D), and the state after the last."""
        outputs, layers = self.layers(read, layers)  # (B, T, hidden)
        forecasts = self.output(self.output_dropout(outputs))  # (B, T, J * C)
        return forecasts.view(*read.shape[:2], self.config.horizon, self.num_columns), layers

    def _read(self, inputs: Tensor, last: Tensor | None) -> Tensor:
        """What the recurrent layers read (B, T, D); differences if the row before, ``last`` (B, C), is given."""
        if last is None:
            return inputs
        return torch.cat([_differences(inputs[..., : self.num_columns], last), inputs[..., self.num_columns :]], dim=-1)

    def loss(self, inputs: Tensor, targets: Tensor, mask: Tensor, series: Tensor | None = None) -> Tensor:
        """Squared or absolute errors of windows that begin anew, summed over what is known.

        Args:
            inputs: (B, T, D), of several series without their embeddings.
            targets: (B, T, J, C); where the linear part is fitted, its residuals, in units of their usual size.
            mask: (B, T, J, C) bool, True = a known value.
            series: (B,) numbers of the series, if their embeddings are trained.
        """
        if series is not None and self.config.series_dim:
            embedded = self.series(series)[:, None].expand(-1, inputs.shape[1], -1)  # (B, T, E)
            inputs = torch.cat([inputs, embedded.to(inputs.dtype)], dim=-1)
        state = self.start(len(inputs))
        if self.fitted:
            forecasts, _ = self.network(self._read(inputs, state.last), state.layers)  # (B, T, J, C)
        else:
            forecasts, _ = self(inputs, state)
        measure = functional.mse_loss if self.config.loss == "squared" else functional.l1_loss
        return measure(forecasts[mask].float(), targets[mask], reduction="sum")


def _differences(values: Tensor, last: Tensor) -> Tensor:
    """Differences (B, T, C) between rows, 0 at the first row of a series; ``last`` (B, C) is the row before, or NaN."""
    before = torch.cat([last[:, None], values[:, :-1]], dim=1)  # (B, T, C)
    return torch.where(before.isnan(), 0, values - before)
