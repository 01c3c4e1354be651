"""How unsure a model is of a text: what is worth a person's time to annotate next (Settles & Craven 2008)."""

from __future__ import annotations

from typing import Literal

import numpy as np

from seqnlp.arrays import FloatArray

Measure = Literal["entropy", "margin", "mean-probability"]
MEASURES = {
    "entropy": "entropy of all answers to the whole text, in nats",
    "margin": "1 less how far the best answer to the whole text is ahead of the second, as probabilities",
    "mean-probability": "1 less the mean probability of the likeliest tag, over the words (not longer for long texts)",
}
"""What ``--by`` may be."""


def of_probabilities(table: FloatArray, by: str, several: bool = False) -> FloatArray:
    """Uncertainty (N,) of the probabilities (N, K) of labels.

    Args:
        several: any number of the labels may be right, each by itself; else exactly one is.
    """
    if several:
        each = np.stack([table, 1 - table], axis=2).reshape(-1, 2)  # (N * K, 2)
        values: FloatArray = of_probabilities(each, by).reshape(table.shape)  # (N, K)
        total: FloatArray = values.sum(axis=1)
        return total if by == "entropy" else total / table.shape[1]
    ordered = np.sort(table, axis=1)[:, ::-1]  # (N, K)
    if by == "entropy":
        logs = np.log(table, out=np.zeros_like(table), where=table > 0)
        entropies: FloatArray = -(table * logs).sum(axis=1)
        return np.maximum(entropies, 0.0)
    second = ordered[:, 1] if by == "margin" and table.shape[1] > 1 else 0.0
    return 1.0 - (ordered[:, 0] - second)
