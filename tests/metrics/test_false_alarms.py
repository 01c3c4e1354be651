from __future__ import annotations

import numpy as np
import pytest

from seqnlp.errors import SeqnlpError
from seqnlp.metrics.false_alarms import conformal_threshold, surer_threshold
from seqnlp.metrics.held_back import HeldBackScores


def test_normal_rows_are_flagged_no_more_often_than_was_asked_for() -> None:
    generator = np.random.default_rng(1)
    for rate, count in ((0.1, 19), (0.05, 50), (0.01, 99)):
        draws = generator.exponential(size=(20_000, count + 1))
        flagged = [draw[-1] > conformal_threshold(draw[:-1], rate) for draw in draws]
        assert np.mean(flagged) <= rate + 0.005
        assert np.mean(flagged) >= rate - 1 / (count + 1) - 0.005


def test_a_row_is_flagged_when_its_p_value_is_at_most_the_rate() -> None:
    generator = np.random.default_rng(2)
    calibration, scores = generator.normal(size=37), generator.normal(size=500)
    by_hand = [(1 + sum(each >= score for each in calibration)) / 38 for score in scores]
    actual = HeldBackScores(calibration).p_values(scores)
    np.testing.assert_allclose(actual, by_hand)
    for rate in (0.03, 0.1, 0.5):
        np.testing.assert_array_equal(scores > conformal_threshold(calibration, rate), actual <= rate)


def test_the_least_rows_that_are_asked_for_are_enough() -> None:
    assert conformal_threshold(np.arange(99.0), 0.01) == 98
    with pytest.raises(SeqnlpError) as caught:
        conformal_threshold(np.arange(98.0), 0.01)
    assert str(caught.value) == (
        "a rate of false alarms of 0.01 takes at least 99 held-back normal rows, found 98: ask for 0.01 or more, or "
        "train with a larger data.dev"
    )


@pytest.mark.parametrize("rate", [0.0, -0.1, 1.0, float("nan")])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(SeqnlpError, match="expected a rate of false alarms above 0 and below 1, found"):
        conformal_threshold(np.arange(1000.0), rate)


def alike_in_stretches(rows: int, generator: np.random.Generator) -> np.ndarray:
    """Scores that stay near each other for some forty rows."""
    noise, scores = generator.normal(size=rows), np.zeros(rows)
    for row in range(1, rows):
        scores[row] = 0.95 * scores[row - 1] + noise[row]
    return scores


def test_a_surer_threshold_keeps_the_promise_where_rows_are_alike_in_stretches() -> None:
    generator = np.random.default_rng(4)
    kept = {0.0: 0, 0.9: 0}
    for _ in range(60):
        scores = alike_in_stretches(4000, generator)
        for confidence in kept:
            threshold = surer_threshold(scores[:1000], 0.05, 48, confidence)
            kept[confidence] += np.mean(scores[1000:] > threshold) <= 1.2 * 0.05
    assert kept[0.9] >= 0.75 * 60
    assert kept[0.0] <= 0.55 * 60


def test_a_threshold_is_raised_only_by_what_is_uncertain() -> None:
    calibration = np.random.default_rng(5).exponential(size=500)
    plain = conformal_threshold(calibration, 0.02)
    assert surer_threshold(calibration, 0.02, 24, 0.0) == plain
    raised = [surer_threshold(calibration, 0.02, 24, confidence) for confidence in (0.1, 0.5, 0.9, 0.99)]
    assert raised == sorted(raised)
    assert plain <= raised[0] <= raised[-1] <= calibration.max()
    assert surer_threshold(np.ones(500), 0.02, 24, 0.9) == 1
    assert surer_threshold(calibration, 0.02, 10**6, 0.9) == pytest.approx(plain)  # one block: the rows themselves


def test_scores_of_a_series_judge_it_where_they_are_enough_for_the_rate() -> None:
    own, of_all = HeldBackScores(np.arange(99.0)), HeldBackScores(np.arange(1000.0))
    assert own.or_all(0.01, of_all) is own
    assert own.or_all(0.009, of_all) is of_all
    assert own.threshold(0.05, 10, 0.9) == own.threshold(0.05, 10, 0.9) == surer_threshold(own.scores, 0.05, 10, 0.9)
    assert own.threshold(0.1, 10, 0.9) == surer_threshold(own.scores, 0.1, 10, 0.9)
