"""The baseline of every anomaly detector: how many deviations a value is from the mean of those just before it."""

from __future__ import annotations

import numpy as np

from seqnlp.arrays import FloatArray

_LEAST_DEVIATION = 1e-3
"""In the scale of the training part: a stretch of equal values does not make the next one infinitely odd."""


def rolling_z_scores(values: FloatArray, length: int) -> FloatArray:
    """Scores (T,) of rows (T, C): the largest over columns; 0 for the first ``length`` rows, which have too few before.

    Args:
        values: in the scale of the training part.
        length: rows before a row that its mean and deviation are of.
    """
    scores = np.zeros(len(values))  # (T,)
    if len(values) <= length:
        return scores
    before = np.lib.stride_tricks.sliding_window_view(values, length, axis=0)[:-1]  # (T - length, C, length)
    deviation = np.maximum(before.std(axis=-1), _LEAST_DEVIATION)  # (T - length, C)
    scores[length:] = (np.abs(values[length:] - before.mean(axis=-1)) / deviation).max(axis=-1)
    return scores
