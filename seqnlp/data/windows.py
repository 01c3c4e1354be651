"""Documents cut into windows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import IntArray
from seqnlp.data.flat_sequences import FlatSequences


@dataclass(frozen=True)
class Windows:
    """P windows of at most ``window`` words; those of a document are neighbours, the first first.

    Attributes:
        owners: (P,) the document of each.
        starts: (P,) its first word in the document.
        lengths: (P,) its words; 0 for the only window of an empty document.
        places: (P,) its number in the document, from 0.
    """

    owners: IntArray
    starts: IntArray
    lengths: IntArray
    places: IntArray


def cut_windows(lengths: IntArray, window: int, overlap: int, truncated: bool) -> Windows:
    """The windows of documents with so many words (B,); every document has at least one.

    Args:
        window: most words of a window.
        overlap: words that a window shares with the one before.
        truncated: only the first window of each document.
    """
    step = window - overlap
    beyond = np.maximum(lengths - window, 0)  # (B,)
    counts = np.ones_like(lengths) if truncated else 1 + -(-beyond // step)  # (B,)
    owners = np.repeat(np.arange(len(lengths)), counts)  # (P,)
    places = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)  # (P,)
    starts = places * step  # (P,)
    return Windows(owners, starts, np.minimum(window, lengths[owners] - starts), places)


def window_items(documents: FlatSequences, windows: Windows) -> tuple[IntArray, NDArray[np.bool_]]:
    """Positions (N,) in ``documents.items`` of all real words of the windows, and where they go, (P, T)."""
    steps = np.arange(max(1, int(windows.lengths.max(initial=0))))  # (T,)
    mask = steps < windows.lengths[:, None]  # (P, T)
    first = documents.starts[windows.owners] + windows.starts  # (P,)
    return (first[:, None] + steps)[mask], mask
