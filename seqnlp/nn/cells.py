"""The kinds of recurrent cells. A layer of any kind is made, started, run and looked into through its :class:`Cell`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from seqnlp.nn.peephole import PeepholeLSTM
from seqnlp.nn.steps import GRUGates, LSTMGates, RNNGates, gru_gates, lstm_gates, peephole_gates

Layer = nn.LSTM | nn.GRU | nn.RNN | PeepholeLSTM
State = tuple[Tensor, ...]
"""(B, H) of each layer in turn: the hidden state and, for LSTMs, the cell after it."""


class Cell(ABC):
    """A kind of cell.

    Attributes:
        layer: the class of its layers, whose weights are named as those of ``nn.LSTM``.
        has_cell: the state is a hidden state and a cell; else it is a hidden state alone.
        adds_up: a step needs only the sum of what the input and the state add to the gates.
    """

    layer: type[nn.LSTM] | type[nn.GRU] | type[nn.RNN] | type[PeepholeLSTM]
    has_cell = False
    adds_up = True

    @property
    def num_states(self) -> int:
        """Tensors (B, H) that the state of a layer has."""
        return 2 if self.has_cell else 1

    def make(self, widths: Sequence[tuple[int, int]], forget_bias: float = 1.0) -> list[Layer]:
        """Layers with fresh weights, of these widths of their input and their state."""
        layers = [self.layer(input_dim, hidden_dim, batch_first=True) for input_dim, hidden_dim in widths]
        for layer in layers:
            self.initialize(layer, forget_bias)
        return layers

    def initialize(self, layer: Layer, forget_bias: float = 1.0) -> None:
        """Glorot input weights, orthogonal recurrent weights per gate, zero biases and peepholes, open forget gates.

        The bias of the forget gate is 1 as in Jozefowicz et al. (2015) unless another is given.
        """
        hidden_dim = layer.hidden_size
        for name, parameter in layer.named_parameters():
            if name.startswith(("bias", "peephole")):
                nn.init.zeros_(parameter)
                continue
            for gate in torch.split(parameter.data, hidden_dim):
                nn.init.orthogonal_(gate) if name.startswith("weight_hh") else nn.init.xavier_uniform_(gate)
        if self.has_cell:
            bias = layer.get_parameter("bias_ih_l0").data  # (4H,), in the order input, forget, candidate, output
            bias[hidden_dim : 2 * hidden_dim] = forget_bias

    def run(self, layer: Callable[..., Any], inputs: Tensor, state: Sequence[Tensor]) -> tuple[Tensor, State]:
        """Outputs (B, T, H) for inputs (B, T, D), and the state after the last step; a state is (B, H) each."""
        first = tuple(part[None] for part in state)  # (1, B, H) each
        outputs, last = layer(inputs, first if self.has_cell else first[0])
        return outputs, tuple(part[0] for part in (last if self.has_cell else (last,)))

    def step(self, from_input: Tensor, from_state: Tensor | None, state: Sequence[Tensor], layer: nn.Module) -> State:
        """The state after one step; see :meth:`gates`."""
        return self.gates(from_input, from_state, state, layer).state(from_input.dtype)

    def named_gates(
        self, from_input: Tensor, from_state: Tensor, state: Sequence[Tensor], layer: nn.Module
    ) -> dict[str, Tensor]:
        """What happens in one step, by name, ``hidden`` among it; see :meth:`gates`."""
        return self.gates(from_input, from_state, state, layer).named()

    @abstractmethod
    def gates(
        self, from_input: Tensor, from_state: Tensor | None, state: Sequence[Tensor], layer: nn.Module
    ) -> LSTMGates | GRUGates | RNNGates:
        """All that happens in one step.

        Args:
            from_input, from_state: (N, gates * H) what the input and the state add to the gates; where they only add
                up, ``from_input`` may be the sum of both and ``from_state`` None.
            state: (N, H) each.
            layer: has the peepholes, if there are any.
        """


class LSTM(Cell):
    """Hochreiter & Schmidhuber (1997), with the forget gate of Gers et al. (2000)."""

    layer, has_cell = nn.LSTM, True

    def gates(
        self, from_input: Tensor, from_state: Tensor | None, state: Sequence[Tensor], layer: nn.Module
    ) -> LSTMGates:
        """As :meth:`Cell.gates`."""
        return lstm_gates(_sum(from_input, from_state), state[1])


class Peephole(Cell):
    """An LSTM whose gates see the cell (Gers & Schmidhuber 2000)."""

    layer, has_cell = PeepholeLSTM, True

    def gates(
        self, from_input: Tensor, from_state: Tensor | None, state: Sequence[Tensor], layer: nn.Module
    ) -> LSTMGates:
        """As :meth:`Cell.gates`."""
        return peephole_gates(_sum(from_input, from_state), state[1], layer.get_parameter("peepholes"))


class GRU(Cell):
    """Cho et al. (2014)."""

    layer, adds_up = nn.GRU, False

    def gates(
        self, from_input: Tensor, from_state: Tensor | None, state: Sequence[Tensor], layer: nn.Module
    ) -> GRUGates:
        """As :meth:`Cell.gates`."""
        assert from_state is not None  # the reset gate multiplies what the state adds to the candidate
        return gru_gates(from_input, from_state, state[0])


class RNN(Cell):
    """Elman (1990), with tanh."""

    layer = nn.RNN

    def gates(
        self, from_input: Tensor, from_state: Tensor | None, state: Sequence[Tensor], layer: nn.Module
    ) -> RNNGates:
        """As :meth:`Cell.gates`."""
        return RNNGates(torch.tanh(_sum(from_input, from_state)))


CELLS: dict[str, Cell] = {"lstm": LSTM(), "gru": GRU(), "rnn": RNN(), "peephole": Peephole()}


def select(state: State, rows: Tensor) -> State:
    """The states of some of the streams."""
    return tuple(part.index_select(0, rows) for part in state)


def detached(state: State) -> State:
    """The state as a number: no gradient goes back beyond it."""
    return tuple(part.detach() for part in state)


def _sum(from_input: Tensor, from_state: Tensor | None) -> Tensor:
    return from_input if from_state is None else from_input + from_state
