"""The running mean of the weights."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from seqnlp.training.average import AveragedWeights


def make() -> nn.Linear:
    torch.manual_seed(1)
    return nn.Linear(3, 2)


def test_the_mean_follows_the_formula_with_its_warm_up() -> None:
    model = make()
    average = AveragedWeights(model, decay=0.5)
    expected = model.weight.detach().clone()
    for step in range(20):
        model.weight.data += 1
        average.update(step)
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * model.weight.detach()
    torch.testing.assert_close(average.state_dict()[0], expected)


def test_within_the_block_the_model_computes_with_the_means_and_afterwards_as_before() -> None:
    model = make()
    average = AveragedWeights(model, decay=0.9)
    start = model.weight.detach().clone()
    model.weight.data += 5
    average.update(0)
    weights = model.weight.detach().clone()
    with average.swapped_in():
        torch.testing.assert_close(model.weight.detach(), 0.1 * start + 0.9 * weights)
    assert torch.equal(model.weight, weights)


def test_the_weights_come_back_also_if_the_block_fails() -> None:
    model = make()
    average = AveragedWeights(model, decay=0.9)
    model.weight.data += 5
    weights = model.weight.detach().clone()
    with pytest.raises(ZeroDivisionError), average.swapped_in():
        raise ZeroDivisionError
    assert torch.equal(model.weight, weights)
    average.update(0)
    assert not torch.equal(average.state_dict()[0], weights)


def test_weights_that_are_not_trained_have_no_mean() -> None:
    model = make()
    model.bias.requires_grad_(False)
    assert len(AveragedWeights(model, decay=0.9).state_dict()) == 1


def test_stored_means_come_back() -> None:
    model = make()
    average, other = AveragedWeights(model, 0.9), AveragedWeights(model, 0.9)
    model.weight.data += 5
    average.update(3)
    other.load_state_dict(average.state_dict())
    for mine, theirs in zip(average.state_dict(), other.state_dict(), strict=True):
        assert torch.equal(mine, theirs)
