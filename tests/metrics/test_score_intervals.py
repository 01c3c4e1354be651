from __future__ import annotations

import numpy as np
import pytest

from seqnlp.metrics.intervals import f1_interval, ratio_interval


def random_counts(seed: int, sentences: int = 300) -> np.ndarray:
    random = np.random.default_rng(seed)
    gold, predicted = random.poisson(1.5, sentences), random.poisson(1.4, sentences)
    correct = random.binomial(np.minimum(gold, predicted), 0.7)
    return np.stack([correct, predicted, gold], axis=1)


def test_the_interval_is_that_of_drawing_sentences_one_by_one():
    counts = random_counts(1)
    random = np.random.default_rng(5)
    scores = []
    for _ in range(4000):
        correct, predicted, gold = counts[random.integers(0, len(counts), len(counts))].sum(axis=0)
        scores.append(2 * correct / (predicted + gold))
    naive = np.quantile(scores, [0.025, 0.975])
    assert f1_interval(counts, resamples=4000) == pytest.approx(tuple(naive), abs=0.004)


def test_the_interval_of_independent_tokens_is_close_to_the_normal_approximation():
    right = np.random.default_rng(2).random(2000) < 0.9
    low, high = ratio_interval(np.stack([right, np.ones(2000)], axis=1), resamples=4000)
    mean = right.mean()
    half = 1.96 * np.sqrt(mean * (1 - mean) / 2000)
    assert (low, high) == pytest.approx((mean - half, mean + half), abs=0.0015)


def test_about_95_of_100_intervals_hold_the_true_accuracy():
    random = np.random.default_rng(3)
    held = 0
    for seed in range(200):
        right = random.random(400) < 0.8
        low, high = ratio_interval(np.stack([right, np.ones(400)], axis=1), seed=seed)
        held += low <= 0.8 <= high
    assert 180 <= held <= 199


def test_sentences_that_err_together_give_a_wider_interval_than_tokens_that_err_alone():
    right = np.random.default_rng(4).random(200) < 0.8
    together = np.stack([20 * right, np.full(200, 20)], axis=1)
    apart = np.tile([16, 20], (200, 1))
    low, high = ratio_interval(together)
    assert high - low > 0.08
    assert ratio_interval(apart) == (0.8, 0.8)


def test_the_interval_holds_the_score():
    counts = random_counts(6)
    correct, predicted, gold = counts.sum(axis=0)
    low, high = f1_interval(counts)
    assert low < 2 * correct / (predicted + gold) < high


def test_the_same_seed_gives_the_same_interval_and_leaves_the_global_generator_alone():
    counts = random_counts(7)
    before = np.random.get_state()[1].copy()
    assert f1_interval(counts) == f1_interval(counts)
    assert f1_interval(counts) != f1_interval(counts, seed=1)
    assert (np.random.get_state()[1] == before).all()


def test_extremes_are_exact():
    assert f1_interval(np.zeros((0, 3))) == (0.0, 0.0)
    assert f1_interval(np.zeros((5, 3))) == (0.0, 0.0)
    assert f1_interval([[2, 2, 2]] * 4) == (1.0, 1.0)
    assert ratio_interval(np.zeros((0, 2))) == (0.0, 0.0)
