"""How readily words are taken for entities: a penalty on "outside", fitted on dev and no larger than dev is sure of.

The F1 of a small dev split is nearly flat around its best penalty, and the best one of dev may cost F1 on text of
another kind. So dev is resampled, by sentences, and the penalty is what nine in ten resamples ask for at least: a large
split that is sure of its penalty keeps it, a small one is drawn towards 0.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

PENALTIES = np.arange(0.0, 2.01, 0.1)
"""Outside penalties tried, in nats."""

NEIGHBOURS = 2
"""A penalty is judged by the mean F1 of it and so many on either side: on a small dev split, F1 is a jagged curve."""

RESAMPLES = 200
"""Of dev."""

SURE = 0.9
"""Part of the resamples that ask for at least the penalty."""


def best_penalty(scores: Sequence[float]) -> float:
    """The penalty with the best smoothed F1, given the F1 of each of :data:`PENALTIES`; the smallest of equals."""
    padded = np.pad(np.asarray(scores), NEIGHBOURS, mode="edge")  # (penalties + 2 * NEIGHBOURS,)
    window = 2 * NEIGHBOURS + 1
    smooth = np.convolve(padded, np.full(window, 1 / window), mode="valid")  # (penalties,)
    return float(PENALTIES[int(np.argmax(np.round(smooth, 6)))])


def sure_penalty(counts: NDArray[np.int64]) -> float:
    """The penalty that :data:`SURE` of the resamples of a split ask for at least, and the split itself too.

    Args:
        counts: (penalties, S, 3) right, predicted and gold entities of each sentence at each of :data:`PENALTIES`.
    """
    penalties, sentences, _ = counts.shape
    table = counts.transpose(1, 0, 2).reshape(sentences, -1).astype(np.float64)  # (S, penalties * 3)
    fitted = best_penalty(_f1(table.sum(axis=0).reshape(penalties, 3)))
    if not fitted:
        return 0.0
    even = np.full(sentences, 1 / sentences)
    draws = np.random.default_rng(0).multinomial(sentences, even, size=RESAMPLES)  # (R, S)
    sums = (draws @ table).reshape(RESAMPLES, penalties, 3)
    asked = [best_penalty(_f1(one)) for one in sums]
    return min(fitted, float(np.quantile(asked, 1 - SURE, method="lower")))


def _f1(sums: NDArray[np.float64]) -> list[float]:
    """F1 of each penalty, of (penalties, 3)."""
    right, predicted, gold = sums.T
    return list(2 * right / np.maximum(predicted + gold, 1))
