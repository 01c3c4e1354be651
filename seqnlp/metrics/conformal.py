"""Split conformal prediction (Papadopoulos et al. 2002; Lei et al. 2018): how far off held-back answers were."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray


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


def coverage(inside: NDArray[np.bool_], known: NDArray[np.bool_]) -> float:
    """The share of known values that lie inside their interval; 0 of none."""
    return float(inside[known].mean()) if known.any() else 0.0
