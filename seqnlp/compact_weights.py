"""Weights in one byte a number: codes from -127 to 127, and a scale for each row of a matrix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

SCALES = "/scales"
"""Ends the name of the scales of a weight, beside which its codes have its own name."""

MIN_SIZE = 256
"""Smaller weights stay as they are: little is gained by them."""


def compact(weights: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """The weights with matrices of floats (O, I) as int8, and their scales (O,); each is off by half a step at most."""
    compacted: dict[str, NDArray[Any]] = {}
    for name, array in weights.items():
        if array.dtype != np.float32 or array.ndim != 2 or array.size < MIN_SIZE:
            compacted[name] = array
            continue
        scales = np.maximum(np.abs(array).max(axis=1), 1e-12).astype(np.float32) / np.float32(127)  # (O,)
        compacted[name] = np.round(array / scales[:, None]).astype(np.int8)
        compacted[name + SCALES] = scales
    return compacted


def at_precision(weights: Mapping[str, NDArray[Any]], precision: str) -> dict[str, NDArray[Any]]:
    """The weights as a model computes with them: in ``int8`` what :func:`compact` leaves of them."""
    return widened(compact(weights)) if precision == "int8" else dict(weights)


def widened(weights: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """The inverse of :func:`compact`, but for the rounding; weights without scales stay as they are."""
    wide: dict[str, NDArray[Any]] = {}
    for name, array in weights.items():
        if name.endswith(SCALES) and name.removesuffix(SCALES) in weights:
            continue
        scales = weights.get(name + SCALES)
        fits = scales is not None and array.dtype == np.int8 and scales.shape == array.shape[:1]
        wide[name] = array * scales[:, None] if fits and scales is not None else array
    return wide
