"""Columns brought to a mean of 0 and a deviation of 1, by what the training part says and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray
from seqnlp.errors import DataError

_LARGEST = 1e30
"""Deviations from the mean; no series has so many, and their sums are finite numbers for every engine."""


@dataclass(frozen=True)
class Scaler:
    """Mean and standard deviation (C,) of each column."""

    mean: FloatArray
    deviation: FloatArray

    def scale(self, values: FloatArray) -> FloatArray:
        """Values (..., C) as deviations from the mean; clipped to what single precision can hold."""
        with np.errstate(over="ignore"):
            scaled: FloatArray = np.clip((values - self.mean) / self.deviation, -_LARGEST, _LARGEST)
        return scaled

    def unscale(self, scaled: FloatArray) -> FloatArray:
        """The inverse of :meth:`scale`."""
        values: FloatArray = scaled * self.deviation + self.mean
        return values


def fit_scaler(
    values: FloatArray,
    known: NDArray[np.bool_],
    names: tuple[str, ...],
    source: object,
    advice: str = "leave it out of data.value_columns",
) -> Scaler:
    """Mean and deviation of the known values.

    Args:
        values: (T, C) of the training part.
        known: (T, C).
        advice: what to do about a column that never changes.

    Raises:
        DataError: all values of a column are equal: there is nothing to learn, and no scale; or one is so large that
            their deviation is no number.
    """
    means, deviations = np.zeros(len(names)), np.zeros(len(names))  # (C,)
    for place, name in enumerate(names):
        column = values[known[:, place], place]  # (known rows,)
        if np.all(column == column[:1]):
            problem = f"all {len(column):,} training values are {column[0]:g}" if len(column) else "no value is known"
            raise DataError(f"column '{name}': {problem}, so there is nothing to learn; {advice}", source)
        with np.errstate(over="ignore", invalid="ignore"):
            means[place], deviations[place] = column.mean(), column.std()
        if not np.isfinite(deviations[place]) or not deviations[place]:
            largest = column[np.abs(column).argmax()]
            raise DataError(
                f"column '{name}': expected numbers of a size to compute with, found {largest:g}; mend it, or leave it "
                "empty (a missing value)",
                source,
            )
    return Scaler(means, deviations)
