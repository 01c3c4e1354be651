"""The forecaster: recurrent layers that read a series and, after each row, forecast the next ones directly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

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
        self.fitted = config.linear == "fitted"
        if self.fitted:
            self.linear = FittedLinear(config.lags, num_columns, num_inputs - num_columns, config.horizon)
        elif config.lags:
            self.highway = nn.Linear(config.lags * num_columns, config.horizon * num_columns, bias=False)
            nn.init.zeros_(self.highway.weight)
        if num_series:  # the last to be made: the other weights begin as those of a model of one series
            self.series = nn.Embedding(num_series, config.series_dim)
            nn.init.normal_(self.series.weight, std=_FIRST_DEVIATION)

    def start(self, batch: int = 1) -> State:
        """The state before B series: of the layers, then the last values (B, C) of a model of differences, then
        the last rows (B, lags * C) of the linear part."""
        state, config = self.layers.start(batch), self.config
        if config.input == "differences":
            state = (*state, state[0].new_full((batch, self.num_columns), torch.nan))
        if config.lags:
            before = torch.nan if self.fitted else 0.0  # nothing was read yet: the first row stands for it, or zeros
            state = (*state, state[0].new_full((batch, config.lags * self.num_columns), before))
        return state

    def forward(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """Forecasts (B, T, J, C) after each row of inputs (B, T, D), and the state after the last."""
        config, values = self.config, inputs[..., : self.num_columns]  # (B, T, C)
        kept = self.layers.num_states
        layers, others = state[:kept], list(state[kept:])
        last = others.pop(0) if config.input == "differences" else None
        read = self._read(inputs, last)  # (B, T, D)
        forecasts, layers = self.network(read, layers)  # (B, T, J, C)
        after: State = () if last is None else (values[:, -1],)
        if config.lags:
            known = values if self.fitted else read[..., : self.num_columns]  # (B, T, C)
            known = torch.cat([others.pop(0).view(len(inputs), config.lags, self.num_columns), known], dim=1)
            if self.fitted:
                known = torch.where(known.isnan(), values[:, :1], known)
            after = (*after, known[:, -config.lags :].flatten(1))
        else:
            known = values[:, :0]
        if self.fitted:
            return self.linear(known, inputs[..., self.num_columns :], forecasts), (*layers, *after)
        if config.lags:
            rows = known[:, 1:].unfold(1, config.lags, 1).transpose(2, 3).flatten(2)  # (B, T, lags * C)
            forecasts = forecasts + self.highway(rows).view_as(forecasts)
        if config.reference == "last":
            forecasts = forecasts + values[:, :, None]
        return forecasts, (*layers, *after)

    def network(self, read: Tensor, layers: State) -> tuple[Tensor, State]:
        """What the recurrent layers say (B, T, J, C) of what they read (B, T, D), and the state after the last."""
        outputs, layers = self.layers(read, layers)  # (B, T, hidden)
        forecasts = self.output(self.output_dropout(outputs))  # (B, T, J * C)
        return forecasts.view(*read.shape[:2], self.config.horizon, self.num_columns), layers

    def _read(self, inputs: Tensor, last: Tensor | None) -> Tensor:
        """What the recurrent layers read (B, T, D); if it reads changes, ``last`` (B, C) is the row before."""
        if last is None:
            return inputs
        return torch.cat([_steps(inputs[..., : self.num_columns], last), inputs[..., self.num_columns :]], dim=-1)

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
            kept = self.layers.num_states
            last = state[kept] if self.config.input == "differences" else None
            forecasts, _ = self.network(self._read(inputs, last), state[:kept])  # (B, T, J, C)
        else:
            forecasts, _ = self(inputs, state)
        measure = functional.mse_loss if self.config.loss == "squared" else functional.l1_loss
        return measure(forecasts[mask].float(), targets[mask], reduction="sum")


def _steps(values: Tensor, last: Tensor) -> Tensor:
    """Differences (B, T, C) between rows, 0 at the first row of a series; ``last`` (B, C) is the row before, or NaN."""
    before = torch.cat([last[:, None], values[:, :-1]], dim=1)  # (B, T, C)
    return torch.where(before.isnan(), 0, values - before)
