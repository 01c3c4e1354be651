"""Paired tests from counts: against drawing and swapping the examples one by one, and on differences that are known."""

from __future__ import annotations

import numpy as np
import pytest

from seqnlp.errors import DataError
from seqnlp.metrics import paired_counts
from seqnlp.metrics.paired_counts import (
    CountedScore,
    compare_counts,
    f1_of,
    grouped,
    macro_f1_of,
    percent_of,
    perplexity_of,
)


def answers(share: float, number: int = 400, seed: int = 0) -> CountedScore:
    """Right answers of single examples."""
    right = np.random.default_rng(seed).random(number) < share
    return CountedScore("accuracy", np.stack([right, np.ones(number)], axis=1).astype(float), percent_of)


def test_a_clear_difference_is_found_and_none_is_made_up() -> None:
    clear = compare_counts([answers(0.6)], [answers(0.9, seed=1)], "documents").measures[0]
    assert clear.difference > 20
    assert clear.p_value < 0.001
    assert clear.verdict.startswith("B is better by ")
    chance = compare_counts([answers(0.7, seed=1)], [answers(0.7, seed=2)], "documents").measures[0]
    assert chance.p_value > 0.05
    assert chance.verdict.startswith("no significant difference in accuracy")


def test_a_model_is_never_better_than_itself() -> None:
    same = compare_counts([answers(0.7)], [answers(0.7)], "documents").measures[0]
    assert same.difference == 0
    assert same.bootstrap_p == same.randomization_p == 1.0


def test_the_p_values_are_those_of_drawing_and_swapping_one_by_one() -> None:
    generator = np.random.default_rng(3)
    gold, result = generator.integers(1, 4, 60), generator.integers(1, 4, 60)
    a = np.stack([np.minimum(gold, result) * (generator.random(60) < 0.6), result, gold], axis=1).astype(float)
    b = np.stack([np.minimum(gold, result) * (generator.random(60) < 0.72), result, gold], axis=1).astype(float)
    fast = compare_counts([CountedScore("F1", a, f1_of)], [CountedScore("F1", b, f1_of)], "sentences").measures[0]

    def f1(counts: np.ndarray) -> float:
        correct, predicted, actual = counts.sum(axis=0)
        return float(200 * correct / (predicted + actual))

    observed, draws, swaps = f1(b) - f1(a), [], []
    for _ in range(4000):
        rows = generator.integers(0, 60, 60)
        draws.append(f1(b[rows]) - f1(a[rows]))
        swap = generator.random(60)[:, None] < 0.5
        swaps.append(f1(np.where(swap, a, b)) - f1(np.where(swap, b, a)))
    centred = np.array(draws) - np.mean(draws)
    assert fast.difference == pytest.approx(observed)
    assert fast.bootstrap_p == pytest.approx(np.mean(np.abs(centred) >= abs(observed)), abs=0.03)
    assert fast.randomization_p == pytest.approx(np.mean(np.abs(swaps) >= abs(observed) - 1e-12), abs=0.03)


def test_false_alarms_of_the_test_are_as_rare_as_promised() -> None:
    verdicts = [
        compare_counts([answers(0.7, 200, 2 * n)], [answers(0.7, 200, 2 * n + 1)], "documents") for n in range(60)
    ]
    assert sum(each.measures[0].p_value < 0.05 for each in verdicts) <= 8  # 3 of 60 on average


def test_examples_of_one_document_are_drawn_together() -> None:
    """Ten copies of each example say no more than one: by document the test is not fooled, by example it is."""
    a, b = (np.repeat(answers(share, 40, seed).counts, 10, axis=0) for share, seed in ((0.6, 0), (0.75, 1)))
    scores = [[CountedScore("accuracy", counts, percent_of)] for counts in (a, b)]
    documents = np.repeat(np.arange(40), 10)
    fooled = compare_counts(*scores, "sentences")
    fair = compare_counts(*(grouped(each, documents) for each in scores), "documents")
    assert fair.size == 40
    assert fair.measures[0].difference == pytest.approx(fooled.measures[0].difference)
    assert fooled.measures[0].p_value < 0.01 < fair.measures[0].p_value


def test_lower_perplexity_is_better() -> None:
    losses = np.random.default_rng(0).random((300, 1)) * 9
    words = np.full((300, 1), 3.0)
    a, b = (
        CountedScore("perplexity", np.hstack([losses + more, words]), perplexity_of, higher_is_better=False)
        for more in (0.5, 0.0)
    )
    actual = compare_counts([a], [b], "lines").measures[0]
    assert actual.difference < 0
    assert actual.verdict.startswith("B is better by ")


def test_macro_f1_is_the_mean_over_labels() -> None:
    sums = np.array([[1.0, 1, 1, 0, 2, 2]])
    assert macro_f1_of(sums) == pytest.approx([50.0])


def test_memory_does_not_grow_with_the_kinds_of_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = np.random.default_rng(0).random((500, 2)) + 1
    whole = CountedScore("mean", counts, percent_of)
    monkeypatch.setattr(paired_counts, "_CELLS", 5_000)  # ten resamples at a time
    actual = compare_counts([whole], [whole], "lines").measures[0]
    assert actual.a.low < actual.a.score < actual.a.high


def test_models_that_answered_other_examples_are_refused() -> None:
    with pytest.raises(DataError, match="expected two models' answers to the same documents, found 3 and 4"):
        compare_counts([answers(0.5, 3)], [answers(0.5, 4)], "documents")
    with pytest.raises(DataError, match="found 0 and 0"):
        compare_counts([answers(0.5, 0)], [answers(0.5, 0)], "documents")
