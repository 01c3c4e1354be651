"""Batches of documents, cut into windows, as padded tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqnlp.arrays import IntArray
from seqnlp.data.collate import WordRows, word_rows
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.data.lexicon import Lexicon
from seqnlp.data.on_device import OnDevice
from seqnlp.data.windows import Windows, window_items


@dataclass(frozen=True)
class SoftLabels(OnDevice):
    """What teachers say of B documents.

    Attributes:
        probabilities: (B, K) of each class, or of each label by itself; at ``temperature``.
        weight: share of the loss that is the teachers'.
        temperature: what scores are divided by in that share.
        labelled: (B,) bool, the documents that have gold labels.
        answered: (B,) bool, the documents of which teachers say something.
    """

    probabilities: Tensor
    weight: float
    temperature: float
    labelled: Tensor
    answered: Tensor


@dataclass(frozen=True)
class DocumentBatch(OnDevice):
    """B documents as P windows padded to T words.

    Attributes:
        rows: the distinct word forms.
        index: (P, T) row of each word's form; padding points at row 0.
        lengths: (P,) words of each window.
        owners: (P,) the document of each window, in rising order.
        places: (P,) number of the window in its document.
        targets: (B,) classes, or (B, K) bool where a document has any number of labels.
        ngram_scores: (B, K) scores of n-grams that training adds to the network's, if any.
        soft: what teachers say of the documents, if there are any.
    """

    rows: WordRows
    index: Tensor
    lengths: Tensor
    owners: Tensor
    places: Tensor
    targets: Tensor
    ngram_scores: Tensor | None = None
    soft: SoftLabels | None = None


def collate_documents(
    documents: FlatSequences, windows: Windows, targets: NDArray[np.int64] | NDArray[np.bool_], lexicon: Lexicon
) -> DocumentBatch:
    """The batch of all windows of the given documents (word forms of the lexicon)."""
    where, mask = window_items(documents, windows)  # (N,), (P, T)
    used = documents.items[where].astype(np.int64)  # (N,), of the N real words
    forms, inverse = np.unique(used, return_inverse=True)  # (U,), (N,)
    index = np.zeros(mask.shape, dtype=np.int64)  # (P, T)
    index[mask] = inverse
    return DocumentBatch(
        rows=word_rows(lexicon, forms if len(forms) else np.zeros(1, dtype=np.int64)),
        index=torch.from_numpy(index),
        lengths=torch.from_numpy(windows.lengths),
        owners=torch.from_numpy(windows.owners),
        places=torch.from_numpy(windows.places),
        targets=torch.from_numpy(targets),
    )


def take_documents(documents: FlatSequences, numbers: IntArray) -> FlatSequences:
    """Some of the documents, in the order given."""
    parts: Sequence[NDArray[np.int32]] = [
        documents.items[documents.starts[number] : documents.starts[number + 1]] for number in numbers
    ]
    lengths = documents.lengths[numbers]
    items = np.concatenate([np.zeros(0, dtype=np.int32), *parts])
    return FlatSequences(items.astype(np.int32), np.concatenate([[0], np.cumsum(lengths)]))
