"""One step of each recurrent cell from its gate sums, as plain tensor code; the gradient is autograd's."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


def fast_tanh(values: Tensor) -> Tensor:
    """tanh as ``2 sigmoid(2x) - 1``, right to the rounding of a 1: not for bf16.

    On a CPU torch's sigmoid is vectorised so much better than its tanh that in fp32 this takes a fifth of the time.
    """
    return torch.sigmoid(values * 2) * 2 - 1


class LSTMGates(NamedTuple):
    """The gates of an LSTM and the next cell; (N, H) each, in fp32 or wider.

    Attributes:
        input: input gate, 0 to 1: how much of the candidate is written.
        forget: forget gate, 0 to 1: how much of the cell stays.
        output: output gate, 0 to 1: how much of the cell is shown.
        candidate: -1 to 1.
        cell: the next cell.
    """

    input: Tensor
    forget: Tensor
    output: Tensor
    candidate: Tensor
    cell: Tensor

    @property
    def hidden(self) -> Tensor:
        """The next hidden state (N, H)."""
        return self.output * fast_tanh(self.cell)

    def state(self, dtype: torch.dtype) -> tuple[Tensor, ...]:
        """The next hidden state in a dtype, and the next cell in fp32 or wider."""
        return self.hidden.to(dtype), self.cell

    def named(self) -> dict[str, Tensor]:
        """Everything by name."""
        return {
            "forget gate": self.forget,
            "input gate": self.input,
            "output gate": self.output,
            "candidate": self.candidate,
            "cell state": self.cell,
            "hidden": self.hidden,
        }


class GRUGates(NamedTuple):
    """The gates of a GRU and the next state; (N, H) each.

    Attributes:
        reset: 0 to 1: how much of the state the candidate sees.
        update: update gate, 0 to 1: how much of the state stays.
        candidate: -1 to 1.
        hidden: the next hidden state.
    """

    reset: Tensor
    update: Tensor
    candidate: Tensor
    hidden: Tensor

    def state(self, dtype: torch.dtype) -> tuple[Tensor, ...]:
        """The next hidden state."""
        return (self.hidden,)

    def named(self) -> dict[str, Tensor]:
        """Everything by name."""
        return {
            "reset gate": self.reset,
            "update gate": self.update,
            "candidate": self.candidate,
            "hidden": self.hidden,
        }


class RNNGates(NamedTuple):
    """A vanilla RNN has no gates: the next state (N, H) alone."""

    hidden: Tensor

    def state(self, dtype: torch.dtype) -> tuple[Tensor, ...]:
        """The next hidden state."""
        return (self.hidden,)

    def named(self) -> dict[str, Tensor]:
        """Everything by name."""
        return {"hidden": self.hidden}


def lstm_gates(sums: Tensor, cell: Tensor) -> LSTMGates:
    """One step of Hochreiter & Schmidhuber (1997) with the forget gate of Gers et al. (2000).

    Args:
        sums: (N, 4H) of all that enters the gates, in the order input, forget, candidate, output.
        cell: (N, H).
    """
    wide = sums.to(torch.promote_types(sums.dtype, torch.float32))  # (N, 4H)
    input_sum, forget_sum, candidate_sum, output_sum = wide.chunk(4, dim=1)  # 4 x (N, H)
    input_gate, forget_gate = torch.sigmoid(input_sum), torch.sigmoid(forget_sum)
    output_gate, candidate = torch.sigmoid(output_sum), fast_tanh(candidate_sum)
    return LSTMGates(input_gate, forget_gate, output_gate, candidate, forget_gate * cell + input_gate * candidate)


def peephole_gates(sums: Tensor, cell: Tensor, peepholes: Tensor) -> LSTMGates:
    """One step of an LSTM whose gates see the cell (Gers & Schmidhuber 2000); with peepholes of zero an LSTM's.

    With sums ``i``, ``f``, ``g``, ``o`` of what enters the gates and peepholes ``p``::

        c' = sigmoid(f + p_f c) c + sigmoid(i + p_i c) tanh(g)
        h' = sigmoid(o + p_o c') tanh(c')

    Args:
        sums: (N, 4H), in the order input, forget, candidate, output.
        cell: (N, H).
        peepholes: (3, H), in the order input, forget, output.
    """
    wide = sums.to(torch.promote_types(sums.dtype, torch.float32))  # (N, 4H)
    input_sum, forget_sum, candidate_sum, output_sum = wide.chunk(4, dim=1)  # 4 x (N, H)
    to_input, to_forget, to_output = peepholes  # 3 x (H,)
    input_gate, forget_gate = torch.sigmoid(input_sum + to_input * cell), torch.sigmoid(forget_sum + to_forget * cell)
    candidate = fast_tanh(candidate_sum)
    cell = forget_gate * cell + input_gate * candidate  # (N, H)
    return LSTMGates(input_gate, forget_gate, torch.sigmoid(output_sum + to_output * cell), candidate, cell)


def gru_gates(from_input: Tensor, from_state: Tensor, hidden: Tensor) -> GRUGates:
    """One step of Cho et al. (2014), the reset gate applied after the product as in torch and cuDNN.

    Args:
        from_input, from_state: (N, 3H) what the input and the state add to the reset gate, update gate and candidate.
        hidden: (N, H).
    """
    reset, update, candidate = from_input.chunk(3, dim=1)  # 3 x (N, H)
    state_reset, state_update, state_candidate = from_state.chunk(3, dim=1)  # 3 x (N, H)
    reset, update = torch.sigmoid(reset + state_reset), torch.sigmoid(update + state_update)
    candidate = torch.tanh(candidate + reset * state_candidate)
    return GRUGates(reset, update, candidate, candidate + update * (hidden - candidate))
