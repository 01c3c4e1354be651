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


def table_steps(average: AveragedWeights, model: nn.Embedding, steps: range) -> None:
    """SGD on a few rows a step."""
    for step in steps:
        rows = torch.randint(0, 30, (3,), generator=torch.Generator().manual_seed(step))
        model.weight.grad = None
        model(rows).pow(2).sum().backward()
        average.prepare()
        assert model.weight.grad is not None
        with torch.no_grad():
            model.weight.add_(model.weight.grad, alpha=-0.1)
        average.update(step)


def table_and_average(monkeypatch: pytest.MonkeyPatch, large: int) -> tuple[nn.Embedding, AveragedWeights]:
    monkeypatch.setattr("seqnlp.training.average.LARGE", large)
    torch.manual_seed(2)
    model = nn.Embedding(40, 3, sparse=True)
    return model, AveragedWeights(model, decay=0.95)


def test_rows_that_lag_behind_end_where_all_rows_would(monkeypatch: pytest.MonkeyPatch) -> None:
    model, everywhere = table_and_average(monkeypatch, large=41)
    other, lagging = table_and_average(monkeypatch, large=40)
    start = model.weight.detach().clone()
    table_steps(everywhere, model, range(50))
    table_steps(lagging, other, range(50))
    untouched = (other.weight == start).all(dim=1)
    assert 0 < untouched.sum() < 40
    torch.testing.assert_close(lagging.state_dict()[0], everywhere.state_dict()[0])
    assert torch.equal(lagging.state_dict()[0][untouched], start[untouched])
    with lagging.swapped_in():
        torch.testing.assert_close(other.weight.detach(), everywhere.state_dict()[0])
    assert torch.equal(other.weight, model.weight)


def test_rows_that_lag_behind_are_resumed_bit_for_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    model, whole = table_and_average(monkeypatch, large=40)
    table_steps(whole, model, range(20))
    stored = [mean.clone() for mean in whole.state_dict()]
    resumed_model, resumed = table_and_average(monkeypatch, large=40)
    resumed_model.weight.data.copy_(model.weight)
    resumed.load_state_dict(stored)
    table_steps(whole, model, range(20, 45))
    table_steps(resumed, resumed_model, range(20, 45))
    assert torch.equal(whole.state_dict()[0], resumed.state_dict()[0])
