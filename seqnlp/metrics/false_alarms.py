"""Thresholds that promise a rate of false alarms (split conformal anomaly detection, Laxhammar & Falkman 2011).

If a new normal row's score and those of n held-back normal rows could as well have come in any other order, the new one
is above the k-th smallest of them, ``k = ceil((n + 1)(1 - rate))``, with a chance of at most ``rate``. Rows of a series
are not quite exchangeable: what follows upon another is alike, and a series drifts. So the rate that was achieved is
always reported beside the one that was asked for.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import SeqnlpError
from seqnlp.metrics.conformal import conformal_quantile

FloatArray = NDArray[np.float64]


def conformal_threshold(calibration: FloatArray, rate: float) -> float:
    """The score above which a row is flagged.

    Args:
        calibration: (n,) scores of normal rows that the model did not learn from.
        rate: of false alarms, between 0 and 1.

    Raises:
        SeqnlpError: a rate out of its range, or one that so few scores cannot promise.
    """
    if not 0 < rate < 1:
        raise SeqnlpError(f"expected a rate of false alarms above 0 and below 1, found {rate:g}")
    threshold, count = conformal_quantile(calibration, 1 - rate), len(calibration)
    if math.isinf(threshold):
        least = math.ceil(round(1 / rate, 9)) - 1
        raise SeqnlpError(
            f"a rate of false alarms of {rate:g} takes at least {least:,} held-back normal rows, found {count:,}: "
            f"ask for {1 / (count + 1):.2g} or more, or train with a larger data.dev"
        )
    return threshold


def p_values(scores: FloatArray, calibration: FloatArray) -> FloatArray:
    """How rarely a normal row scores as high (T,): ``(1 + scores of normal rows as high) / (n + 1)``."""
    ordered = np.sort(calibration)
    as_high = len(ordered) - np.searchsorted(ordered, scores, side="left")  # (T,)
    return np.asarray((1 + as_high) / (len(ordered) + 1))
