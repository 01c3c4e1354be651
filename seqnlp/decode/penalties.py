"""How hypotheses of different lengths are compared, and what they may not repeat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seqnlp.config import DecodingConfig

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def length_penalty(config: DecodingConfig, length: IntArray | int) -> FloatArray:
    """What a log probability is divided by.

    ``average``: ``length ** alpha``; ``gnmt``: ``((5 + length) / 6) ** alpha`` (Wu et al. 2016, eq. 14); ``none``: 1

    Args:
        length: tokens, END included.
    """
    lengths = np.asarray(length, np.float64)
    if config.length_penalty == "average":
        return lengths**config.alpha
    if config.length_penalty == "gnmt":
        return ((5 + lengths) / 6) ** config.alpha
    return np.ones_like(lengths)


def coverage_penalty(config: DecodingConfig, covered: FloatArray) -> FloatArray:
    """``beta * sum_s log(min(covered_s, 1))`` (Wu et al. 2016), at most 0; added to the score.

    Args:
        covered: (..., S) the attention that each source position got in all.
    """
    logs = np.log(np.clip(covered, 1e-6, 1.0))
    penalty: FloatArray = config.coverage_penalty * logs.sum(axis=-1)
    return penalty


def repeated_ngrams(prefix: IntArray, size: int) -> list[int]:
    """The tokens that would make an n-gram of ``size`` tokens occur twice after ``prefix`` (t,)."""
    if len(prefix) < size:
        return []
    windows = np.lib.stride_tricks.sliding_window_view(prefix, size)  # (t - size + 1, size)
    tail = prefix[len(prefix) - size + 1 :]
    same = (windows[:, :-1] == tail).all(axis=1)
    return sorted({int(token) for token in windows[same, -1]})
