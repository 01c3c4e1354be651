"""Split conformal prediction (Papadopoulos et al. 2002; Lei et al. 2018): how far off held-back answers were."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray

LEVELS = (0.8, 0.9, 0.95, 0.99)
"""Of what answers promise, that an evaluation shows."""

DIGITS = 4
"""After the point, of numbers that are compared as they are printed, so that no answer depends on its batch."""

MAX_NUMBERS = 5000
"""Numbers of dev that a model keeps."""


def conformal_quantile(scores: FloatArray, level: float) -> float:
    """The bound that a new score stays below with a probability of at least ``level``, if scores are exchangeable.

    Args:
        scores: (N,) of held-back examples.
        level: between 0 and 1.

    Returns:
        The score of rank ``ceil((N + 1) level)``; infinite if there are too few for the level.
    """
    rank = math.ceil(round((len(scores) + 1) * level, 9))
    return float(np.partition(scores, rank - 1)[rank - 1]) if rank <= len(scores) else math.inf


def thinned(numbers: FloatArray) -> FloatArray:
    """Numbers (N,) of dev as a model keeps them: of more than :data:`MAX_NUMBERS` as many, evenly spaced."""
    return numbers[np.linspace(0, len(numbers) - 1, min(len(numbers), MAX_NUMBERS)).round().astype(np.int64)]


def printed_quantile(scores: FloatArray, level: float) -> float:
    """As :func:`conformal_quantile`, of scores of :data:`DIGITS` digits that were kept in fp32, which moves them."""
    return round(conformal_quantile(scores, level), DIGITS)


def coverage(inside: NDArray[np.bool_], known: NDArray[np.bool_]) -> float:
    """The share of known values that lie inside their interval; 0 of none."""
    return float(inside[known].mean()) if known.any() else 0.0
