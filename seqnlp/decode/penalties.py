"""How hypotheses of different lengths are compared, and what they may not repeat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.config.translation import DecodingConfig

LEAST_COVERED = 1e-6
"""A source position that nothing attended counts as this much covered: its logarithm must be a number."""


def length_penalty(config: DecodingConfig, length: IntArray | int) -> FloatArray:
    """What a log probability is divided by; never falls with the length.

    ``average``: ``length ** alpha``; ``gnmt``: ``((5 + length) / 6) ** alpha`` (Wu et al. 2016, equation 14);
    ``none``: 1.

    Args:
        length: tokens, END included.
    """
    lengths = np.asarray(length, np.float64)
    if config.length_penalty == "average":
        return lengths**config.alpha
    if config.length_penalty == "gnmt":
        return ((5 + lengths) / 6) ** config.alpha
    return np.ones_like(lengths)


def coverage_penalty(config: DecodingConfig, covered: NDArray[np.floating]) -> FloatArray:
    """``beta * sum_s log(min(covered_s, 1))`` (Wu et al. 2016, equation 14), at most 0; added to the score.

    Args:
        covered: (..., S) the attention that each real source position got in all.
    """
    logs = np.log(np.clip(covered.astype(np.float64), LEAST_COVERED, 1.0))
    penalty: FloatArray = config.coverage_penalty * logs.sum(axis=-1)
    return penalty


def repeated_ngrams(prefix: Sequence[int] | IntArray, size: int) -> list[int]:
    """The tokens that would make an n-gram of ``size`` tokens occur twice after ``prefix`` (t,)."""
    tokens = list(prefix)
    tail = tokens[len(tokens) - size + 1 :]
    return sorted({tokens[end] for end in range(size - 1, len(tokens)) if tokens[end - size + 1 : end] == tail})


def penalise_repetition(log_probs: FloatArray, seen: Sequence[int] | IntArray, penalty: float) -> FloatArray:
    """Log probabilities (V,) with those of tokens seen before multiplied by ``penalty`` (Keskar et al. 2019).

    What comes out is no distribution; sampling normalises it. A penalty above 1 makes repetition rarer.
    """
    penalised = log_probs.copy()
    seen = np.unique(np.asarray(seen, dtype=np.int64))
    penalised[seen] *= penalty
    return penalised
