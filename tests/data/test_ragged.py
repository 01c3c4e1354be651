"""Rows of different lengths."""

from __future__ import annotations

import numpy as np

from seqnlp.data.ragged import Ragged


def test_chosen_rows_are_padded_with_zeros_also_those_that_came_later() -> None:
    rows = Ragged.of([[3, 1], [], [7]]).followed_by(Ragged.of([[5, 6, 8], []]))
    assert rows.padded(np.array([3, 1, 0, 4, 2])).tolist() == [[5, 6, 8], [0, 0, 0], [3, 1, 0], [0, 0, 0], [7, 0, 0]]
    assert rows.padded(np.array([2])).tolist() == [[7]]


def test_rows_that_are_all_empty_are_one_zero_wide() -> None:
    assert Ragged.of([[], []]).padded(np.array([1, 0])).tolist() == [[0], [0]]
    assert Ragged.of([]).padded(np.zeros(0, dtype=np.int64)).shape == (0, 1)
