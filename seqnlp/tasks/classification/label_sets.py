"""Sets of labels that hold the gold one with a probability that is chosen (split conformal prediction).

How probable was the gold label of each dev document? A set of every label that is at least as probable as all but a
twentieth of these were holds the gold label of a new document with a probability of 95 % or more, if it is of the
same kind as dev's. An easy document has a set of one label, a hard one of several.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seqnlp.arrays import BoolArray, FloatArray
from seqnlp.metrics.conformal import DIGITS, LEVELS, printed_quantile, thinned

TENSOR = "conformal"
"""The name in ``model.safetensors``."""


@dataclass(frozen=True)
class LabelSets:
    """Sets of labels, from the probabilities (N,) that dev's gold labels had.

    Probabilities are compared with as many digits as are printed, so that a set never depends on a batch.
    """

    gold: FloatArray

    @classmethod
    def of_dev(cls, sure: FloatArray, targets: BoolArray) -> LabelSets:
        """From dev's probabilities (B, K) and gold labels (B, K); a document whose label is unknown had none."""
        gold = np.where(targets.any(axis=1), np.where(targets, sure, 0).max(axis=1, initial=0), 0)  # (B,)
        return cls(np.floor(thinned(gold) * 10**DIGITS) / 10**DIGITS)

    def least(self, level: float) -> float:
        """The least probability of a label in a set; below 0 if dev is too small for the level: then all are in it."""
        return -printed_quantile(-self.gold, level)

    def sets(self, sure: FloatArray, level: float) -> BoolArray:
        """(B, K) which labels are in the sets of documents with probabilities (B, K); the most probable always is."""
        first = sure == sure.max(axis=1, keepdims=True)  # (B, K)
        inside: BoolArray = (np.round(sure, DIGITS) >= self.least(level)) | first
        return inside


@dataclass(frozen=True, slots=True)
class SetSizes:
    """How the sets of a level did: how many held the gold label, how large they were, how many had one label."""

    level: float
    coverage: float
    mean_size: float
    single: float


def measure_sets(sets: LabelSets, sure: FloatArray, targets: BoolArray) -> list[SetSizes]:
    """Of each level, on documents with probabilities and gold labels (B, K)."""
    measured = []
    for level in LEVELS if len(sure) else ():
        chosen = sets.sets(sure, level)  # (B, K)
        sizes = chosen.sum(axis=1)  # (B,)
        held = (chosen & targets).any(axis=1)  # (B,)
        measured.append(SetSizes(level, float(held.mean()), float(sizes.mean()), float((sizes == 1).mean())))
    return measured
