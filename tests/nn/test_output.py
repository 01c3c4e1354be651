"""One softmax or an adaptive one: probabilities sum to one, and training, scoring and sampling agree on them."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from seqnlp.nn.output import Output, cluster_sizes

V, H, N = 40, 6, 300


def make(head: int) -> tuple[Output, torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    output = Output(V, H, head).double()
    for parameter in output.parameters():
        torch.nn.init.normal_(parameter)
    table, features = torch.randn(V, H).double().requires_grad_(), torch.randn(N, H).double().requires_grad_()
    return output, table, features, torch.randint(V, (N,))


@pytest.mark.parametrize("head", [0, 5, 38])
def test_probabilities_sum_to_one(head: int) -> None:
    output, table, features, _ = make(head)
    torch.testing.assert_close(output.log_probs(features, table).exp().sum(dim=-1), torch.ones(N).double())


@pytest.mark.parametrize("head", [0, 5, 38])
def test_loss_losses_and_probabilities_agree_and_gradients_are_autograds(head: int) -> None:
    output, table, features, targets = make(head)
    expected = -output.log_probs(features, table).gather(1, targets[:, None])[:, 0]
    weights = [table, features, *output.parameters()]
    wanted = torch.autograd.grad(expected.sum(), weights)
    loss = output.loss(features, table, targets)
    torch.testing.assert_close(loss, expected.sum())
    for mine, theirs in zip(torch.autograd.grad(loss, weights), wanted, strict=True):
        torch.testing.assert_close(mine, theirs)
    with torch.no_grad():
        torch.testing.assert_close(output.losses(features, table, targets), expected.detach())


def test_one_softmax_is_plain_cross_entropy() -> None:
    output, table, features, targets = make(0)
    logits = features @ table.T + output.bias
    torch.testing.assert_close(
        output.loss(features, table, targets), functional.cross_entropy(logits, targets, reduction="sum")
    )


def test_clusters_with_no_target_cost_nothing_and_break_nothing() -> None:
    output, table, features, _ = make(5)
    targets = torch.zeros(N, dtype=torch.int64)
    output.loss(features, table, targets).backward()
    assert table.grad is not None
    assert not table.grad[5:].any()


@pytest.mark.parametrize("head", [0, 5])
def test_it_can_start_from_frequencies(head: int) -> None:
    output, table, _, _ = make(head)
    counts = torch.arange(V)
    output.start_from(counts)
    actual = output.log_probs(torch.zeros(1, H).double(), table).exp()[0]
    torch.testing.assert_close(actual, ((counts + 1.0) / (counts + 1.0).sum()).double())


def test_clusters_are_cut_at_the_geometric_mean_and_only_where_something_is_left() -> None:
    assert cluster_sizes(33_278, 4000) == [4000, 7537, 21_741]
    assert cluster_sizes(10, 0) == cluster_sizes(10, 9) == cluster_sizes(10, 50) == [10]
    assert cluster_sizes(10, 8) == [8, 1, 1]


def test_the_best_units_are_the_same_when_hopeless_clusters_are_left_out() -> None:
    output, table, features, _ = make(5)
    with torch.no_grad():
        output.cluster_bias.copy_(torch.tensor([-4.0, -60.0]))
        whole, some = output.log_probs(features, table), output.log_probs(features, table, top=3)
    assert torch.equal(whole.topk(3).indices, some.topk(3).indices)
    assert torch.equal(whole[:, :5], some[:, :5])
    assert (some[:, -1] == -torch.inf).all()
