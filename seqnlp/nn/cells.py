"""One step of each recurrent cell from its gate sums, as plain tensor code; the gradient is autograd's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn


def fast_tanh(values: Tensor) -> Tensor:
    """tanh as ``2 sigmoid(2x) - 1``, right to the rounding of a 1: not for bf16.

    On a CPU torch's sigmoid is vectorised so much better than its tanh that in fp32 this takes a fifth of the time.
    """
    return torch.sigmoid(values * 2) * 2 - 1


class LSTMGates(NamedTuple):
    """What an LSTM's gates let through, and what they make of the cell; (N, H) each, in fp32 or wider.

    Attributes:
        enter: input gate, 0 to 1: how much of ``new`` is written.
        keep: forget gate, 0 to 1: how much of the cell stays.
        leave: output gate, 0 to 1: how much of the cell is shown.
        new: candidate, -1 to 1.
        cell: the next cell.
    """

    enter: Tensor
    keep: Tensor
    leave: Tensor
    new: Tensor
    cell: Tensor

    @property
    def hidden(self) -> Tensor:
        """The next hidden state (N, H)."""
        return self.leave * fast_tanh(self.cell)


class GRUGates(NamedTuple):
    """What a GRU's gates let through, and what they make of the state; (N, H) each.

    Attributes:
        reset: 0 to 1: how much of the state the candidate sees.
        keep: update gate, 0 to 1: how much of the state stays.
        new: candidate, -1 to 1.
        hidden: the next hidden state.
    """

    reset: Tensor
    keep: Tensor
    new: Tensor
    hidden: Tensor


def lstm_gates(gates: Tensor, cell: Tensor) -> LSTMGates:
    """Everything that happens in :func:`lstm_step`, which has the same arguments."""
    wide = gates.to(torch.promote_types(gates.dtype, torch.float32))  # (N, 4H)
    enter, keep, new, leave = wide.chunk(4, dim=1)  # 4 x (N, H)
    enter, keep, leave, new = torch.sigmoid(enter), torch.sigmoid(keep), torch.sigmoid(leave), fast_tanh(new)
    return LSTMGates(enter, keep, leave, new, keep * cell + enter * new)


def lstm_step(gates: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
    """Hochreiter & Schmidhuber (1997) with the forget gate of Gers et al. (2000).

    Args:
        gates: (N, 4H) sums of all that enters the gates, in the order input, forget, cell, output.
        cell: (N, H).

    Returns:
        The next hidden state (N, H), in the dtype of ``gates``, and the next cell (N, H), in fp32 or wider.
    """
    found = lstm_gates(gates, cell)
    return found.hidden.to(gates.dtype), found.cell


def peephole_gates(gates: Tensor, cell: Tensor, peepholes: Tensor) -> LSTMGates:
    """Everything that happens in :func:`peephole_step`, which has the same arguments."""
    wide = gates.to(torch.promote_types(gates.dtype, torch.float32))  # (N, 4H)
    enter, keep, new, leave = wide.chunk(4, dim=1)  # 4 x (N, H)
    see_enter, see_keep, see_leave = peepholes  # 3 x (H,)
    enter, keep, new = torch.sigmoid(enter + see_enter * cell), torch.sigmoid(keep + see_keep * cell), fast_tanh(new)
    cell = keep * cell + enter * new  # (N, H)
    return LSTMGates(enter, keep, torch.sigmoid(leave + see_leave * cell), new, cell)


def peephole_step(gates: Tensor, cell: Tensor, peepholes: Tensor) -> tuple[Tensor, Tensor]:
    """An LSTM whose gates see the cell (Gers & Schmidhuber 2000).

    With sums ``i``, ``f``, ``g``, ``o`` of what enters the gates and peepholes ``p``::

        c' = sigmoid(f + p_f c) c + sigmoid(i + p_i c) tanh(g)
        h' = sigmoid(o + p_o c') tanh(c')

    Args:
        gates: (N, 4H), in the order input, forget, cell, output.
        cell: (N, H).
        peepholes: (3, H), in the order input, forget, output.

    Returns:
        As :func:`lstm_step`, which this is with peepholes of zero.
    """
    found = peephole_gates(gates, cell, peepholes)
    return found.hidden.to(gates.dtype), found.cell


def summed_step(kind: str, sums: Tensor, cell: Sequence[Tensor], layer: nn.Module) -> tuple[Tensor, ...]:
    """One step of any cell but the GRU, for which it is enough to know the sum of what input and state say.

    Args:
        kind: ``rnn``, ``lstm`` or ``peephole``.
        sums: (N, gates * H).
        cell: of LSTMs, one (N, H).
        layer: has the peepholes, if there are any.

    Returns:
        The next hidden state (N, H) and, of LSTMs, the next cell (N, H).
    """
    if kind == "rnn":
        return (torch.tanh(sums),)
    if kind == "peephole":
        return peephole_step(sums, cell[0], layer.get_parameter("peepholes"))
    return lstm_step(sums, cell[0])


def gru_gates(from_input: Tensor, from_state: Tensor, hidden: Tensor) -> GRUGates:
    """Everything that happens in :func:`gru_step`, which has the same arguments."""
    reset, update, new = from_input.chunk(3, dim=1)  # 3 x (N, H)
    state_reset, state_update, state_new = from_state.chunk(3, dim=1)  # 3 x (N, H)
    reset, keep = torch.sigmoid(reset + state_reset), torch.sigmoid(update + state_update)
    candidate = torch.tanh(new + reset * state_new)
    return GRUGates(reset, keep, candidate, candidate + keep * (hidden - candidate))


def gru_step(from_input: Tensor, from_state: Tensor, hidden: Tensor) -> Tensor:
    """Cho et al. (2014), the reset gate applied after the product as in torch and cuDNN.

    Args:
        from_input, from_state: (N, 3H) what the input and the state add to the reset gate, update gate and candidate.
        hidden: (N, H).
    """
    return gru_gates(from_input, from_state, hidden).hidden
