"""Which labels were taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seqnlp.metrics.classification import confusion_matrix

MAX_LABELS = 40
"""A grid of more labels a side cannot be read."""


@dataclass(frozen=True)
class ConfusionMatrix:
    """Counts (K, K) of gold labels (rows) taken for labels (columns), and the labels' names.

    Attributes:
        unit: what is counted: ``documents`` or ``words``.
        merged: how many labels, the rarest, are together in the last one.
    """

    names: list[str]
    counts: NDArray[np.int64]
    unit: str
    merged: int = 0


def confused(gold: Sequence[str], predicted: Sequence[str], unit: str, most: int = MAX_LABELS) -> ConfusionMatrix:
    """The matrix of labels that were given; of more than ``most`` the rarest are counted together."""
    names, counts = confusion_matrix([(label,) for label in gold], [(label,) for label in predicted])
    if len(names) <= most:
        return ConfusionMatrix(names, counts, unit)
    size = counts.sum(axis=0) + counts.sum(axis=1)  # (K,)
    kept = np.sort(np.argsort(-size, kind="stable")[: most - 1])  # (most - 1,)
    place = np.full(len(names), most - 1)  # (K,)
    place[kept] = np.arange(most - 1)
    smaller = np.zeros((most, most), dtype=np.int64)
    np.add.at(smaller, (place[:, None], place[None]), counts)
    merged = len(names) - len(kept)
    return ConfusionMatrix([*(names[one] for one in kept), f"{merged} others"], smaller, unit, merged)
