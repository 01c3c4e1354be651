"""The recurrent core: exact under padding, equal to torch's own packed sequences."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from seqnlp.nn.cells import CELLS
from seqnlp.nn.recurrent import Recurrent, permute, reversal

KINDS = list(itertools.product(("lstm", "gru", "rnn"), (1, 2), (True, False)))
"""Torch's own cells; the peephole LSTM has tests in test_cells.py."""
LENGTHS = torch.tensor([4, 1, 7, 7, 2])


def make(cell: str = "lstm", num_layers: int = 1, bidirectional: bool = True, dropout: float = 0.0) -> Recurrent:
    torch.manual_seed(7)
    return Recurrent(3, 5, cell=cell, num_layers=num_layers, bidirectional=bidirectional, dropout=dropout).eval()


def make_inputs() -> Tensor:
    return torch.randn(5, 7, 3, generator=torch.Generator().manual_seed(1))  # (B, T, D)


@pytest.mark.parametrize(("cell", "num_layers", "bidirectional"), KINDS)
def test_a_sequence_alone_equals_itself_in_a_padded_batch(cell: str, num_layers: int, bidirectional: bool) -> None:
    core, inputs = make(cell, num_layers, bidirectional), make_inputs()
    together = core(inputs, LENGTHS)
    finals = core.final(together, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        alone = core(inputs[row : row + 1, :length], torch.tensor([length]))
        torch.testing.assert_close(together[row, :length], alone[0], atol=1e-5, rtol=0)
        torch.testing.assert_close(finals[row], core.final(alone, torch.tensor([length]))[0], atol=1e-5, rtol=0)


@pytest.mark.parametrize(("cell", "num_layers", "bidirectional"), KINDS)
@pytest.mark.parametrize("garbage", [1e30, float("nan")])
def test_what_stands_at_padding_does_not_matter(
    cell: str, num_layers: int, bidirectional: bool, garbage: float
) -> None:
    core, inputs = make(cell, num_layers, bidirectional), make_inputs()
    mask = torch.arange(7) < LENGTHS[:, None]  # (B, T)
    dirty = inputs.masked_fill(~mask[..., None], garbage)
    torch.testing.assert_close(core(dirty, LENGTHS)[mask], core(inputs, LENGTHS)[mask], atol=1e-5, rtol=0)


@pytest.mark.parametrize(("cell", "num_layers", "bidirectional"), KINDS)
def test_it_equals_torchs_packed_sequences_with_the_same_weights(
    cell: str, num_layers: int, bidirectional: bool
) -> None:
    core, inputs = make(cell, num_layers, bidirectional), make_inputs()
    reference = CELLS[cell].layer(3, 5, num_layers=num_layers, bidirectional=bidirectional, batch_first=True)
    weights = {}
    for directions, suffix in ((core.forwards, ""), (core.backwards, "_reverse")):
        for depth, layer in enumerate(directions):
            weights |= {name.replace("_l0", f"_l{depth}{suffix}"): value for name, value in layer.state_dict().items()}
    reference.load_state_dict(weights)
    packed = pack_padded_sequence(inputs, LENGTHS, batch_first=True, enforce_sorted=False)
    outputs, hidden = reference(packed)
    expected, _ = pad_packed_sequence(outputs, batch_first=True)
    mask = torch.arange(7) < LENGTHS[:, None]  # (B, T)
    actual = core(inputs, LENGTHS)
    torch.testing.assert_close(actual[mask], expected[mask], atol=1e-5, rtol=0)
    last = (hidden[0] if cell == "lstm" else hidden).unflatten(0, (num_layers, -1))[-1]  # (directions, B, H)
    torch.testing.assert_close(core.final(actual, LENGTHS), torch.cat(list(last), dim=-1), atol=1e-5, rtol=0)


@pytest.mark.parametrize(("cell", "num_layers", "bidirectional"), KINDS)
def test_gradients_reach_every_parameter_and_no_padding(cell: str, num_layers: int, bidirectional: bool) -> None:
    core, inputs = make(cell, num_layers, bidirectional), make_inputs().requires_grad_()
    mask = torch.arange(7) < LENGTHS[:, None]  # (B, T)
    core(inputs, LENGTHS)[mask].square().sum().backward()
    assert all(parameter.grad is not None and parameter.grad.abs().sum() > 0 for parameter in core.parameters())
    assert inputs.grad is not None
    assert not inputs.grad[~mask].any()
    assert (inputs.grad[mask].abs().sum(dim=-1) > 0).all()


def test_the_forget_gate_is_open_and_all_other_biases_zero_at_the_start() -> None:
    for layer in [*make(num_layers=2).forwards, *make(num_layers=2).backwards]:
        assert isinstance(layer, nn.LSTM)
        bias = layer.bias_ih_l0 + layer.bias_hh_l0
        assert bias.unflatten(0, (4, 5)).tolist() == [[0.0] * 5, [1.0] * 5, [0.0] * 5, [0.0] * 5]


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_recurrent_weights_are_orthogonal_in_every_gate(cell: str) -> None:
    for gate in make(cell).forwards[0].weight_hh_l0.split(5):
        torch.testing.assert_close(gate @ gate.T, torch.eye(5), atol=1e-5, rtol=0)


def test_reversal_turns_each_row_within_its_length_and_undoes_itself() -> None:
    positions = reversal(torch.tensor([3, 1]), 4)
    rows = torch.tensor([[1, 2, 3, 0], [4, 0, 0, 0]])[..., None]
    turned = permute(rows, positions)
    assert turned[..., 0].tolist() == [[3, 2, 1, 0], [4, 0, 0, 0]]
    assert torch.equal(permute(turned, positions), rows)


def test_dropout_stands_after_every_layer_and_only_in_training() -> None:
    core, inputs = make(num_layers=2, dropout=0.5), make_inputs()
    calm = core(inputs, LENGTHS)
    assert torch.equal(core(inputs, LENGTHS), calm)
    core.train()
    torch.manual_seed(1)
    noisy = core(inputs, LENGTHS)
    dropped = (noisy == 0).all(dim=1)  # (B, 2H)
    assert dropped.any()
    assert not dropped.all()


def test_in_bf16_a_row_is_bit_for_bit_the_same_alone_and_in_a_batch() -> None:
    torch.manual_seed(0)
    layer = Recurrent(24, 16, num_layers=2).to(torch.bfloat16).eval()
    inputs, lengths = torch.randn(9, 7, 24).to(torch.bfloat16), torch.tensor([7, 1, 3, 5, 7, 2, 4, 6, 7])
    with torch.inference_mode():
        together = layer(inputs, lengths)
        for row, length in enumerate(lengths.tolist()):
            alone = layer(inputs[row : row + 1, :length], lengths[row : row + 1])
            assert torch.equal(alone[0], together[row, :length])


def test_in_bf16_an_lstm_stays_near_its_fp32_self() -> None:
    torch.manual_seed(0)
    layer, inputs, lengths = Recurrent(24, 16).eval(), torch.randn(4, 6, 24), torch.tensor([6, 6, 3, 1])
    with torch.inference_mode():
        exact = layer(inputs, lengths)
        rough = layer.to(torch.bfloat16)(inputs.to(torch.bfloat16), lengths)
    torch.testing.assert_close(rough.float(), exact, atol=0.03, rtol=0)
