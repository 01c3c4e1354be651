"""Do probabilities mean what they say? Of all predictions made with probability 0.8, eight in ten should be right."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

PRECISIONS = (0.95, 0.98)
"""The precisions whose coverage is reported."""


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The predictions with a probability in ``(low, high]``: how many, how sure on average, how often right."""

    low: float
    high: float
    count: int
    mean_probability: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """Calibration of a set of predictions.

    Attributes:
        error: expected calibration error.
        brier: Brier score.
        bins: behind the error.
        floor: the error that probabilities like these have on average where they mean exactly what they say: with few
            predictions, bins are off by chance.
    """

    error: float
    brier: float
    bins: list[ReliabilityBin]
    floor: float = 0.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is left if only predictions with at least ``threshold`` are kept.

    Attributes:
        target: the precision asked for.
        coverage: the share of predictions kept, between 0 and 1.
        precision: the precision of what is kept.
        threshold: the probability to ask for; None if no threshold reaches the target.
    """

    target: float
    coverage: float
    precision: float
    threshold: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Calibration before and after dividing the scores by the temperature; coverage is that after."""

    temperature: float
    before: Reliability
    after: Reliability
    coverage: list[Coverage]


def measure_calibration(before: ArrayLike, after: ArrayLike, correct: ArrayLike, temperature: float) -> Calibration:
    """The calibration of N predictions, for a report.

    Args:
        before: their probabilities at temperature 1, ``(N,)``.
        after: their probabilities at the fitted temperature, ``(N,)``.
        correct: which of them are right, ``(N,)``.
        temperature: the fitted one.
    """
    coverage = [coverage_at_precision(after, correct, precision) for precision in PRECISIONS]
    return Calibration(float(temperature), reliability(before, correct), reliability(after, correct), coverage)


def reliability(probabilities: ArrayLike, correct: ArrayLike) -> Reliability:
    """Expected calibration error with its table and floor, and Brier score."""
    error, bins = expected_calibration_error(probabilities, correct)
    return Reliability(error, brier(probabilities, correct), bins, error_by_chance(probabilities))


def error_by_chance(probabilities: ArrayLike) -> float:
    """The expected calibration error where outcomes are drawn from the probabilities themselves, on average."""
    sure = np.asarray(probabilities, dtype=np.float64)  # (N,)
    generator = np.random.default_rng(0)
    draws = max(20, min(200, 2_000_000 // max(len(sure), 1)))
    errors = [expected_calibration_error(sure, generator.random(len(sure)) < sure)[0] for _ in range(draws)]
    return float(np.mean(errors))


def expected_calibration_error(
    probabilities: ArrayLike, correct: ArrayLike, num_bins: int = 10
) -> tuple[float, list[ReliabilityBin]]:
    """The mean distance of probability and accuracy over bins of equal width, weighted by their size.

    Bin ``i`` holds ``i/n < probability <= (i+1)/n``, the first one 0 as well (Guo et al. 2017, section 2). An empty bin
    has mean probability and accuracy 0; without predictions the error is 0.
    """
    sure, right = _checked(probabilities, correct)  # (N,), (N,)
    edges = np.linspace(0, 1, num_bins + 1)  # (bins + 1,)
    index = np.digitize(sure, edges[1:-1], right=True)  # (N,)
    counts = np.bincount(index, minlength=num_bins)  # (bins,)
    size = np.maximum(counts, 1)  # (bins,)
    means = np.bincount(index, sure, num_bins) / size  # (bins,)
    accuracies = np.bincount(index, right, num_bins) / size  # (bins,)
    error = float(np.sum(counts * np.abs(means - accuracies)) / max(len(sure), 1))
    columns = (edges[:-1], edges[1:], counts, means, accuracies)
    return error, [ReliabilityBin(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def brier(probabilities: ArrayLike, correct: ArrayLike) -> float:
    """The mean squared distance of probability and outcome (1 right, 0 wrong); 0 without predictions."""
    sure, right = _checked(probabilities, correct)  # (N,), (N,)
    return float(np.mean((sure - right) ** 2)) if len(sure) else 0.0


def coverage_at_precision(probabilities: ArrayLike, correct: ArrayLike, precision: float) -> Coverage:
    """The most predictions that a threshold can keep so that at least ``precision`` of the kept ones are right.

    Predictions of equal probability are kept or dropped together, as a threshold cannot tell them apart.
    """
    sure, right = _checked(probabilities, correct)  # (N,), (N,)
    order = np.argsort(-sure, kind="stable")  # (N,)
    sure, right = sure[order], right[order]
    reached = np.cumsum(right) / np.arange(1, len(sure) + 1)  # (N,) precision of the first n + 1 predictions
    can_stop = np.append(sure[:-1] > sure[1:], True)[: len(sure)]  # (N,) the next prediction is less sure
    stops = np.flatnonzero(can_stop & (reached >= precision))
    if not len(stops):
        return Coverage(precision, 0.0, 0.0, None)
    last = stops[-1]
    return Coverage(precision, float(last + 1) / len(sure), float(reached[last]), float(sure[last]))


def fit_temperature(score: Callable[[float], float], high: float = 4.0) -> float:
    """The temperature between 0.25 and ``high`` that minimises ``score`` (a negative log likelihood).

    Brent's bounded search over log T, about 15 evaluations. The answer is never worse than 1, which also comes back
    if the score is not a number (nothing was predicted).
    """
    from scipy.optimize import minimize_scalar

    def score_of_log(log_temperature: float) -> float:
        return score(math.exp(log_temperature))

    bounds = (math.log(0.25), math.log(high))
    optimum = minimize_scalar(score_of_log, bounds=bounds, method="bounded", options={"xatol": 1e-3})
    return math.exp(optimum.x) if optimum.fun < score(1.0) else 1.0


def _checked(probabilities: ArrayLike, correct: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    sure, right = np.asarray(probabilities, dtype=np.float64), np.asarray(correct, dtype=np.float64)
    if sure.shape != right.shape or sure.ndim != 1:
        raise ValueError(f"expected as many probabilities as outcomes, found shapes {sure.shape} and {right.shape}")
    return sure, right
