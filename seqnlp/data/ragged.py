"""Rows of different lengths in one flat array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seqnlp.arrays import IntArray


@dataclass(frozen=True)
class Ragged:
    """N rows of numbers; those of row n are ``values[starts[n] : starts[n] + lengths[n]]``.

    Attributes:
        values: (sum of lengths,).
        lengths, starts: (N,) each.
    """

    values: IntArray
    lengths: IntArray
    starts: IntArray

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]]) -> Ragged:
        """The given rows."""
        lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))  # (N,)
        values = np.fromiter((value for row in rows for value in row), dtype=np.int64, count=int(lengths.sum()))
        return cls(values, lengths, np.cumsum(lengths) - lengths)

    def followed_by(self, later: Ragged) -> Ragged:
        """These rows and then the later ones."""
        return Ragged(
            np.concatenate([self.values, later.values]),
            np.concatenate([self.lengths, later.lengths]),
            np.concatenate([self.starts, later.starts + len(self.values)]),
        )

    def padded(self, rows: IntArray) -> IntArray:
        """The chosen rows (U,) as (U, W), 0 after the end of each; W is 1 or more."""
        if not len(self.values):
            return np.zeros((len(rows), 1), dtype=np.int64)
        lengths = self.lengths[rows]  # (U,)
        steps = np.arange(int(lengths.max(initial=1)))  # (W,)
        real = steps < lengths[:, None]  # (U, W)
        where = np.where(real, self.starts[rows][:, None] + steps, 0)  # (U, W)
        return np.where(real, self.values[where], 0)  # (U, W)
