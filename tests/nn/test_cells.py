"""Each cell has the right gradient and equals torch's; the peephole LSTM without peepholes is the fused one."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from seqnlp.nn.cells import CELLS
from seqnlp.nn.peephole import PeepholeLSTM
from seqnlp.nn.recurrent import Recurrent
from seqnlp.nn.steps import fast_tanh, gru_gates, lstm_gates, peephole_gates

N, D, H = 3, 4, 5


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)).requires_grad_()


def lstm_step(sums: Tensor, cell: Tensor) -> tuple[Tensor, ...]:
    return lstm_gates(sums, cell).state(sums.dtype)


def peephole_step(sums: Tensor, cell: Tensor, peepholes: Tensor) -> tuple[Tensor, ...]:
    return peephole_gates(sums, cell, peepholes).state(sums.dtype)


def gru_step(from_input: Tensor, from_state: Tensor, hidden: Tensor) -> Tensor:
    return gru_gates(from_input, from_state, hidden).hidden


def test_fast_tanh_is_tanh() -> None:
    values = torch.linspace(-30, 30, 10_001)
    torch.testing.assert_close(fast_tanh(values), torch.tanh(values), rtol=0, atol=3e-7)


def test_an_lstm_step_is_that_of_torch() -> None:
    torch.manual_seed(1)
    cell = torch.nn.LSTMCell(D, H).double()
    inputs, hidden, before = random(N, D), random(N, H, seed=1), random(N, H, seed=2)
    gates = inputs @ cell.weight_ih.T + hidden @ cell.weight_hh.T + cell.bias_ih + cell.bias_hh  # (N, 4H)
    torch.testing.assert_close(lstm_step(gates, before), cell(inputs, (hidden, before)))


def test_a_gru_step_is_that_of_torch() -> None:
    torch.manual_seed(2)
    cell = torch.nn.GRUCell(D, H).double()
    inputs, hidden = random(N, D), random(N, H)
    sums = inputs @ cell.weight_ih.T + cell.bias_ih, hidden @ cell.weight_hh.T + cell.bias_hh  # 2 x (N, 3H)
    torch.testing.assert_close(gru_step(*sums, hidden), cell(inputs, hidden))


def test_a_step_in_bf16_keeps_its_cell_in_fp32() -> None:
    gates, cell = torch.randn(N, 4 * H), torch.randn(N, H)
    hidden, after = lstm_step(gates.bfloat16(), cell)
    assert (hidden.dtype, after.dtype) == (torch.bfloat16, torch.float32)
    torch.testing.assert_close(after, lstm_step(gates.bfloat16().float(), cell)[1])


@pytest.mark.parametrize("cell", CELLS)
def test_the_gradient_of_each_cell_is_that_of_finite_differences(cell: str) -> None:
    torch.manual_seed(0)
    layer = CELLS[cell].layer(D, H, batch_first=True).double()
    for parameter in layer.parameters():
        nn.init.normal_(parameter, std=0.5)
    names = [name for name, _ in layer.named_parameters()]
    first = random(1, N, H, seed=1)
    begin = (first, random(1, N, H, seed=2)) if cell in ("lstm", "peephole") else (first,)

    def run(inputs: Tensor, *rest: Tensor) -> Tensor:
        state, weights = rest[: len(begin)], dict(zip(names, rest[len(begin) :], strict=True))
        outputs, _ = torch.func.functional_call(layer, weights, (inputs, state if len(begin) == 2 else state[0]))
        return outputs

    assert torch.autograd.gradcheck(run, (random(N, 3, D), *begin, *layer.parameters()))


def test_the_gradients_of_single_steps_are_those_of_finite_differences() -> None:
    gates, cell = random(N, 4 * H), random(N, H, seed=1)
    assert torch.autograd.gradcheck(lstm_step, (gates, cell))
    assert torch.autograd.gradcheck(peephole_step, (gates, cell, random(3, H, seed=2)))
    assert torch.autograd.gradcheck(gru_step, (random(N, 3 * H), random(N, 3 * H, seed=1), random(N, H, seed=2)))


def test_without_peepholes_it_is_the_fused_lstm() -> None:
    fused, ours = nn.LSTM(D, H, batch_first=True), PeepholeLSTM(D, H)
    ours.load_state_dict({**fused.state_dict(), "peepholes": torch.zeros(3, H)})
    inputs, state = torch.randn(N, 6, D), (torch.randn(1, N, H), torch.randn(1, N, H))
    for begin in (None, state):
        (expected, (hidden, cell)), (actual, (our_hidden, our_cell)) = fused(inputs, begin), ours(inputs, begin)
        torch.testing.assert_close(actual, expected)
        torch.testing.assert_close(our_hidden, hidden)
        torch.testing.assert_close(our_cell, cell)


def test_peepholes_follow_the_equations() -> None:
    gates, cell, peepholes = random(N, 4 * H), random(N, H, seed=1), random(3, H, seed=2)
    hidden, after = peephole_step(gates, cell, peepholes)
    for row in range(N):
        for unit in range(H):
            i, f, g, o = (gates[row, place * H + unit] for place in range(4))
            p_i, p_f, p_o = peepholes[:, unit]
            c = torch.sigmoid(f + p_f * cell[row, unit]) * cell[row, unit]
            c = c + torch.sigmoid(i + p_i * cell[row, unit]) * torch.tanh(g)
            torch.testing.assert_close(after[row, unit], c)
            torch.testing.assert_close(hidden[row, unit], torch.sigmoid(o + p_o * c) * torch.tanh(c))


def test_a_peephole_lstm_begins_with_an_open_forget_gate_and_no_peepholes() -> None:
    layer = PeepholeLSTM(D, H)
    CELLS["peephole"].initialize(layer)
    assert (layer.bias_ih_l0 + layer.bias_hh_l0).unflatten(0, (4, H)).tolist() == [
        [0.0] * H,
        [1.0] * H,
        [0.0] * H,
        [0.0] * H,
    ]
    assert not layer.peepholes.any()


@pytest.mark.parametrize("bidirectional", [True, False])
def test_the_recurrent_core_runs_it_in_any_batch(bidirectional: bool) -> None:
    torch.manual_seed(0)
    core = Recurrent(D, H, cell="peephole", num_layers=2, bidirectional=bidirectional).eval()
    for name, parameter in core.named_parameters():
        if name.endswith("peepholes"):
            nn.init.normal_(parameter)
    inputs, lengths = torch.randn(4, 6, D), torch.tensor([6, 1, 3, 5])
    together = core(inputs, lengths)
    for row, length in enumerate(lengths.tolist()):
        alone = core(inputs[row : row + 1, :length], lengths[row : row + 1])
        torch.testing.assert_close(together[row, :length], alone[0])
