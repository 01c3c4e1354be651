"""Flat hypotheses and the grid of sentences by slots."""

from __future__ import annotations

import numpy as np
import pytest

from seqnlp.decode.steps import Layout

COUNTS = [[1, 1, 1], [3, 3], [2, 0, 3, 1], [0, 1], [4], [0, 0, 2]]


@pytest.mark.parametrize("counts", COUNTS)
def test_spreading_puts_each_hypothesis_into_its_sentence_and_slot(counts: list[int]) -> None:
    layout = Layout.of_counts(np.array(counts))
    flat = np.random.default_rng(1).normal(size=(sum(counts), 5))
    grid = layout.spread(flat)
    assert grid.shape == (len(counts), max(counts), 5)
    rows = iter(flat)
    for sentence, count in enumerate(counts):
        for slot in range(max(counts)):
            expected = next(rows) if slot < count else np.zeros(5)
            assert np.array_equal(grid[sentence, slot], expected)


@pytest.mark.parametrize("counts", COUNTS)
def test_gathering_is_the_inverse_of_spreading(counts: list[int]) -> None:
    layout = Layout.of_counts(np.array(counts))
    for flat in (
        np.ones((sum(counts), 4)),
        np.random.default_rng(2).normal(size=(sum(counts), 2, 3)),
        np.arange(sum(counts)),
    ):
        assert np.array_equal(layout.gather(layout.spread(flat)), flat)


def test_a_full_grid_is_not_copied() -> None:
    layout = Layout.of_counts(np.array([2, 2, 2]))
    flat = np.ones((6, 4))
    assert layout.is_full
    assert np.shares_memory(layout.spread(flat), flat)
    assert np.shares_memory(layout.gather(layout.spread(flat)), flat)


def test_sentences_and_slots_are_numbered_from_zero() -> None:
    layout = Layout.of_counts(np.array([2, 0, 3]))
    assert (layout.sentence.tolist(), layout.slot.tolist()) == ([0, 0, 2, 2, 2], [0, 1, 0, 1, 2])
    assert (layout.num_sentences, layout.width) == (3, 3)
