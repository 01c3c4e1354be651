"""Many sequences of ids in one array, and batches of them as padded arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import IntArray
from seqnlp.text.subwords import BEGIN, END, PAD


@dataclass(frozen=True)
class FlatSequences:
    """Many sequences in one array: ``items`` (all of them, one after another), ``starts`` (N + 1,)."""

    items: NDArray[np.int32]
    starts: IntArray

    @classmethod
    def of(cls, sequences: Sequence[Sequence[int]]) -> FlatSequences:
        """From lists."""
        lengths = np.fromiter(map(len, sequences), np.int64, len(sequences))
        items = np.fromiter(chain.from_iterable(sequences), np.int32, int(lengths.sum()))
        return cls(items, np.concatenate([[0], np.cumsum(lengths)]))

    @cached_property
    def lengths(self) -> IntArray:
        """The length of each."""
        lengths: IntArray = np.diff(self.starts)
        return lengths

    def row(self, number: int) -> list[int]:
        """One of the sequences."""
        ids: list[int] = self.items[self.starts[number] : self.starts[number + 1]].tolist()
        return ids

    def padded(self, rows: IntArray) -> IntArray:
        """The given sequences as (B, T), filled up with PAD."""
        lengths = self.lengths[rows]
        grid = np.full((len(rows), max(1, int(lengths.max(initial=0)))), PAD, np.int64)
        inside = np.arange(grid.shape[1]) < lengths[:, None]
        places = self.starts[rows][:, None] + np.arange(grid.shape[1])
        grid[inside] = self.items[places[inside]]
        return grid


def ended(sequences: FlatSequences, rows: IntArray) -> tuple[IntArray, IntArray]:
    """The given sequences with END after each, (B, T), and their lengths with it, (B,)."""
    grid, lengths = sequences.padded(rows), sequences.lengths[rows]
    longer = np.concatenate([grid, np.full((len(rows), 1), PAD, np.int64)], axis=1)
    longer[np.arange(len(rows)), lengths] = END
    width = int(lengths.max(initial=0)) + 1
    return np.ascontiguousarray(longer[:, :width]), lengths + 1


def begun(outputs: IntArray) -> IntArray:
    """What a decoder reads to give ``outputs`` (B, T): BEGIN, then all but the last."""
    return np.concatenate([np.full((len(outputs), 1), BEGIN), outputs[:, :-1]], axis=1)  # (B, T)
