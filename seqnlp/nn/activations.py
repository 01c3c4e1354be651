"""The gates and states of recurrent layers at each step, recomputed by the readable steps of steps.py.

The fused layers of torch give no gates away. The same weights, step by step, give the same outputs and every gate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from seqnlp.nn.cells import Cell
from seqnlp.nn.recurrent import Recurrent
from seqnlp.nn.stateful import StatefulRNN


@dataclass(frozen=True)
class LayerActivations:
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
def record_gates(core: Recurrent | StatefulRNN, inputs: Tensor) -> list[LayerActivations]:
    """Every layer of a core, in inference, over one sequence (T, D) that begins with a state of zeros."""
    recorded = []
    if isinstance(core, StatefulRNN):
        for depth, layer in enumerate(core.layers, start=1):
            recorded.append(LayerActivations(depth, False, trace(core.cell, layer, inputs)))
            inputs = recorded[-1].values["hidden"]  # (T, H)
        return recorded
    for depth, forward_layer in enumerate(core.forwards, start=1):
        recorded.append(LayerActivations(depth, False, trace(core.cell, forward_layer, inputs)))
        outputs = [recorded[-1].values["hidden"]]  # (T, H)
        if core.bidirectional:
            backward = trace(core.cell, core.backwards[depth - 1], inputs.flip(0))
            recorded.append(LayerActivations(depth, True, {name: value.flip(0) for name, value in backward.items()}))
            outputs.append(recorded[-1].values["hidden"])
        inputs = torch.cat(outputs, dim=1)  # (T, H) or (T, 2H)
    return recorded


def trace(cell: Cell, layer: nn.Module, inputs: Tensor) -> dict[str, Tensor]:
    """The gates, cell and hidden state of one layer over inputs (T, D), by name, (T, H) each."""
    steps = list(_steps(cell, layer, inputs))
    return {name: torch.cat([step[name] for step in steps]) for name in steps[0]}


def _steps(cell: Cell, layer: nn.Module, inputs: Tensor) -> Iterator[dict[str, Tensor]]:
    """The gates and the state of each step, (1, H) each."""
    get = layer.get_parameter
    from_inputs = functional.linear(inputs, get("weight_ih_l0"), get("bias_ih_l0"))  # (T, gates * H)
    state = [inputs.new_zeros(1, get("weight_hh_l0").size(1))] * cell.num_states  # (1, H) each
    for from_input in from_inputs[:, None]:
        from_state = functional.linear(state[0], get("weight_hh_l0"), get("bias_hh_l0"))  # (1, gates * H)
        values = cell.named_gates(from_input, from_state, state, layer)
        state = [values["hidden"], values["cell state"]] if cell.has_cell else [values["hidden"]]
        yield values
