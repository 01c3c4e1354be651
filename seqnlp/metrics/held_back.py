"""The scores of held-back normal rows: the thresholds that they set, and how rare a score is beside them."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from seqnlp.arrays import FloatArray
from seqnlp.metrics.false_alarms import least_rows, surer_threshold


class HeldBackScores:
    """Scores of normal rows that a model did not learn from. What is computed of them is computed once.

    Args:
        scores: (n,) in the order of time.
    """

    def __init__(self, scores: FloatArray) -> None:
        self.scores = scores
        self._thresholds: dict[tuple[float, int, float], float] = {}

    def __len__(self) -> int:
        return len(self.scores)

    def threshold(self, rate: float, block: int, confidence: float) -> float:
        """See :func:`~seqnlp.metrics.false_alarms.surer_threshold`."""
        asked = rate, block, confidence
        if asked not in self._thresholds:
            self._thresholds[asked] = surer_threshold(self.scores, *asked)
        return self._thresholds[asked]

    def p_values(self, scores: FloatArray) -> FloatArray:
        """How rarely a normal row scores as high (T,): ``(1 + scores of normal rows as high) / (n + 1)``."""
        as_high = len(self) - np.searchsorted(self._ascending, scores, side="left")  # (T,)
        return np.asarray((1 + as_high) / (len(self) + 1))

    def or_all(self, rate: float, of_all: HeldBackScores) -> HeldBackScores:
        """These, if they are enough to promise a rate of false alarms; else those of all series.

        Raises:
            SeqnlpError: a rate out of its range.
        """
        return self if len(self) >= least_rows(rate) else of_all

    @cached_property
    def _ascending(self) -> FloatArray:
        return np.sort(self.scores)
