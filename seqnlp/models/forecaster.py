"""The forecaster: recurrent layers that read a series and, after each row, forecast the next ones directly."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from seqnlp.config.forecasting import ForecasterConfig
from seqnlp.nn.carried import CarriedLayers, State
from seqnlp.nn.dropout import LockedDropout


class RecurrentForecaster(nn.Module):
    """After each row H rows ahead of C columns, each by outputs of its own (the direct strategy).

    A linear part over the last rows (the highway of LSTNet, Lai et al. 2018) may stand beside the network. Both begin
    at zero, so an untrained forecaster says the reference.

    Args:
        config: the sizes and the kinds of the parts.
        num_inputs: D; the first C of them are the scaled values.
        num_columns: C.
    """

    def __init__(self, config: ForecasterConfig, num_inputs: int, num_columns: int) -> None:
        super().__init__()
        self.config, self.num_columns = config, num_columns
        self.layers = CarriedLayers(
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
        if config.lags:
            self.highway = nn.Linear(config.lags * num_columns, config.horizon * num_columns, bias=False)
            nn.init.zeros_(self.highway.weight)

    def start(self, batch: int = 1) -> State:
        """The state before B series: of the layers, then the last values (B, C) of a model that reads changes, then
        the last rows (B, lags * C) of the highway."""
        state, config = self.layers.start(batch), self.config
        if config.read == "changes":
            state = (*state, state[0].new_full((batch, self.num_columns), torch.nan))
        if config.lags:
            state = (*state, state[0].new_zeros(batch, config.lags * self.num_columns))
        return state

    def forward(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """Forecasts (B, T, H, C) after each row of inputs (B, T, D), and the state after the last."""
        config, values = self.config, inputs[..., : self.num_columns]  # (B, T, C)
        kept = len(self.layers.widths) * self.layers.parts
        layers, others = state[:kept], list(state[kept:])
        after: State = ()
        if config.read == "changes":
            inputs = torch.cat([_changes(values, others.pop(0)), inputs[..., self.num_columns :]], dim=-1)  # (B, T, D)
            after = (values[:, -1],)
        outputs, layers = self.layers(inputs, layers)  # (B, T, hidden)
        forecasts = self.output(self.output_dropout(outputs))  # (B, T, H * C)
        if config.lags:
            before = others.pop(0).view(len(inputs), config.lags, self.num_columns)  # (B, lags, C)
            known = torch.cat([before, inputs[..., : self.num_columns]], dim=1)  # (B, lags + T, C)
            last = known[:, 1:].unfold(1, config.lags, 1).transpose(2, 3).flatten(2)  # (B, T, lags * C)
            forecasts = forecasts + self.highway(last)
            after = (*after, known[:, -config.lags :].flatten(1))
        forecasts = forecasts.view(*inputs.shape[:2], config.horizon, self.num_columns)  # (B, T, H, C)
        if config.reference == "last":
            forecasts = forecasts + values[:, :, None]
        return forecasts, (*layers, *after)

    def loss(self, inputs: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
        """Squared or absolute errors of windows that begin anew, summed over what is known.

        Args:
            inputs: (B, T, D).
            targets: (B, T, H, C).
            mask: (B, T, H, C) bool, True = a known value.
        """
        forecasts, _ = self(inputs, self.start(len(inputs)))  # (B, T, H, C)
        measure = functional.mse_loss if self.config.loss == "squared" else functional.l1_loss
        return measure(forecasts[mask].float(), targets[mask], reduction="sum")


def _changes(values: Tensor, last: Tensor) -> Tensor:
    """Changes (B, T, C) from row to row, 0 at the first row of a series; ``last`` (B, C) is the row before, or NaN."""
    before = torch.cat([last[:, None], values[:, :-1]], dim=1)  # (B, T, C)
    return torch.where(before.isnan(), 0, values - before)
