"""Attention against its formulas, computed with loops."""

from __future__ import annotations

import math
from itertools import product

import pytest
import torch
from torch import Tensor

from seqnlp.nn.attention import Attention

B, K, S, M, Q, A = 3, 2, 5, 4, 3, 6
MASK = torch.arange(S) < torch.tensor([[5], [3], [1]])
KINDS = ("additive", "dot", "general")


def build(kind: str, coverage: bool = False) -> tuple[Attention, Tensor, Tensor]:
    """An attention in float64, and a query and a memory that fit it."""
    torch.manual_seed(7)
    query_dim = M if kind == "dot" else Q
    attention = Attention(M, query_dim, A, kind, coverage).double()
    for parameter in attention.parameters():
        torch.nn.init.normal_(parameter)
    query = torch.randn(B, K, query_dim, dtype=torch.float64)  # (B, K, Q)
    return attention, query, torch.randn(B, S, M, dtype=torch.float64)  # (B, S, M)


def times(matrix: Tensor, vector: list[float]) -> list[float]:
    return [dot(row, vector) for row in matrix.tolist()]


def dot(left: list[float], right: list[float]) -> float:
    return math.fsum(one * other for one, other in zip(left, right, strict=True))


def energy(attention: Attention, query: list[float], memory: list[float], covered: float) -> float:
    """The energy of one query and one position, from the formula of each kind."""
    if attention.kind == "dot":
        return dot(query, memory)
    if attention.kind == "general":
        return dot(query, times(attention.key.weight, memory))
    parts = [times(attention.query.weight, query), times(attention.key.weight, memory), attention.key.bias.tolist()]
    if covered:
        parts.append([covered * weight for weight in attention.coverage.tolist()])
    return dot(attention.energy.tolist(), [math.tanh(math.fsum(each)) for each in zip(*parts, strict=True)])


def by_hand(attention: Attention, query: Tensor, memory: Tensor, covered: Tensor) -> tuple[Tensor, Tensor]:
    contexts, weights = torch.zeros(B, K, M, dtype=torch.float64), torch.zeros(B, K, S, dtype=torch.float64)
    for b, k in product(range(B), range(K)):
        real = [s for s in range(S) if MASK[b, s]]
        raw = [
            math.exp(energy(attention, query[b, k].tolist(), memory[b, s].tolist(), float(covered[b, k, s])))
            for s in real
        ]
        for s, each in zip(real, raw, strict=True):
            weights[b, k, s] = each / math.fsum(raw)
            contexts[b, k] += weights[b, k, s] * memory[b, s]
    return contexts, weights


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_what_its_formula_says(kind: str) -> None:
    attention, query, memory = build(kind)
    expected = by_hand(attention, query, memory, torch.zeros(B, K, S))
    actual = attention(query, attention.keys(memory), memory, MASK)
    torch.testing.assert_close(actual, expected)


def test_additive_attention_with_coverage_is_what_its_formula_says() -> None:
    attention, query, memory = build("additive", coverage=True)
    covered = 3 * torch.rand(B, K, S, dtype=torch.float64)  # (B, K, S)
    actual = attention(query, attention.keys(memory), memory, MASK, covered)
    torch.testing.assert_close(actual, by_hand(attention, query, memory, covered))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_masked_positions_are_exactly_zero_and_rows_sum_to_one(kind: str, dtype: torch.dtype) -> None:
    attention, query, memory = build(kind)
    attention, query, memory = attention.to(dtype), 20 * query.to(dtype), memory.to(dtype)
    context, weights = attention(query, attention.keys(memory), memory, MASK)
    assert (weights[~MASK[:, None].expand(B, K, S)] == 0).all()
    assert (weights[2, :, 0] == 1).all()  # its only position
    torch.testing.assert_close(weights.sum(dim=2), torch.ones(B, K, dtype=weights.dtype))
    assert context.dtype == dtype


@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_at_masked_positions_changes_nothing(kind: str) -> None:
    attention, query, memory = build(kind)
    wild = torch.where(MASK[..., None], memory, 1e6)  # (B, S, M)
    before, after = (attention(query, attention.keys(each), each, MASK) for each in (memory, wild))
    for one, other in zip(before, after, strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("kind", KINDS)
def test_padding_longer_does_not_change_the_answer(kind: str) -> None:
    attention, query, memory = build(kind)
    context, weights = attention(query, attention.keys(memory), memory, MASK)
    short, few = memory[1:2, :3], MASK[1:2, :3]
    alone, its_weights = attention(query[1:2], attention.keys(short), short, few)
    torch.testing.assert_close(alone, context[1:2])
    torch.testing.assert_close(its_weights, weights[1:2, :, :3])


@pytest.mark.parametrize("kind", KINDS)
def test_all_queries_together_are_one_query_at_a_time_with_keys_of_its_own(kind: str) -> None:
    attention, query, memory = build(kind)
    together, its_weights = attention(query, attention.keys(memory), memory, MASK)
    for step in range(K):
        alone, weights = attention(query[:, step : step + 1], attention.keys(memory), memory, MASK)
        torch.testing.assert_close(alone, together[:, step : step + 1])
        torch.testing.assert_close(weights, its_weights[:, step : step + 1])


def test_a_position_that_was_covered_gets_another_weight() -> None:
    attention, query, memory = build("additive", coverage=True)
    keys = attention.keys(memory)
    nothing = torch.zeros(B, K, S, dtype=torch.float64)  # (B, K, S)
    covered = nothing.clone()
    covered[0, 0, 2] = 2.0
    before, after = (attention(query, keys, memory, MASK, each)[1] for each in (nothing, covered))
    assert abs(before[0, 0, 2] - after[0, 0, 2]) > 1e-3
    torch.testing.assert_close(before[0, 1], after[0, 1])
    torch.testing.assert_close(before[1:], after[1:])


def test_training_reaches_the_weight_of_coverage_from_its_start_at_zero() -> None:
    torch.manual_seed(7)
    attention = Attention(M, Q, A, coverage=True)
    memory = torch.randn(B, S, M)  # (B, S, M)
    context, _ = attention(torch.randn(B, K, Q), attention.keys(memory), memory, MASK, torch.rand(B, K, S))
    context.square().sum().backward()
    assert (attention.coverage == 0).all()
    assert attention.coverage.grad.abs().min() > 0


def test_attention_without_coverage_has_no_parameter_for_it() -> None:
    assert "coverage" not in dict(Attention(M, Q, A).named_parameters())
    assert "coverage" in dict(Attention(M, Q, A, coverage=True).named_parameters())
    assert list(Attention(M, M, A, "dot").parameters()) == []


class Whole(torch.nn.Module):
    """Keys and attention as one function, so that both can be computed from given parameters."""

    def __init__(self, attention: Attention) -> None:
        super().__init__()
        self.attention = attention

    def forward(self, query: Tensor, memory: Tensor, covered: Tensor | None) -> tuple[Tensor, Tensor]:
        actual: tuple[Tensor, Tensor] = self.attention(query, self.attention.keys(memory), memory, MASK, covered)
        return actual


@pytest.mark.parametrize(("kind", "coverage"), [*((kind, False) for kind in KINDS), ("additive", True)])
def test_its_gradient_is_that_of_finite_differences(kind: str, coverage: bool) -> None:
    attention, query, memory = build(kind, coverage)
    covered = torch.rand(B, K, S, dtype=torch.float64, requires_grad=True) if coverage else None  # (B, K, S)
    whole = Whole(attention)
    names = [name for name, _ in whole.named_parameters()]

    def run(query: Tensor, memory: Tensor, covered: Tensor | None, *values: Tensor) -> tuple[Tensor, Tensor]:
        given = dict(zip(names, values, strict=True))
        actual: tuple[Tensor, Tensor] = torch.func.functional_call(whole, given, (query, memory, covered))
        return actual

    inputs = (query.requires_grad_(), memory.requires_grad_(), covered, *whole.parameters())
    assert torch.autograd.gradcheck(run, inputs)
