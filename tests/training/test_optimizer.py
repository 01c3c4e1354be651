"""Updates of dense weights and of row-sparse tables."""

from __future__ import annotations

import copy
import math

import pytest
import torch
from torch import Tensor, nn

from seqnlp.config.loop import OptimizerConfig
from seqnlp.training.optimizer import Optimizer


class Words(nn.Module):
    """A table and a linear layer; the table's gradient is sparse or dense, the numbers are the same."""

    def __init__(self, sparse: bool) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.table = nn.Embedding(7, 4, sparse=sparse)
        self.project = nn.Linear(4, 2)

    def loss(self, words: Tensor) -> Tensor:
        """Some number that depends on all weights in use."""
        return self.project(torch.tanh(self.table(words))).square().sum() * 3


def config(name: str, **settings: object) -> OptimizerConfig:
    return OptimizerConfig(name=name, **settings)


def train(model: Words, settings: OptimizerConfig, batches: list[list[int]], clip: float = 0.0) -> list[float]:
    """The gradient norms of a few steps."""
    optimizer = Optimizer(model, settings)
    norms = []
    for batch in batches:
        optimizer.zero_grad()
        model.loss(torch.tensor(batch)).backward()
        norms.append(optimizer.clip(clip))
        optimizer.step(0.01)
    return norms


BATCHES = [[0, 1, 1, 5], [2, 2, 2], [6, 0], [1, 5]]
ALL_ROWS = [[0, 1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1, 0, 0], [0, 1, 2, 3, 3, 4, 5, 6]]


def assert_equal_weights(one: nn.Module, other: nn.Module, atol: float = 1e-6) -> None:
    for mine, theirs in zip(one.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, atol=atol, rtol=0)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("largest", [0.5, 1e9])
def test_clipping_equals_torchs_own_with_sparse_rows_in_the_norm(sparse: bool, largest: float) -> None:
    model, reference = Words(sparse), Words(sparse=False)
    optimizer = Optimizer(model, config("adam"))
    for words in (model, reference):
        words.loss(torch.tensor([0, 1, 1, 5])).backward()
    expected = float(nn.utils.clip_grad_norm_(reference.parameters(), largest))
    assert optimizer.clip(largest) == pytest.approx(expected, rel=1e-5)
    for mine, theirs in zip(model.parameters(), reference.parameters(), strict=True):
        torch.testing.assert_close(mine.grad.to_dense(), theirs.grad, atol=1e-6, rtol=1e-4)


def test_zero_means_no_clipping_but_still_tells_the_norm() -> None:
    model = Words(sparse=True)
    optimizer = Optimizer(model, config("adam"))
    model.loss(torch.tensor([1, 2])).backward()
    before = [parameter.grad.to_dense().clone() for parameter in model.parameters()]
    norm = optimizer.clip(0)
    assert norm == pytest.approx(math.sqrt(sum(float(part.square().sum()) for part in before)), rel=1e-5)
    for parameter, gradient in zip(model.parameters(), before, strict=True):
        assert torch.equal(parameter.grad.to_dense(), gradient)


@pytest.mark.parametrize(
    "settings", [{}, {"momentum": 0.9}, {"weight_decay": 0.1}, {"momentum": 0.5, "weight_decay": 0.1}]
)
def test_sgd_with_sparse_tables_equals_dense_sgd(settings: dict[str, float]) -> None:
    sparse, dense = Words(sparse=True), Words(sparse=False)
    for model in (sparse, dense):
        train(model, config("sgd", **settings), BATCHES, clip=1.0)
    assert_equal_weights(sparse, dense)


def test_adam_on_a_table_used_in_every_step_equals_dense_adam() -> None:
    sparse, dense = Words(sparse=True), Words(sparse=False)
    for model in (sparse, dense):
        train(model, config("adam"), ALL_ROWS, clip=1.0)
    assert_equal_weights(sparse, dense, atol=1e-5)  # torch adds epsilon at another place of the two formulas


def test_adam_leaves_rows_alone_that_a_step_did_not_use() -> None:
    model = Words(sparse=True)
    before = model.table.weight.detach().clone()
    train(model, config("adamw", weight_decay=0.1), [[0, 1], [1, 5]])
    moved = (model.table.weight.detach() != before).any(dim=1)
    assert moved.tolist() == [True, True, False, False, False, True, False]


@pytest.mark.parametrize("name", ["adam", "adamw", "sgd"])
def test_dense_weights_follow_torchs_own_rule(name: str) -> None:
    settings = {"momentum": 0.9} if name == "sgd" else {"beta1": 0.8, "beta2": 0.99}
    model, reference = Words(sparse=False), Words(sparse=False)
    train(model, config(name, weight_decay=0.01, **settings), BATCHES)
    keywords = {"momentum": 0.9} if name == "sgd" else {"betas": (0.8, 0.99)}
    make = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}[name]
    rule = make(reference.parameters(), lr=0.01, weight_decay=0.01, **keywords)
    for batch in BATCHES:
        rule.zero_grad()
        reference.loss(torch.tensor(batch)).backward()
        rule.step()
    assert_equal_weights(model, reference)


def test_weights_that_are_not_trained_stay() -> None:
    model = Words(sparse=True)
    model.project.weight.requires_grad_(False)
    before = model.project.weight.detach().clone()
    train(model, config("adamw", weight_decay=0.5), BATCHES)
    assert torch.equal(model.project.weight, before)


@pytest.mark.parametrize("settings", [config("adam"), config("adamw", weight_decay=0.1), config("sgd", momentum=0.9)])
def test_a_stored_state_goes_on_bit_for_bit(settings: OptimizerConfig) -> None:
    model = Words(sparse=True)
    optimizer = Optimizer(model, settings)

    def steps(model: Words, optimizer: Optimizer, batches: list[list[int]]) -> None:
        for batch in batches:
            optimizer.zero_grad()
            model.loss(torch.tensor(batch)).backward()
            optimizer.step(0.01)

    steps(model, optimizer, BATCHES[:2])
    twin = copy.deepcopy(model)
    other = Optimizer(twin, settings)
    other.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    steps(model, optimizer, BATCHES[2:])
    steps(twin, other, BATCHES[2:])
    for mine, theirs in zip(model.parameters(), twin.parameters(), strict=True):
        assert torch.equal(mine, theirs)
