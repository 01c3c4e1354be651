"""Vectors in fewer numbers: the directions in which they differ most (principal component analysis)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def reduce_width(values: NDArray[np.float32], width: int) -> tuple[NDArray[np.float32], float]:
    """The first ``width`` principal components of vectors (N, H), and which share of the variance they keep.

    The sign of a component is that which makes its largest weight positive, so that the same vectors always give the
    same numbers.

    Returns:
        (N, min(width, H)) numbers with a mean of zero each, and a share between 0 and 1.
    """
    centred = values - values.mean(axis=0, dtype=np.float64)  # (N, H)
    variances, directions = np.linalg.eigh(centred.T @ centred)  # (H,), (H, H); the largest last
    width = min(width, values.shape[1])
    variances = np.clip(variances[::-1], 0, None)
    chosen = directions[:, ::-1][:, :width]  # (H, width)
    largest = chosen[np.abs(chosen).argmax(axis=0), np.arange(width)]  # (width,)
    total = float(variances.sum())
    return (centred @ (chosen * np.sign(largest))).astype(np.float32), float(
        variances[:width].sum()
    ) / total if total else 1


def scale_to(values: NDArray[np.float32], deviation: float) -> NDArray[np.float32]:
    """The vectors times one number, so that their numbers have this standard deviation."""
    current = float(values.std(dtype=np.float64))
    scaled: NDArray[np.float32] = values * np.float32(deviation / current) if current else values
    return scaled
