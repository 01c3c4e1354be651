"""Minimum Bayes risk decoding: of several translations the one that is most like the others, weighted by probability.

The most probable translation is often not a typical one. The one with the highest expected score, if the others stood
for references, is (Kumar & Byrne 2004; Eikema & Aziz 2020).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from seqnlp.arrays import FloatArray

Utility = Callable[[str, str], float]
"""How good a translation is, given the other as the reference; 0 to 100."""


def expected_utilities(texts: Sequence[str], log_probabilities: Sequence[float], utility: Utility) -> FloatArray:
    """The utility (N,) that each text has on average, the others and itself being the reference by their probability.

    Equal texts are one, with the sum of their probabilities.
    """
    scores = np.array(log_probabilities)  # (N,)
    weights = np.exp(scores - scores.max())
    distinct = list(dict.fromkeys(texts))
    places = [distinct.index(text) for text in texts]
    shares = np.bincount(places, weights, len(distinct)) / weights.sum()  # (D,)
    table = np.array([[utility(text, other) for other in distinct] for text in distinct])  # (D, D)
    return np.asarray((table @ shares)[places])
