"""How far a score could move with another sample of sentences: percentile bootstrap intervals (Efron 1979).

Sentences are drawn with replacement and the corpus score is computed anew from their summed counts. Sentences with
equal counts are interchangeable, so one multinomial draw over the distinct counts replaces drawing them one by one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Interval = tuple[float, float]
RESAMPLES = 1000


def f1_interval(counts: ArrayLike, *, resamples: int = RESAMPLES, seed: int = 0) -> Interval:
    """The 95 % interval of the micro F1.

    Args:
        counts: correct, predicted and gold entities of each sentence, ``(S, 3)``; see ``entities.sentence_counts``.
        resamples: how often to draw.
        seed: of the draws; the same seed gives the same interval.

    Returns:
        Lower and upper end, between 0 and 1; ``(0, 0)`` without entities.
    """
    correct, predicted, gold = resampled_sums(counts, 3, resamples, seed).T  # each (R,)
    return _interval(2 * correct, predicted + gold)


def ratio_interval(counts: ArrayLike, *, resamples: int = RESAMPLES, seed: int = 0) -> Interval:
    """The 95 % interval of a ratio of sums, such as an accuracy.

    Args:
        counts: what is above and below the line of each sentence, ``(S, 2)``: right tags, and tags.
    """
    above, below = resampled_sums(counts, 2, resamples, seed).T  # each (R,)
    return _interval(above, below)


def resampled_sums(counts: ArrayLike, width: int, resamples: int = RESAMPLES, seed: int = 0) -> NDArray[np.float64]:
    """Summed counts of each resample, ``(R, width)``."""
    table = np.asarray(counts, dtype=np.float64).reshape(-1, width)  # (S, width)
    if not len(table):
        return np.zeros((resamples, width))
    rows, copies = np.unique(table, axis=0, return_counts=True)  # (U, width), (U,)
    draws = np.random.default_rng(seed).multinomial(len(table), copies / len(table), size=resamples)  # (R, U)
    return np.asarray(draws @ rows)


def _interval(part: NDArray[np.float64], whole: NDArray[np.float64]) -> Interval:
    scores = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)  # (R,)
    low, high = np.quantile(scores, [0.025, 0.975])
    return float(low), float(high)
