"""What is fitted on the dev split: how sure to be, and how much n-grams count beside the network.

The temperature divides the network's scores (Guo et al. 2017); with n-grams their scores are added with a weight of
their own. Both minimise the log loss of dev, so that the probabilities mean what they say. Where every document is
answered rightly there is no least one: then each target is taken for a little less than sure (Platt 1999).
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray
from seqnlp.metrics.calibration import fit_temperature
from seqnlp.tasks.classification.prediction import decide
from seqnlp.tasks.classification.saved import Decision

MAX_TEMPERATURE, MAX_NGRAM_WEIGHT = 20.0, 30.0
"""The largest temperature, and weight of the n-grams: either part may end up with almost no influence."""


def log_loss(scores: FloatArray, targets: NDArray[np.bool_], multi_label: bool, doubt: float = 0.0) -> float:
    """Mean negative log likelihood of the targets (B, K); documents whose class is unknown do not count.

    Args:
        doubt: the part of each target that says otherwise: the other answer of a label, any class of a document.
    """
    if multi_label:
        margins = np.where(targets, scores, -scores)  # (B, K)
        return float(np.logaddexp(0, -margins).mean() + doubt * margins.mean())
    known = targets.any(axis=1)
    if not known.any():
        return math.nan
    scores, targets = scores[known], targets[known]
    least = np.logaddexp.reduce(scores, axis=1) - scores[targets]  # (B,)
    return float(least.mean() + doubt * (scores[targets] - scores.mean(axis=1)).mean())


def doubt_of(scores: FloatArray, targets: NDArray[np.bool_], multi_label: bool) -> float:
    """What is left open where scores answer all documents rightly, by their number as Platt (1999) has it; else 0."""
    if multi_label:
        right = (scores > 0) == targets
    else:
        known = targets.any(axis=1)
        right = scores[known].argmax(axis=1) == targets[known].argmax(axis=1)
    return 1 / (len(right) + 2) if len(right) and right.all() else 0.0


def fit_weight(scores: FloatArray, targets: NDArray[np.bool_], multi_label: bool) -> float:
    """What scores must be multiplied with to have the least log loss.

    Where every target is the best there is none, the larger the better: then it is what leaves some doubt.
    """
    from scipy.optimize import minimize_scalar

    doubt = doubt_of(scores, targets, multi_label)

    def loss(weight: float) -> float:
        return log_loss(weight * scores, targets, multi_label, doubt)

    return float(minimize_scalar(loss, bounds=(0.0, MAX_NGRAM_WEIGHT), method="bounded").x)


def fit_decision(
    network: FloatArray,
    ngrams: FloatArray | None,
    targets: NDArray[np.bool_],
    multi_label: bool,
    trained_weight: float | None = None,
) -> Decision:
    """The decision with the least log loss; without documents the one that changes nothing.

    Args:
        trained_weight: of the n-grams, where the network was trained beside them. It stays what it was: a small dev
            would tell too little of two numbers, and would now and then believe a network that has learnt it by heart.
    """
    weight = 1.0 if trained_weight is None else trained_weight
    start = Decision(1.0, 0.0 if ngrams is None else weight)
    if len(targets) == 0:
        return start

    fitted = partial(_fitted, network, ngrams, targets, multi_label, start, trained_weight is not None)
    decision = fitted(0.0)
    doubt = doubt_of(decide(network, ngrams, decision), targets, multi_label)
    return fitted(doubt) if doubt else decision


def _fitted(
    network: FloatArray,
    ngrams: FloatArray | None,
    targets: NDArray[np.bool_],
    multi_label: bool,
    start: Decision,
    trained: bool,
    doubt: float,
) -> Decision:
    """The decision with the least log loss with some doubt; with trained n-grams, of those with the start's weight."""

    def loss(temperature: float, ngram_weight: float) -> float:
        scores = decide(network, ngrams, Decision(temperature, ngram_weight))
        return log_loss(scores, targets, multi_label, doubt)

    weight = start.ngram_weight
    if ngrams is None:
        return Decision(fit_temperature(lambda temperature: loss(temperature, 0.0)))
    if trained:
        temperature = fit_temperature(lambda temperature: loss(temperature, weight), high=MAX_TEMPERATURE)
        return Decision(temperature, weight)
    from scipy.optimize import minimize

    bounds = [(math.log(0.25), math.log(MAX_TEMPERATURE)), (0.0, MAX_NGRAM_WEIGHT)]
    optimum = minimize(lambda at: loss(math.exp(at[0]), at[1]), (0.0, 1.0), method="Nelder-Mead", bounds=bounds)
    return Decision(math.exp(optimum.x[0]), float(optimum.x[1])) if optimum.fun < loss(1.0, 1.0) else start
