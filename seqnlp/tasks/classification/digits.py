"""Scores of which the printed digits depend neither on the batch nor on what was read before.

In fp32 a document's scores depend in their last bits on the documents that are read beside it, and now and then such a
bit decides a printed digit. Documents where it could are computed once more in fp64, which leaves nothing to decide.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray
from seqnlp.metrics.conformal import DIGITS
from seqnlp.tasks.classification.prediction import DocumentPredictor, decide, predicted, probabilities
from seqnlp.tasks.classification.saved import Decision

OFF = 3e-6
"""How far a network's score may be off, as a part of the largest of its document; ten times what was measured."""


class SteadyScores:
    """Calibrated scores of documents, with digits that are always the same. Any number of threads may use it.

    Args:
        predictor: computes in fp32.
        decision: temperature, and the weight of the n-grams.
        multi_label: a document has any number of labels.
    """

    def __init__(self, predictor: DocumentPredictor, decision: Decision, multi_label: bool) -> None:
        self._predictor, self._decision, self._multi_label = predictor, decision, multi_label
        self._exact: DocumentPredictor | None = None
        self._lock = threading.Lock()

    def __call__(self, documents: Sequence[Sequence[str]]) -> FloatArray:
        """(B, K) scores of documents given as words."""
        network, ngrams = self._predictor.network_scores(documents), self._predictor.ngram_scores(documents)
        scores = decide(network, ngrams, self._decision)
        off = OFF * (1 + np.abs(network).max(axis=1, initial=0)) / self._decision.temperature  # (B,)
        unsure = np.flatnonzero(undecided(scores, off, self._multi_label)).tolist()
        if len(unsure):
            again = self._in_fp64().network_scores([documents[number] for number in unsure])
            scores[unsure] = decide(again, None if ngrams is None else ngrams[unsure], self._decision)
        return scores

    def _in_fp64(self) -> DocumentPredictor:
        with self._lock:
            self._exact = self._exact or self._predictor.in_fp64()
            return self._exact


def undecided(scores: FloatArray, off: FloatArray, multi_label: bool) -> NDArray[np.bool_]:
    """Which documents (B,) could get other printed digits, another label, or labels in another order.

    Args:
        scores: (B, K).
        off: (B,) how far each score of a document may be off.
    """
    sure = probabilities(scores, multi_label)  # (B, K)
    # A probability's slope in its own score is p (1 - p), and the other scores together count as much.
    wide = 2 * off[:, None] * sure * (1 - sure) + 1e-12  # (B, K)
    ends = np.round(sure - wide, DIGITS) != np.round(sure + wide, DIGITS)  # (B, K)
    ordered = np.sort(scores, axis=1)  # (B, K)
    close = np.diff(ordered, axis=1) <= 2 * off[:, None]  # (B, K - 1)
    if multi_label:
        given = np.sort(predicted(scores, multi_label), axis=1)[:, :-1]  # (B, K - 1) the lower one of two is given
        swapped = (close & given).any(axis=1) | (np.abs(scores) <= off[:, None]).any(axis=1)
    else:
        swapped = close[:, -1:].any(axis=1)
    undecided: NDArray[np.bool_] = ends.any(axis=1) | swapped
    return undecided
