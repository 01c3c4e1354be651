"""Batches: every sentence once, within the budgets, in an order that only seed and epoch decide."""

from __future__ import annotations

import numpy as np
import pytest

from seqnlp.data.batches import cut_by_budget, plan_epoch, plan_in_order, share


@pytest.fixture
def lengths() -> np.ndarray:
    return np.random.default_rng(3).integers(1, 40, size=700)


@pytest.mark.parametrize(("sentences", "tokens"), [(1, 4096), (3, 4096), (32, 100), (32, 1), (1000, 10**6)])
def test_every_sentence_occurs_exactly_once(lengths: np.ndarray, sentences: int, tokens: int) -> None:
    for plan in (plan_epoch(lengths, sentences, tokens, seed=1, epoch=0), plan_in_order(lengths, sentences, tokens)):
        assert sorted(np.concatenate(plan)) == list(range(len(lengths)))


@pytest.mark.parametrize(("sentences", "tokens"), [(7, 4096), (32, 100), (16, 39), (16, 20)])
def test_batches_stay_within_both_budgets_unless_one_sentence_is_too_long(
    lengths: np.ndarray, sentences: int, tokens: int
) -> None:
    for batch in plan_epoch(lengths, sentences, tokens, seed=1, epoch=0):
        assert len(batch) <= sentences
        assert len(batch) == 1 or len(batch) * lengths[batch].max() <= tokens


def test_an_over_long_sentence_goes_alone() -> None:
    lengths = np.array([2, 2, 900, 2, 2])
    plan = plan_epoch(lengths, batch_sentences=5, batch_tokens=10, seed=4, epoch=2)
    assert [2] in [batch.tolist() for batch in plan]


def test_batches_are_as_full_as_the_budget_allows() -> None:
    lengths = np.full(100, 5)
    assert [len(batch) for batch in plan_in_order(lengths, 1000, 50)] == [10] * 10


def test_the_order_is_a_function_of_seed_and_epoch_alone(lengths: np.ndarray) -> None:
    def plan(seed: int, epoch: int) -> list[list[int]]:
        np.random.seed(seed)  # the global state must not matter
        return [batch.tolist() for batch in plan_epoch(lengths, 8, 4096, seed, epoch)]

    first = plan(1, 5)
    plan(2, 0)
    assert plan(1, 5) == first
    assert plan(1, 6) != first
    assert plan(2, 5) != first


def test_sentences_of_a_batch_are_of_similar_length(lengths: np.ndarray) -> None:
    plan = plan_epoch(lengths, 10, 4096, seed=1, epoch=0)
    padded = sum(len(batch) * lengths[batch].max() for batch in plan)
    assert padded < 1.1 * lengths.sum()


def test_evaluation_goes_from_short_to_long_and_keeps_the_order_of_equals() -> None:
    plan = plan_in_order(np.array([3, 1, 3, 1]), 2, 100)
    assert [batch.tolist() for batch in plan] == [[1, 3], [0, 2]]


def test_no_sentences_make_no_batches() -> None:
    assert plan_epoch(np.zeros(0, dtype=np.int64), 8, 100, seed=1, epoch=0) == []
    assert cut_by_budget(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), 8, 100) == []


@pytest.mark.parametrize("num_pieces", [1, 2, 3, 5, 20])
def test_the_shares_of_a_batch_make_the_batch(num_pieces: int) -> None:
    batch = np.array([4, 8, 15, 16, 23, 42])
    pieces = [share(batch, piece, num_pieces) for piece in range(num_pieces)]
    assert sorted(np.concatenate(pieces)) == batch.tolist()
    assert max(map(len, pieces)) - min(map(len, pieces)) <= 1
