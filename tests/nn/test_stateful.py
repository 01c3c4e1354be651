"""Layers that carry their state: window by window as at once, weight drop only in training."""

from __future__ import annotations

import pytest
import torch

from seqnlp.nn.cells import CELLS, detached, select
from seqnlp.nn.stateful import StatefulRNN

B, T, D = 3, 9, 4


def make(cell: str = "lstm", **settings: float) -> StatefulRNN:
    torch.manual_seed(3)
    return StatefulRNN(D, [6, 5], cell=cell, **settings)


@pytest.mark.parametrize("cell", CELLS)
def test_window_by_window_is_as_at_once(cell: str) -> None:
    layers, inputs = make(cell).eval(), torch.randn(B, T, D)
    whole, last = layers(inputs, layers.start(B))
    state, parts = layers.start(B), []
    for part in inputs.split([2, 1, 6], dim=1):
        outputs, state = layers(part, state)
        parts.append(outputs)
    torch.testing.assert_close(torch.cat(parts, dim=1), whole)
    for mine, theirs in zip(state, last, strict=True):
        torch.testing.assert_close(mine, theirs)


@pytest.mark.parametrize("cell", CELLS)
def test_step_by_step_without_gradient_is_as_at_once(cell: str) -> None:
    layers, inputs = make(cell).eval(), torch.randn(B, T, D)
    for parameter in layers.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    whole, last = layers(inputs, layers.start(B))
    state, parts = layers.start(B), []
    with torch.inference_mode():
        for one in inputs.split(1, dim=1):
            outputs, state = layers(one, state)
            parts.append(outputs)
    torch.testing.assert_close(torch.cat(parts, dim=1), whole)
    for mine, theirs in zip(state, last, strict=True):
        torch.testing.assert_close(mine, theirs)


@pytest.mark.parametrize("cell", CELLS)
def test_rows_of_the_state_are_streams(cell: str) -> None:
    layers, inputs = make(cell).eval(), torch.randn(B, T, D)
    _, state = layers(inputs, layers.start(B))
    rows = torch.tensor([2, 0])
    _, alone = layers(inputs[rows], layers.start(2))
    for mine, theirs in zip(select(state, rows), alone, strict=True):
        torch.testing.assert_close(mine, theirs)


def test_no_gradient_goes_back_beyond_a_window() -> None:
    layers, inputs = make(), torch.randn(B, T, D, requires_grad=True)
    _, state = layers(inputs, layers.start(B))
    outputs, _ = layers(torch.randn(B, T, D), detached(state))
    outputs.sum().backward()
    assert inputs.grad is None


@pytest.mark.parametrize("cell", CELLS)
def test_weight_drop_drops_recurrent_weights_in_training_and_nothing_in_evaluation(cell: str) -> None:
    layers, inputs = make(cell, weight_drop=0.5), torch.randn(B, T, D)
    layers(inputs, layers.start(B))[0].square().sum().backward()
    for layer in layers.layers:
        recurrent, entering = layer.weight_hh_l0.grad, layer.weight_ih_l0.grad
        assert 0.35 < float((recurrent == 0).double().mean()) < 0.65
        assert float((entering != 0).double().mean()) > 0.8  # a reset gate of which nothing is left to reset has none
    before = {name: value.clone() for name, value in layers.state_dict().items()}
    layers.eval()
    calm = layers(inputs, layers.start(B))[0]
    assert torch.equal(calm, layers(inputs, layers.start(B))[0])
    assert torch.equal(calm, make(cell).eval()(inputs, layers.start(B))[0])
    assert all(torch.equal(before[name], value) for name, value in layers.state_dict().items())


def test_dropped_weights_are_scaled_so_that_their_mean_stays() -> None:
    layers, inputs = make("rnn", weight_drop=0.3), torch.full((B, 1, D), 0.01)
    state = tuple(torch.full_like(part, 0.01) for part in layers.start(B))
    with torch.no_grad():
        draws = torch.stack([layers(inputs, state)[0] for _ in range(4000)]).mean(dim=0)
        torch.testing.assert_close(draws, layers.eval()(inputs, state)[0], atol=5e-4, rtol=0)
