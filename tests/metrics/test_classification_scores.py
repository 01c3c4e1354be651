from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as reference

from seqnlp.metrics.classification import confusion_matrix, label_scores, macro_interval, score_interval

DRAW = np.random.default_rng(5)
GOLD = [[label] for label in DRAW.choice(["a", "b", "c"], 200, p=[0.6, 0.3, 0.1])]
GUESS = [gold if DRAW.random() < 0.7 else [str(DRAW.choice(["a", "b", "c"]))] for gold in GOLD]
FLAT = [one[0] for one in GOLD], [one[0] for one in GUESS]


def test_scores_are_those_of_scikit_learn() -> None:
    actual = label_scores(GOLD, GUESS)
    assert actual.accuracy == pytest.approx(reference.accuracy_score(*FLAT))
    assert actual.micro.f1 == pytest.approx(actual.accuracy)
    assert actual.macro.f1 == pytest.approx(reference.f1_score(*FLAT, average="macro"))
    each = reference.f1_score(*FLAT, average=None, labels=["a", "b", "c"])
    assert [scores.f1 for scores in actual.per_label.values()] == pytest.approx(each.tolist())
    names, counts = confusion_matrix(GOLD, GUESS)
    assert names == ["a", "b", "c"]
    np.testing.assert_array_equal(counts, reference.confusion_matrix(*FLAT))


def test_several_labels_a_document() -> None:
    gold, guess = [["a", "b"], [], ["c"], ["a"]], [["a"], [], ["a", "c"], ["a"]]
    table = [[[label in labels for label in "abc"] for labels in side] for side in (gold, guess)]
    actual = label_scores(gold, guess)
    assert actual.accuracy == 0.5
    assert actual.micro.f1 == pytest.approx(reference.f1_score(*table, average="micro"))
    assert actual.macro.f1 == pytest.approx(reference.f1_score(*table, average="macro", zero_division=0))


def test_a_label_never_seen_in_training_counts_as_missed() -> None:
    actual = label_scores([["new"], ["a"]], [["a"], ["a"]])
    assert actual.accuracy == 0.5
    assert actual.per_label["new"].f1 == 0.0
    assert actual.macro.f1 == pytest.approx((0 + 2 / 3) / 2)


def test_intervals_hold_the_score_and_narrow_with_more_documents() -> None:
    for interval, score in (
        (lambda g, p: score_interval(g, p, False), label_scores(GOLD, GUESS).accuracy),
        (lambda g, p: score_interval(g, p, True), label_scores(GOLD, GUESS).micro.f1),
        (macro_interval, label_scores(GOLD, GUESS).macro.f1),
    ):
        low, high = interval(GOLD, GUESS)
        assert low < score < high
        tight = interval(GOLD * 10, GUESS * 10)
        assert tight[1] - tight[0] < (high - low) / 2
    assert macro_interval([], []) == (0.0, 0.0)


def test_the_macro_interval_is_that_of_drawing_documents_one_by_one() -> None:
    draw = np.random.default_rng(0)
    scores = []
    for _ in range(1000):
        rows = draw.integers(0, 200, 200)
        gold, guess = (np.array(side)[rows] for side in FLAT)
        scores.append(reference.f1_score(gold, guess, average="macro", labels=["a", "b", "c"], zero_division=0))
    assert macro_interval(GOLD, GUESS) == pytest.approx(np.quantile(scores, [0.025, 0.975]).tolist(), abs=0.02)
