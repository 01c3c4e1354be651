"""What few tokens teach an output layer is what autograd says."""

from __future__ import annotations

import pytest
import torch

from seqnlp.nn.output import Output
from seqnlp.nn.output_gradient import output_gradient

V, H = 40, 6


@pytest.mark.parametrize("head", [0, 5, 38])
@pytest.mark.parametrize("targets", [[0, 7, 39, 7, 3], [1], [2] * 9, [39, 38, 30]], ids=str)
def test_losses_and_gradients_are_those_of_autograd(head: int, targets: list[int]) -> None:
    torch.manual_seed(len(targets))
    output, wanted = Output(V, H, head).double(), torch.tensor(targets)
    for parameter in output.parameters():
        torch.nn.init.normal_(parameter)
    table, features = (
        torch.randn(V, H).double().requires_grad_(),
        torch.randn(len(targets), H).double().requires_grad_(),
    )
    losses = -output.log_probs(features, table).gather(1, wanted[:, None])[:, 0]
    of_table, of_features, *others = torch.autograd.grad(losses.mean(), [table, features, *output.parameters()])
    found = output_gradient(output, features, table, wanted)
    torch.testing.assert_close(found.losses, losses.detach())
    torch.testing.assert_close(found.features, of_features)
    whole = torch.zeros_like(of_table)
    for part in found.table:
        whole[part.rows] += part.scores.T @ part.features
    torch.testing.assert_close(whole, of_table)
    for mine, theirs in zip(found.parameters, others, strict=True):
        torch.testing.assert_close(mine, theirs)
