from __future__ import annotations

import numpy as np
import pytest

from seqnlp.data.document_batches import take_documents
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.data.windows import cut_windows, window_items


@pytest.mark.parametrize(("window", "overlap"), [(4, 0), (4, 1), (4, 3), (100, 0)])
def test_windows_cover_every_word_in_order(window: int, overlap: int) -> None:
    lengths = np.arange(0, 30)
    windows = cut_windows(lengths, window, overlap, truncated=False)
    for document, length in enumerate(lengths):
        mine = windows.owners == document
        starts, sizes = windows.starts[mine], windows.lengths[mine]
        covered = np.concatenate([np.arange(start, start + size) for start, size in zip(starts, sizes, strict=True)])
        assert sorted(set(covered)) == list(range(length))
        assert (sizes <= window).all()
        assert windows.places[mine].tolist() == list(range(len(starts)))
        if not overlap:
            assert len(covered) == length
        assert len(starts) >= 1
        assert (sizes > overlap).all() or length <= window


def test_truncated_documents_have_one_window() -> None:
    windows = cut_windows(np.array([0, 3, 9]), 4, 0, truncated=True)
    assert windows.owners.tolist() == [0, 1, 2]
    assert windows.lengths.tolist() == [0, 3, 4]


def test_the_items_of_windows_are_the_documents_words() -> None:
    flat = FlatSequences.of([[1, 2, 3, 4, 5], [], [6]])
    where, mask = window_items(flat, cut_windows(flat.lengths, 2, 0, truncated=False))
    assert flat.items[where].tolist() == [1, 2, 3, 4, 5, 6]
    assert mask.sum(axis=1).tolist() == [2, 2, 1, 0, 1]


def test_some_documents_are_taken_in_order() -> None:
    flat = take_documents(FlatSequences.of([[1, 2], [], [3]]), np.array([2, 1, 0]))
    assert flat.items.tolist() == [3, 1, 2]
    assert flat.lengths.tolist() == [1, 0, 2]
