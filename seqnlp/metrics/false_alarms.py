"""Thresholds that promise a rate of false alarms (split conformal anomaly detection, Laxhammar & Falkman 2011).

If a new normal row's score and those of n held-back normal rows could as well have come in any other order, the new one
is above the k-th smallest of them, ``k = ceil((n + 1)(1 - rate))``, with a chance of at most ``rate``. Rows of a series
are not quite exchangeable: what follows upon another is alike, and a series drifts. So the rate that was achieved is
always reported beside the one that was asked for, and the threshold may be raised by how uncertain it is
(:func:`surer_threshold`).
"""

from __future__ import annotations

import math

import numpy as np

from seqnlp.arrays import FloatArray
from seqnlp.errors import SeqnlpError
from seqnlp.metrics.conformal import conformal_quantile

_RESAMPLES = 200
"""Of the held-back rows."""


def least_rows(rate: float) -> int:
    """How many held-back rows a rate of false alarms takes at least.

    Raises:
        SeqnlpError: a rate out of its range.
    """
    if not 0 < rate < 1:
        raise SeqnlpError(f"expected a rate of false alarms above 0 and below 1, found {rate:g}")
    return math.ceil(round(1 / rate, 9)) - 1


def conformal_threshold(calibration: FloatArray, rate: float) -> float:
    """The score above which a row is flagged.

    Args:
        calibration: (n,) scores of normal rows that the model did not learn from.
        rate: of false alarms, between 0 and 1.

    Raises:
        SeqnlpError: a rate out of its range, or one that so few scores cannot promise.
    """
    least = least_rows(rate)
    threshold, count = conformal_quantile(calibration, 1 - rate), len(calibration)
    if math.isinf(threshold):
        raise SeqnlpError(
            f"a rate of false alarms of {rate:g} takes at least {least:,} held-back normal rows, found {count:,}: "
            f"ask for {1 / (count + 1):.2g} or more, or train with a larger data.dev"
        )
    return threshold


def surer_threshold(calibration: FloatArray, rate: float, block: int, confidence: float) -> float:
    """:func:`conformal_threshold`, raised so that so uncertain a promise is kept with a ``confidence``.

    Rows of a series are alike in stretches, so n of them say less than n that were drawn by themselves. Held-back rows
    are drawn anew in blocks, many times (circular block bootstrap, Politis & Romano 1992), each time a threshold is
    set, and what ``confidence`` of these do not exceed is taken, if it is above the threshold of the rows themselves.

    Args:
        calibration: (n,) in the order of time.
        block: rows that are drawn together: what a window holds.
        confidence: between 0 and 1; 0: the threshold is not raised.

    Raises:
        SeqnlpError: as :func:`conformal_threshold`.
    """
    threshold, count = conformal_threshold(calibration, rate), len(calibration)
    if not confidence:
        return threshold
    generator = np.random.default_rng(0)
    places = np.arange(min(block, count))
    drawn = np.empty(_RESAMPLES)
    for number in range(_RESAMPLES):
        begins = generator.integers(count, size=-(-count // len(places)))
        rows = (begins[:, None] + places).ravel()[:count] % count  # (n,)
        drawn[number] = conformal_quantile(calibration[rows], 1 - rate)
    return max(threshold, float(np.quantile(drawn, confidence, method="higher")))
