from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss

from seqnlp.metrics.calibration import (
    Coverage,
    brier,
    coverage_at_precision,
    error_by_chance,
    expected_calibration_error,
    fit_temperature,
    measure_calibration,
    reliability,
)
from seqnlp.report.tables import calibration_table


def draw(seed: int, size: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities with ties and round values, and outcomes."""
    random = np.random.default_rng(seed)
    probabilities = random.choice([random.random(size), random.integers(0, 11, size) / 10])
    return probabilities, random.random(size) < probabilities**2


def test_calibration_error_worked_by_hand():
    probabilities = [0.95, 0.95, 0.92, 0.55, 0.15]
    correct = [True, True, False, True, False]
    # (0.9, 1]: 3 predictions, mean 0.94, 2/3 right; (0.5, 0.6]: 0.55, all right; (0.1, 0.2]: 0.15, none right
    error, bins = expected_calibration_error(probabilities, correct)
    assert error == pytest.approx((3 * (0.94 - 2 / 3) + (1 - 0.55) + 0.15) / 5)
    assert [each.count for each in bins] == [0, 1, 0, 0, 0, 1, 0, 0, 0, 3]
    assert bins[9].mean_probability == pytest.approx(0.94)
    assert bins[9].accuracy == pytest.approx(2 / 3)
    assert (bins[9].low, bins[9].high) == pytest.approx((0.9, 1.0))


def test_calibration_error_agrees_with_a_loop_over_bins():
    for seed in range(20):
        probabilities, correct = draw(seed)
        expected = 0.0
        for number in range(7):
            low, high = number / 7, (number + 1) / 7
            chosen = [i for i, p in enumerate(probabilities) if low < p <= high or (p == 0 and number == 0)]
            if chosen:
                gap = sum(probabilities[i] for i in chosen) - sum(bool(correct[i]) for i in chosen)
                expected += abs(gap) / len(probabilities)
        error, bins = expected_calibration_error(probabilities, correct, num_bins=7)
        assert error == pytest.approx(expected)
        assert sum(each.count for each in bins) == len(probabilities)


def test_a_probability_on_an_edge_falls_into_the_lower_bin():
    _, bins = expected_calibration_error([i / 10 for i in range(11)], [True] * 11)
    assert [each.count for each in bins] == [2, 1, 1, 1, 1, 1, 1, 1, 1, 1]


def test_outcomes_drawn_with_their_probability_are_calibrated():
    random = np.random.default_rng(1)
    probabilities = random.random(50_000)
    assert expected_calibration_error(probabilities, random.random(50_000) < probabilities)[0] < 0.01


def test_without_predictions_nothing_is_wrong():
    measured = reliability([], [])
    assert (measured.error, measured.brier) == (0.0, 0.0)
    assert sum(each.count for each in measured.bins) == 0
    assert coverage_at_precision([], [], 0.95) == Coverage(0.95, 0.0, 0.0, None)


def test_as_many_outcomes_as_probabilities_are_expected():
    with pytest.raises(ValueError, match=r"as many probabilities as outcomes, found shapes \(2,\) and \(1,\)"):
        brier([0.1, 0.2], [True])


def test_brier_agrees_with_scikit_learn():
    probabilities, correct = draw(3)
    assert brier(probabilities, correct) == pytest.approx(brier_score_loss(correct, probabilities))


def test_coverage_worked_by_hand():
    probabilities = [0.9, 0.8, 0.7, 0.6, 0.5]
    correct = [True, True, False, True, False]
    assert coverage_at_precision(probabilities, correct, 0.75) == Coverage(0.75, 0.8, 0.75, 0.6)
    assert coverage_at_precision(probabilities, correct, 0.95) == Coverage(0.95, 0.4, 1.0, 0.8)
    assert coverage_at_precision(probabilities, [False] * 5, 0.95) == Coverage(0.95, 0.0, 0.0, None)


def test_equal_probabilities_are_kept_or_dropped_together():
    probabilities, correct = [0.9, 0.9, 0.9, 0.3], [True, True, False, True]
    assert coverage_at_precision(probabilities, correct, 0.9).coverage == 0.0
    assert coverage_at_precision(probabilities, correct, 0.75).coverage == 1.0


@pytest.mark.parametrize("target", [0.3, 0.5, 0.8, 0.95])
def test_coverage_agrees_with_trying_every_threshold(target):
    for seed in range(30):
        probabilities, correct = draw(seed, 40)
        best, best_threshold = 0, None
        for threshold in sorted(set(probabilities.tolist())):
            kept = probabilities >= threshold
            if correct[kept].mean() >= target and kept.sum() > best:
                best, best_threshold = kept.sum(), threshold
        actual = coverage_at_precision(probabilities, correct, target)
        assert (actual.coverage, actual.threshold) == (best / 40, best_threshold)
        if best_threshold is not None:
            assert actual.precision == pytest.approx(correct[probabilities >= best_threshold].mean())


@pytest.mark.parametrize("true_temperature", [0.5, 1.0, 2.5])
def test_the_temperature_that_made_the_outcomes_is_found_again(true_temperature):
    random = np.random.default_rng(4)
    logits = random.normal(0, 4, 40_000)
    right = random.random(40_000) < 1 / (1 + np.exp(-logits / true_temperature))
    evaluations = []

    def negative_log_likelihood(temperature: float) -> float:
        evaluations.append(temperature)
        return float(np.mean(np.logaddexp(0, np.where(right, -logits, logits) / temperature)))

    actual = fit_temperature(negative_log_likelihood)
    assert actual == pytest.approx(true_temperature, rel=0.05)
    assert len(evaluations) <= 25
    grid = [negative_log_likelihood(temperature) for temperature in np.geomspace(0.25, 4, 200)]
    assert negative_log_likelihood(actual) <= min(grid) + 1e-7


def test_the_temperature_stays_within_its_bounds_and_is_one_where_nothing_is_gained():
    assert fit_temperature(lambda temperature: temperature) == pytest.approx(0.25, rel=0.01)
    assert fit_temperature(lambda temperature: -temperature) == pytest.approx(4.0, rel=0.01)
    assert fit_temperature(lambda temperature: 0.0) == 1.0
    assert fit_temperature(lambda temperature: math.nan) == 1.0


def test_measured_calibration_holds_both_sides_and_the_coverage_after():
    before, correct = draw(5)
    after = np.sqrt(before)
    measured = measure_calibration(before, after, correct, 1.7)
    assert measured.temperature == 1.7
    assert measured.before == reliability(before, correct)
    assert measured.after == reliability(after, correct)
    assert [each.target for each in measured.coverage] == [0.95, 0.98]
    assert measured.coverage[0] == coverage_at_precision(after, correct, 0.95)


def test_the_floor_is_the_error_of_probabilities_that_mean_what_they_say() -> None:
    generator = np.random.default_rng(0)
    errors = []
    for _ in range(100):
        sure = generator.beta(4, 2, size=300)
        measured = reliability(sure, generator.random(300) < sure)
        errors.append(measured.error)
    assert measured.floor == pytest.approx(np.mean(errors), rel=0.1)
    assert error_by_chance(np.full(100_000, 0.7)) < 0.003  # many predictions: nearly nothing is due to chance
    assert error_by_chance(np.ones(50)) == error_by_chance(np.zeros(0)) == 0
    assert "by chance" in str(calibration_table(measure_calibration(sure, sure, sure > 0.5, 1.0)))
