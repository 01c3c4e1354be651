"""The recurrent core: stacked layers of any cell, exact under padding."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from seqnlp.nn.cells import CELLS
from seqnlp.nn.dropout import LockedDropout
from seqnlp.nn.steps import lstm_gates


class Recurrent(nn.Module):
    """Stacked recurrent layers over padded sequences.

    Each direction is its own fused layer running on *padded* input, which takes the fast (oneDNN) path on a CPU where
    packed input does not. The backward direction stays exact because every row is reversed within its own length: the
    padding comes last in both directions, so no real step ever sees it.

    Args:
        input_dim: D, width of the input.
        hidden_dim: H, width of each direction.
        cell: ``lstm`` (Hochreiter & Schmidhuber 1997; forget gate of Gers et al. 2000),
            ``gru`` (Cho et al. 2014), ``rnn`` (Elman 1990, tanh) or ``peephole`` (Gers & Schmidhuber 2000).
        num_layers: layers, each reading the outputs of the one below.
        bidirectional: read in both directions (Schuster & Paliwal 1997); outputs are concatenated.
        dropout: locked dropout (one mask a sequence) after each layer.
        forget_bias: of the LSTMs' forget gates at the start.
    """

    def __init__(
        self,
        input_dim: int,
        hidden_dim: int,
        *,
        cell: str = "lstm",
        num_layers: int = 1,
        bidirectional: bool = True,
        dropout: float = 0.0,
        forget_bias: float = 1.0,
    ) -> None:
        super().__init__()
        num_directions = 2 if bidirectional else 1
        self.hidden_dim = hidden_dim
        self.output_dim = hidden_dim * num_directions
        self.bidirectional = bidirectional
        widths = [input_dim] + [self.output_dim] * (num_layers - 1)
        self.cell = CELLS[cell]
        layers = self.cell.make([(width, hidden_dim) for width in widths * num_directions], forget_bias)
        self.forwards, self.backwards = nn.ModuleList(layers[:num_layers]), nn.ModuleList(layers[num_layers:])
        self.dropout = LockedDropout(dropout)

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Outputs of the last layer.

        Args:
            inputs: (B, T, D); what stands at padding does not matter.
            lengths: (B,) real steps of each row.

        Returns:
            (B, T, H) or (B, T, 2H), forward direction first; undefined at padding.
        """
        reverse = reversal(lengths, inputs.size(1)) if self.bidirectional else None
        for depth, forward_layer in enumerate(self.forwards):
            outputs = _run(forward_layer, inputs)  # (B, T, H)
            if reverse is not None:
                backward = _run(self.backwards[depth], permute(inputs, reverse))  # (B, T, H), last step first
                outputs = torch.cat([outputs, permute(backward, reverse)], dim=-1)  # (B, T, 2H)
            inputs = self.dropout(outputs)
        return inputs

    def final(self, outputs: Tensor, lengths: Tensor) -> Tensor:
        """What each direction held after its last real step, (B, H) or (B, 2H), from the outputs of :meth:`forward`."""
        rows = torch.arange(outputs.size(0), device=outputs.device)
        forward_output = outputs[rows, lengths - 1, : self.hidden_dim]  # (B, H)
        if not self.bidirectional:
            return forward_output
        return torch.cat([forward_output, outputs[:, 0, self.hidden_dim :]], dim=-1)  # (B, 2H)


def _run(layer: nn.Module, inputs: Tensor) -> Tensor:
    """Outputs (B, T, H) of a layer that begins with zeros.

    A model in bf16 runs an LSTM step by step: the products of ``linear`` are then bit for bit the same for a
    row whatever the other rows. Those of the fused layer are not, and in bf16 that could become another answer.
    """
    if not (isinstance(layer, nn.LSTM) and layer.get_parameter("weight_hh_l0").dtype == torch.bfloat16):
        outputs: Tensor = layer(inputs)[0]
        return outputs
    from_input, from_state, input_bias, state_bias = layer.parameters()
    gates = functional.linear(inputs, from_input, input_bias).float()  # (B, T, 4H)
    hidden = inputs.new_zeros(len(inputs), layer.hidden_size)  # (B, H)
    cell, steps = hidden.float(), []  # (B, H)
    for gate in gates.unbind(dim=1):
        sums = gate + functional.linear(hidden, from_state, state_bias).float()  # (B, 4H)
        hidden, cell = lstm_gates(sums, cell).state(inputs.dtype)
        steps.append(hidden)
    return torch.stack(steps, dim=1)


def reversal(lengths: Tensor, num_steps: int) -> Tensor:
    """Flat positions (B * T,) that reverse each row of a (B, T, ...) tensor within its own length; its own inverse."""
    steps = torch.arange(num_steps, device=lengths.device)  # (T,)
    last = lengths[:, None] - 1  # (B, 1)
    source = torch.where(steps <= last, last - steps, steps)  # (B, T)
    first = torch.arange(len(lengths), device=lengths.device)[:, None] * num_steps  # (B, 1)
    return (source + first).flatten()  # (B * T,)


def permute(sequences: Tensor, positions: Tensor) -> Tensor:
    """Rearrange the steps of (B, T, D) by flat positions (B * T,)."""
    return sequences.flatten(0, 1).index_select(0, positions).view_as(sequences)
