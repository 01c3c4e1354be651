"""The output layer and its loss in one, against torch's cross-entropy."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from seqnlp.nn.smoothed_loss import CHUNK, SoftTargets, smoothed_loss

V, D = 31, 6


def draw(count: int, dtype: torch.dtype = torch.float64) -> tuple[tuple[Tensor, Tensor, Tensor], Tensor]:
    torch.manual_seed(count)
    leaves = (torch.randn(count, D, dtype=dtype), torch.randn(V, D, dtype=dtype), torch.randn(V, dtype=dtype))
    return tuple(leaf.requires_grad_() for leaf in leaves), torch.randint(V, (count,))


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.6])
@pytest.mark.parametrize("count", [1, CHUNK, 2 * CHUNK + 3])
def test_it_equals_cross_entropy_in_value_and_gradient(count: int, smoothing: float) -> None:
    leaves, targets = draw(count)
    features, table, bias = leaves
    loss = smoothed_loss(features, table, bias, targets, smoothing)
    options = {"label_smoothing": smoothing, "reduction": "sum"}
    reference = functional.cross_entropy(features @ table.T + bias, targets, **options)
    torch.testing.assert_close(loss, reference)
    torch.testing.assert_close(torch.autograd.grad(loss * 0.3, leaves), torch.autograd.grad(reference * 0.3, leaves))


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("weight", [0.3, 1.0])
@pytest.mark.parametrize("count", [1, 2 * CHUNK + 3])
def test_teachers_have_their_share_of_the_target(count: int, weight: float, smoothing: float) -> None:
    leaves, targets = draw(count)
    features, table, bias = leaves
    said = torch.randn(count, V, dtype=torch.float64).softmax(dim=1)  # (N, V)
    best, ids = said.topk(5, dim=1)  # (N, 5)
    best = best / best.sum(dim=1, keepdim=True)
    loss = smoothed_loss(features, table, bias, targets, smoothing, SoftTargets(ids, best, weight))
    gold = (1 - smoothing) * functional.one_hot(targets, V) + smoothing / V  # (N, V)
    wanted = weight * torch.zeros(count, V, dtype=torch.float64).scatter(1, ids, best) + (1 - weight) * gold
    reference = functional.cross_entropy(features @ table.T + bias, wanted, reduction="sum")
    torch.testing.assert_close(loss, reference)
    torch.testing.assert_close(torch.autograd.grad(loss * 0.3, leaves), torch.autograd.grad(reference * 0.3, leaves))


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("taught", [False, True])
@pytest.mark.parametrize("count", [1, 2 * CHUNK + 3])
def test_each_loss_counts_as_much_as_its_weight(count: int, taught: bool, smoothing: float) -> None:
    leaves, targets = draw(count)
    features, table, bias = leaves
    weights = torch.randn(count, dtype=torch.float64)  # of either sign

    def loss_of(rows: slice, weights: Tensor | None) -> Tensor:
        ids = torch.arange(3).expand(len(targets[rows]), 3)
        soft = SoftTargets(ids, torch.full(ids.shape, 1 / 3, dtype=torch.float64), 0.4) if taught else None
        return smoothed_loss(features[rows], table, bias, targets[rows], smoothing, soft, weights)

    alone = [loss_of(slice(row, row + 1), None) for row in range(count)]
    reference = (weights * torch.stack(alone)).sum()
    loss = loss_of(slice(None), weights)
    torch.testing.assert_close(loss, reference)
    torch.testing.assert_close(torch.autograd.grad(loss * 0.3, leaves), torch.autograd.grad(reference * 0.3, leaves))


def test_large_logits_stay_finite() -> None:
    (features, table, bias), targets = draw(8)
    loss = smoothed_loss(features * 1e4, table, bias, targets, 0.1)
    reference = functional.cross_entropy(features * 1e4 @ table.T + bias, targets, label_smoothing=0.1, reduction="sum")
    torch.testing.assert_close(loss, reference)


def test_no_examples_have_no_loss() -> None:
    (_, table, bias), _ = draw(1)
    empty = torch.empty(0, D, dtype=torch.float64, requires_grad=True)
    assert smoothed_loss(empty, table, bias, torch.empty(0, dtype=torch.int64), 0.1) == 0


def test_bf16_products_stay_near_those_of_fp32() -> None:
    leaves, targets = draw(300, torch.float32)
    exact = smoothed_loss(*leaves, targets, 0.1)
    with torch.autocast("cpu", torch.bfloat16):
        rough = smoothed_loss(*leaves, targets, 0.1)
    assert rough.dtype == torch.float32
    torch.testing.assert_close(rough, exact, rtol=5e-3, atol=0)
