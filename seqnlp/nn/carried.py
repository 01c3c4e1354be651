"""Recurrent layers that read a long text window by window: their state is handed in and out."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from seqnlp.nn.cells import gru_step, summed_step
from seqnlp.nn.dropout import LockedDropout
from seqnlp.nn.recurrent import CELLS, WITH_CELL, initialize

State = tuple[Tensor, ...]
"""(B, H) of each layer in turn: the hidden state and, for LSTMs, the cell after it."""


class CarriedLayers(nn.Module):
    """Stacked layers reading forwards, with weight drop.

    Args:
        input_dim: D.
        widths: H of each layer, lowest first.
        cell: as in :class:`~seqnlp.nn.recurrent.Recurrent`.
        weight_drop: dropout on the recurrent weights, one mask for a whole window (DropConnect, Merity et al. 2018).
        dropout: locked dropout between layers.
        forget_bias: as in :class:`~seqnlp.nn.recurrent.Recurrent`.
    """

    def __init__(
        self,
        input_dim: int,
        widths: Sequence[int],
        *,
        cell: str,
        weight_drop: float = 0.0,
        dropout: float = 0.0,
        forget_bias: float = 1.0,
    ) -> None:
        super().__init__()
        sizes = zip([input_dim, *widths[:-1]], widths, strict=True)
        layers = [CELLS[cell](below, width, batch_first=True) for below, width in sizes]
        for layer in layers:
            initialize(layer, forget_bias)
        self.layers = nn.ModuleList(layers)
        self.widths, self.weight_drop = tuple(widths), weight_drop
        self.cell, self.parts = cell, 2 if cell in WITH_CELL else 1
        self.dropout = LockedDropout(dropout)

    def start(self, batch: int) -> State:
        """Zeros, for B streams."""
        like = next(self.parameters())
        return tuple(like.new_zeros(batch, width) for width in self.widths for _ in range(self.parts))

    def forward(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """Outputs (B, T, H) of the last layer for inputs (B, T, D), and the state after the last step."""
        after: list[Tensor] = []
        for depth, layer in enumerate(self.layers):
            if depth:
                inputs = self.dropout(inputs)
            first = [part[None] for part in state[depth * self.parts : (depth + 1) * self.parts]]  # (1, B, H) each
            inputs, last = self._run(layer, inputs, first)
            after += [part[0] for part in last]
        return inputs, tuple(after)

    def _run(self, layer: nn.Module, inputs: Tensor, first: list[Tensor]) -> tuple[Tensor, Sequence[Tensor]]:
        if inputs.size(1) == 1 and not torch.is_grad_enabled():
            hidden, *rest = self._step(layer, inputs[:, 0], [part[0] for part in first])  # (B, H)
            return hidden[:, None], [part[None] for part in (hidden, *rest)]
        begin = tuple(first) if self.parts == 2 else first[0]
        if self.training and self.weight_drop:
            dropped = functional.dropout(layer.get_parameter("weight_hh_l0"), self.weight_drop)  # (gates * H, H)
            outputs, last = torch.func.functional_call(layer, {"weight_hh_l0": dropped}, (inputs, begin))
        else:
            outputs, last = layer(inputs, begin)
        return outputs, last if self.parts == 2 else [last]

    def _step(self, layer: nn.Module, inputs: Tensor, state: list[Tensor]) -> tuple[Tensor, ...]:
        """One step (B, D) without gradient; a fused layer packs its weights each time and takes ten times as long."""
        get = layer.get_parameter
        from_input = functional.linear(inputs, get("weight_ih_l0"), get("bias_ih_l0"))  # (B, gates * H)
        from_state = functional.linear(state[0], get("weight_hh_l0"), get("bias_hh_l0"))  # (B, gates * H)
        if self.cell == "gru":
            return (gru_step(from_input, from_state, state[0]),)
        return summed_step(self.cell, from_input + from_state, state[1:], layer)


def select(state: State, rows: Tensor) -> State:
    """The states of some of the streams."""
    return tuple(part.index_select(0, rows) for part in state)


def detached(state: State) -> State:
    """The state as a number: no gradient goes back beyond it."""
    return tuple(part.detach() for part in state)
