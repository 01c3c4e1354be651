"""The gates that are shown are those of the fused layers: the same weights give the same outputs."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor, nn

from seqnlp.nn.activations import record_gates
from seqnlp.nn.cells import CELLS
from seqnlp.nn.recurrent import Recurrent
from seqnlp.nn.stateful import StatefulRNN

T, D, H = 9, 4, 6
GATES = {
    "lstm": ["forget gate", "input gate", "output gate", "candidate", "cell state", "hidden"],
    "gru": ["reset gate", "update gate", "candidate", "hidden"],
    "rnn": ["hidden"],
}
GATES["peephole"] = GATES["lstm"]


def shaken(core: nn.Module) -> nn.Module:
    """All weights random, peepholes and biases too."""
    torch.manual_seed(3)
    for parameter in core.parameters():
        nn.init.normal_(parameter, std=0.5)
    return core.eval()


def make_inputs() -> Tensor:
    return torch.randn(T, D, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(("cell", "layers", "both"), list(itertools.product(CELLS, (1, 2, 3), (True, False))))
def test_the_recomputed_hidden_states_are_the_outputs_of_the_fused_layers(cell: str, layers: int, both: bool) -> None:
    core = Recurrent(D, H, cell=cell, num_layers=layers, bidirectional=both, dropout=0.5)
    shaken(core)
    inputs = make_inputs()
    actual = record_gates(core, inputs)
    assert [(each.depth, each.backwards) for each in actual] == [
        (depth, behind) for depth in range(1, layers + 1) for behind in ((False, True) if both else (False,))
    ]
    assert all(list(each.values) == GATES[cell] for each in actual)
    top = torch.cat([each.values["hidden"] for each in actual if each.depth == layers], dim=1)
    torch.testing.assert_close(top, core(inputs[None], torch.tensor([T]))[0], atol=1e-5, rtol=0)


@pytest.mark.parametrize("cell", CELLS)
def test_so_are_those_of_layers_with_a_carried_state_and_their_cells(cell: str) -> None:
    core = StatefulRNN(D, [H, H + 1], cell=cell, weight_drop=0.5, dropout=0.5)
    shaken(core)
    inputs = make_inputs()
    actual = record_gates(core, inputs)
    outputs, state = core(inputs[None], core.start(1))
    torch.testing.assert_close(actual[-1].values["hidden"], outputs[0], atol=1e-5, rtol=0)
    names = ("hidden", "cell state") if cell in ("lstm", "peephole") else ("hidden",)
    last = [each.values[name][-1:] for each in actual for name in names]
    for mine, theirs in zip(last, state, strict=True):
        torch.testing.assert_close(mine, theirs, atol=1e-5, rtol=0)


@pytest.mark.parametrize("cell", ["lstm", "peephole"])
def test_the_cell_is_what_the_forget_gate_keeps_and_the_input_gate_lets_in(cell: str) -> None:
    core = Recurrent(D, H, cell=cell, bidirectional=False)
    shaken(core)
    (layer,) = record_gates(core, make_inputs())
    forget, enter, leave, new, state, hidden = (layer.values[name] for name in GATES["lstm"])
    before = torch.cat([torch.zeros(1, H), state[:-1]])
    torch.testing.assert_close(state, forget * before + enter * new)
    torch.testing.assert_close(hidden, leave * torch.tanh(state), atol=1e-6, rtol=0)


def test_the_update_gate_of_a_gru_keeps_the_state() -> None:
    core = Recurrent(D, H, cell="gru", bidirectional=False)
    shaken(core)
    (layer,) = record_gates(core, make_inputs())
    _, keep, new, hidden = (layer.values[name] for name in GATES["gru"])
    before = torch.cat([torch.zeros(1, H), hidden[:-1]])
    torch.testing.assert_close(hidden, keep * before + (1 - keep) * new)


@pytest.mark.parametrize("cell", CELLS)
def test_gates_are_between_0_and_1(cell: str) -> None:
    core = Recurrent(D, H, cell=cell)
    shaken(core)
    for layer in record_gates(core, make_inputs()):
        for name, values in layer.values.items():
            assert values.shape == (T, H)
            if name.endswith("gate"):
                assert values.min() >= 0
                assert values.max() <= 1
