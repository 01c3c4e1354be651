"""Recurrent layers that read a long text window by window: their state is handed in and out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from seqnlp.nn.cells import CELLS, State
from seqnlp.nn.dropout import LockedDropout


class StatefulRNN(nn.Module):
    """Stacked layers that read forwards, with weight drop. Their state is handed in and out.

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
        self.cell = CELLS[cell]
        self.layers = nn.ModuleList(self.cell.make([*zip([input_dim, *widths[:-1]], widths, strict=True)], forget_bias))
        self.widths, self.weight_drop = tuple(widths), weight_drop
        self.dropout = LockedDropout(dropout)

    @property
    def num_states(self) -> int:
        """Tensors (B, H) that the state has."""
        return len(self.widths) * self.cell.num_states

    def start(self, batch: int) -> State:
        """Zeros, for B streams."""
        like = next(self.parameters())
        return tuple(like.new_zeros(batch, width) for width in self.widths for _ in range(self.cell.num_states))

    def forward(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """Outputs (B, T, H) of the last layer for inputs (B, T, D), and the state after the last step."""
        after: State = ()
        for depth, layer in enumerate(self.layers):
            if depth:
                inputs = self.dropout(inputs)
            first = depth * self.cell.num_states
            inputs, last = self._run(layer, inputs, state[first : first + self.cell.num_states])
            after += last
        return inputs, after

    def _run(self, layer: nn.Module, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        if inputs.size(1) == 1 and not torch.is_grad_enabled():
            after = self._step(layer, inputs[:, 0], state)  # (B, H) each
            return after[0][:, None], after
        if self.training and self.weight_drop:
            dropped = functional.dropout(layer.get_parameter("weight_hh_l0"), self.weight_drop)  # (gates * H, H)
            return self.cell.run(_with_recurrent_weight(layer, dropped), inputs, state)
        return self.cell.run(layer, inputs, state)

    def _step(self, layer: nn.Module, inputs: Tensor, state: State) -> State:
        """One step (B, D) without gradient; a fused layer packs its weights each time and takes ten times as long."""
        get = layer.get_parameter
        from_input = functional.linear(inputs, get("weight_ih_l0"), get("bias_ih_l0"))  # (B, gates * H)
        from_state = functional.linear(state[0], get("weight_hh_l0"), get("bias_hh_l0"))  # (B, gates * H)
        return self.cell.step(from_input, from_state, state, layer)


def _with_recurrent_weight(layer: nn.Module, weight: Tensor) -> Callable[..., Any]:
    """The layer, with another recurrent weight (gates * H, H)."""

    def call(*arguments: Any) -> Any:
        return torch.func.functional_call(layer, {"weight_hh_l0": weight}, arguments)

    return call
