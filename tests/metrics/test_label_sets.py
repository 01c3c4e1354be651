"""Conformal sets of labels: the promise, by enumeration and by drawing; the edges."""

from __future__ import annotations

import numpy as np
import pytest

from seqnlp.metrics.conformal import MAX_NUMBERS
from seqnlp.tasks.classification.label_sets import LabelSets, measure_sets


def draw(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (B, 4) of a model that is far too sure of itself, and gold labels (B, 4)."""
    random = np.random.default_rng(seed)
    true = random.dirichlet(np.full(4, 0.7), count)
    gold = np.array([random.choice(4, p=row) for row in true])
    sharpened = true**2 / (true**2).sum(axis=1, keepdims=True)
    return sharpened, np.arange(4) == gold[:, None]


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.95, 0.99])
def test_sets_hold_as_often_as_promised_though_the_probabilities_are_wrong(level: float) -> None:
    held = []
    for seed in range(40):
        sets = LabelSets.of_dev(*draw(150, 2 * seed))
        sure, targets = draw(400, 2 * seed + 1)
        held.append((sets.sets(sure, level) & targets).any(axis=1).mean())
    assert level - 0.01 <= np.mean(held)
    if level >= 0.9:  # at 0.5 the most probable label alone holds more often than that
        assert np.mean(held) <= level + 0.02


def test_the_least_probability_is_that_of_the_rank_by_definition() -> None:
    gold = np.array([0.9, 0.2, 0.7, 0.4, 0.6, 0.5, 0.3, 0.8, 0.95])
    sure = np.stack([gold, 1 - gold], axis=1)
    sets = LabelSets.of_dev(sure, np.array([[True, False]] * 9))
    for wanted, level in enumerate((0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9), start=1):  # (9 + 1) * level = wanted
        assert sets.least(level) == pytest.approx(np.sort(gold)[::-1][wanted - 1])
    assert sets.least(0.95) == -np.inf


def test_dev_too_small_for_a_level_gives_every_label_and_the_best_is_always_there() -> None:
    sets = LabelSets.of_dev(np.array([[0.9, 0.1]]), np.array([[True, False]]))
    sure = np.array([[0.6, 0.4], [0.02, 0.98], [0.5, 0.5]])
    assert sets.sets(sure, 0.9).all()
    assert sets.sets(sure, 0.5).tolist() == [[True, False], [False, True], [True, True]]
    assert LabelSets(np.zeros(0)).sets(sure, 0.5).all()


def test_an_unknown_label_counts_against_the_sets_and_a_large_dev_is_thinned_out() -> None:
    sure, targets = draw(4, 1)
    targets[0] = False
    assert LabelSets.of_dev(sure, targets).gold[0] == 0
    many, of_many = draw(2 * MAX_NUMBERS, 2)
    assert len(LabelSets.of_dev(many, of_many).gold) == MAX_NUMBERS


def test_sizes_are_counted() -> None:
    sets = LabelSets(np.array([0.3] * 99))
    sure = np.array([[0.5, 0.4, 0.1], [0.8, 0.1, 0.1], [0.35, 0.35, 0.3]])
    targets = np.array([[True, False, False], [False, True, False], [False, False, True]])
    actual = measure_sets(sets, sure, targets)[0]
    assert (actual.level, actual.coverage, actual.mean_size, actual.single) == (0.8, 2 / 3, 2.0, 1 / 3)
    assert measure_sets(sets, sure[:0], targets[:0]) == []


def test_a_label_as_probable_as_the_bound_is_in_the_set_after_the_folder_kept_the_bound_in_fp32() -> None:
    for number in np.arange(1, 5_000, 7) / 10_000:
        sets = LabelSets(np.full(9, number, np.float32).astype(np.float64))
        assert sets.sets(np.array([[1 - number, number]]), 0.9).all()
        assert not sets.sets(np.array([[1 - number, number - 1e-4]]), 0.9).all()
