"""What happens inside recurrent layers at each step, recomputed by the readable cells of cells.py.

The fused layers of torch give no gates away. The same weights, step by step, give the same outputs and every gate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from seqnlp.nn.carried import CarriedLayers
from seqnlp.nn.cells import GRUGates, LSTMGates, gru_gates, lstm_gates, peephole_gates
from seqnlp.nn.recurrent import CELLS, Recurrent


@dataclass(frozen=True)
class LayerInside:
    """One layer over T steps.

    Attributes:
        depth: 1 for the lowest.
        backwards: it reads from the last step to the first; its values stand in the order of the text all the same.
        values: by name, (T, H) each; ``hidden`` is the layer's output. LSTMs: ``forget gate``, ``input gate``,
            ``output gate``, ``candidate``, ``cell state``; GRUs: ``reset gate``, ``update gate`` (1 keeps the state),
            ``candidate``.
    """

    depth: int
    backwards: bool
    values: dict[str, Tensor]


@torch.no_grad()
def look_inside(core: Recurrent | CarriedLayers, inputs: Tensor) -> list[LayerInside]:
    """Every layer of a core, in inference, over one sequence (T, D) that begins with a state of zeros."""
    found = []
    if isinstance(core, CarriedLayers):
        for depth, layer in enumerate(core.layers, start=1):
            found.append(LayerInside(depth, False, trace(layer, inputs)))
            inputs = found[-1].values["hidden"]  # (T, H)
        return found
    for depth, ahead in enumerate(core.forwards, start=1):
        found.append(LayerInside(depth, False, trace(ahead, inputs)))
        outputs = [found[-1].values["hidden"]]  # (T, H)
        if core.bidirectional:
            behind = trace(core.backwards[depth - 1], inputs.flip(0))
            found.append(LayerInside(depth, True, {name: value.flip(0) for name, value in behind.items()}))
            outputs.append(found[-1].values["hidden"])
        inputs = torch.cat(outputs, dim=1)  # (T, H) or (T, 2H)
    return found


def trace(layer: nn.Module, inputs: Tensor) -> dict[str, Tensor]:
    """The gates, cell and hidden state of one layer over inputs (T, D), by name, (T, H) each."""
    steps = list(_steps(layer, inputs))
    return {name: torch.cat([step[name] for step in steps]) for name in steps[0]}


def _steps(layer: nn.Module, inputs: Tensor) -> Iterator[dict[str, Tensor]]:
    """What each step holds, (1, H) each."""
    get = layer.get_parameter
    kind = next(name for name, made in CELLS.items() if isinstance(layer, made))
    from_inputs = functional.linear(inputs, get("weight_ih_l0"), get("bias_ih_l0"))  # (T, gates * H)
    hidden = inputs.new_zeros(1, get("weight_hh_l0").size(1))  # (1, H)
    cell = hidden
    for from_input in from_inputs[:, None]:
        from_state = functional.linear(hidden, get("weight_hh_l0"), get("bias_hh_l0"))  # (1, gates * H)
        if kind == "rnn":
            values = {"hidden": torch.tanh(from_input + from_state)}  # (1, H)
        elif kind == "gru":
            values = _named_gru(gru_gates(from_input, from_state, hidden))
        else:
            sums = from_input + from_state  # (1, 4H)
            gates = peephole_gates(sums, cell, get("peepholes")) if kind == "peephole" else lstm_gates(sums, cell)
            values, cell = _named_lstm(gates), gates.cell
        hidden = values["hidden"]
        yield values


def _named_lstm(gates: LSTMGates) -> dict[str, Tensor]:
    return {
        "forget gate": gates.keep,
        "input gate": gates.enter,
        "output gate": gates.leave,
        "candidate": gates.new,
        "cell state": gates.cell,
        "hidden": gates.hidden,
    }


def _named_gru(gates: GRUGates) -> dict[str, Tensor]:
    return {"reset gate": gates.reset, "update gate": gates.keep, "candidate": gates.new, "hidden": gates.hidden}
