"""The loop with its gradient in closed form, against finite differences and against one step after another."""

from __future__ import annotations

import torch
from torch import Tensor

from seqnlp.nn.attentive_lstm import AttentiveWeights, attentive_lstm

T, B, S, H, M, A = 4, 3, 5, 3, 4, 2


def draw(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


def arguments() -> tuple[tuple[Tensor, ...], Tensor, tuple[Tensor, ...]]:
    torch.manual_seed(3)
    inputs = (draw(T, B, 4 * H), draw(B, H), draw(B, H), draw(B, S, A), draw(B, S, M))
    mask = torch.arange(S) < torch.tensor([[5], [2], [1]])
    return inputs, mask, (draw(4 * H, H + M), draw(A, H), draw(A))


def test_its_gradient_is_that_of_finite_differences() -> None:
    inputs, mask, weights = arguments()

    def run(*values: Tensor) -> tuple[Tensor, Tensor]:
        return attentive_lstm(*values[:5], mask, AttentiveWeights(*values[5:]))

    assert torch.autograd.gradcheck(run, (*inputs, *weights))


def test_it_equals_one_step_after_another_with_torch_gates() -> None:
    (inputs, hidden, cell, keys, memory), mask, weights = arguments()
    recurrent, query, energy = weights
    states, contexts = attentive_lstm(inputs, hidden, cell, keys, memory, mask, AttentiveWeights(*weights))
    context = torch.zeros(B, M, dtype=torch.float64)
    for step in range(T):
        gates = inputs[step] + torch.cat([hidden, context], dim=1) @ recurrent.T
        enter, keep, new, leave = gates.chunk(4, dim=1)
        cell = keep.sigmoid() * cell + enter.sigmoid() * new.tanh()
        hidden = leave.sigmoid() * cell.tanh()
        energies = torch.sigmoid(keys + (hidden @ query.T)[:, None]) @ energy
        context = (energies.masked_fill(~mask, -torch.inf).softmax(dim=1)[..., None] * memory).sum(dim=1)
        torch.testing.assert_close(states[step], hidden)
        torch.testing.assert_close(contexts[step], context)


def test_what_stands_at_padding_changes_nothing() -> None:
    (inputs, hidden, cell, keys, memory), mask, weights = arguments()
    wild = torch.where(mask[..., None], memory, torch.full_like(memory, 1e3))
    odd = torch.where(mask[..., None], keys, torch.full_like(keys, -1e3))
    before = attentive_lstm(inputs, hidden, cell, keys, memory, mask, AttentiveWeights(*weights))
    after = attentive_lstm(inputs, hidden, cell, odd, wild, mask, AttentiveWeights(*weights))
    torch.testing.assert_close(before, after)
