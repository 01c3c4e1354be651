"""The peephole LSTM as a layer, written from its equations; the gradient is autograd's."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from seqnlp.nn.steps import peephole_gates


class PeepholeLSTM(nn.Module):
    """One layer with the names, shapes and calls of ``nn.LSTM(batch_first=True)``, and peepholes (3, H).

    Args:
        input_size: D.
        hidden_size: H.
        batch_first: always; there for the likeness.
    """

    def __init__(self, input_size: int, hidden_size: int, batch_first: bool = True) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.weight_ih_l0 = nn.Parameter(torch.empty(4 * hidden_size, input_size))
        self.weight_hh_l0 = nn.Parameter(torch.empty(4 * hidden_size, hidden_size))
        self.bias_ih_l0 = nn.Parameter(torch.empty(4 * hidden_size))
        self.bias_hh_l0 = nn.Parameter(torch.empty(4 * hidden_size))
        self.peepholes = nn.Parameter(torch.zeros(3, hidden_size))
        for parameter in (self.weight_ih_l0, self.weight_hh_l0, self.bias_ih_l0, self.bias_hh_l0):
            nn.init.uniform_(parameter, -(hidden_size**-0.5), hidden_size**-0.5)  # as torch's own layers begin

    def forward(
        self, inputs: Tensor, state: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Outputs (B, T, H) of inputs (B, T, D), and the last hidden state and cell, (1, B, H) each."""
        sums = functional.linear(inputs, self.weight_ih_l0, self.bias_ih_l0)  # (B, T, 4H)
        if state is None:
            hidden = sums.new_zeros(len(inputs), self.hidden_size)  # (B, H)
            cell = hidden.to(torch.promote_types(hidden.dtype, torch.float32))  # (B, H)
        else:
            hidden, cell = state[0][0], state[1][0]  # (B, H)
        outputs = []
        for step in sums.unbind(dim=1):
            gates = step + functional.linear(hidden, self.weight_hh_l0, self.bias_hh_l0)  # (B, 4H)
            hidden, cell = peephole_gates(gates, cell, self.peepholes).state(gates.dtype)
            outputs.append(hidden)
        return torch.stack(outputs, dim=1), (hidden[None], cell[None])
