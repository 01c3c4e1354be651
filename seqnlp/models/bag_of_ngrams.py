"""Bags of n-grams with linear scores: logistic regression, and NB-SVM (Wang & Manning 2012). No torch.

They are the baselines of a classifier, and the scores of one of them may be added to its own.
They are fitted by scikit-learn; the fitted model is n-grams and numbers and needs it no more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray

Words = Sequence[str]

METHODS = ("logistic", "nbsvm")
STRENGTHS = {"logistic": (1.0, 5.0, 25.0), "nbsvm": (0.1, 0.3, 1.0, 5.0, 25.0)}
"""The inverse regularisations C that are tried."""

INTERPOLATION = 0.25
"""How far NB-SVM's weights go from their mean magnitude, as in the paper."""


@dataclass(frozen=True)
class BagOfNgrams:
    """A linear model over the n-grams that a document has; how often it has one does not matter.

    Attributes:
        ngrams: the G n-grams, their words joined by spaces, by their number.
        order: the most words of an n-gram.
        weights: (G, K).
        bias: (K,).
        strength: the inverse regularisation that it was fitted with; 0: not known.
    """

    ngrams: dict[str, int]
    order: int
    weights: FloatArray
    bias: FloatArray
    strength: float = 0.0

    def scores(self, documents: Sequence[Words]) -> FloatArray:
        """(B, K) scores of documents; the largest is the class, above 0 a label."""
        result: FloatArray = presence(documents, self.ngrams, self.order) @ self.weights
        return result + self.bias

    def word_scores(self, words: Words) -> FloatArray:
        """(T, K) what each word adds to the scores: an n-gram's weight is shared by its words where it first occurs."""
        shares = np.zeros((len(words), self.weights.shape[1]))
        scale = 1.0
        seen: set[int] = set()
        for start, length, ngram in _located(words, self.order):
            number = self.ngrams.get(ngram)
            if number is not None and number not in seen:
                seen.add(number)
                shares[start : start + length] += self.weights[number] / length
        if seen:
            scale = len(seen) ** -0.5
        return shares * scale


def presence(documents: Sequence[Words], ngrams: dict[str, int], order: int) -> Any:
    """A sparse (B, G) matrix: which n-grams each document has, every row of length 1."""
    from scipy.sparse import csr_matrix

    columns: list[int] = []
    starts, values = [0], []
    for words in documents:
        present = sorted({ngrams[ngram] for _, _, ngram in _located(words, order) if ngram in ngrams})
        columns += present
        values.append(np.full(len(present), max(len(present), 1) ** -0.5))
        starts.append(len(columns))
    data = np.concatenate([np.zeros(0), *values])
    return csr_matrix((data, columns, starts), shape=(len(documents), len(ngrams)))


def learn_ngrams(documents: Sequence[Words], order: int, min_documents: int = 1) -> dict[str, int]:
    """The n-grams that occur in at least so many documents, numbered in the order of the alphabet."""
    counts: Counter[str] = Counter()
    for words in documents:
        counts.update({ngram for _, _, ngram in _located(words, order)})
    kept = sorted(ngram for ngram, count in counts.items() if count >= min_documents)
    return {ngram: number for number, ngram in enumerate(kept)}


@dataclass(frozen=True)
class NgramFeatures:
    """What bags of any method and strength are fitted on: the n-grams of documents, and which document has which.

    Attributes:
        ngrams: the G n-grams by their number.
        order: the most words of one.
        matrix: (B, G) as of :func:`presence`.
    """

    ngrams: dict[str, int]
    order: int
    matrix: Any


def ngram_features(documents: Sequence[Words], order: int, min_documents: int = 1) -> NgramFeatures:
    """The n-grams that occur in at least so many documents, and where: with many documents this takes longest."""
    ngrams = learn_ngrams(documents, order, min_documents)
    return NgramFeatures(ngrams, order, presence(documents, ngrams, order))


def fit_bag(
    documents: Sequence[Words],
    targets: NDArray[np.bool_],
    method: str,
    order: int,
    strength: float,
    *,
    single: bool = True,
    min_documents: int = 1,
) -> BagOfNgrams:
    """Fit one model.

    Args:
        documents: their words, as they are to be compared (lower-cased, say).
        targets: (B, K) which classes each document has.
        method: one of :data:`METHODS`.
        order: the most words of an n-gram.
        strength: inverse regularisation.
        single: every document has exactly one class.
        min_documents: rarer n-grams are left out.
    """
    return fit_features(ngram_features(documents, order, min_documents), targets, method, strength, single=single)


def fit_features(
    features: NgramFeatures, targets: NDArray[np.bool_], method: str, strength: float, *, single: bool = True
) -> BagOfNgrams:
    """As :func:`fit_bag`, of documents whose n-grams are known."""
    ngrams, order, matrix = features.ngrams, features.order, features.matrix
    if single and targets.shape[1] == 2:  # two classes are one question
        weights, bias = _fit_class(matrix, targets[:, 1], method, strength)
        both = np.stack([-weights, weights], axis=1) / 2  # (G, 2)
        return BagOfNgrams(ngrams, order, both, np.array([-bias, bias]) / 2, strength)
    columns = [_fit_class(matrix, column, method, strength) for column in targets.T]
    weights = np.stack([weights for weights, _ in columns], axis=1)
    return BagOfNgrams(ngrams, order, weights, np.array([bias for _, bias in columns]), strength)


class TunedBag(NamedTuple):
    """The best of several bags: its score, the method it was fitted by, and its settings in words."""

    score: float
    bag: BagOfNgrams
    method: str
    settings: str


def tune_bag(
    train: Sequence[Words],
    targets: NDArray[np.bool_],
    methods: Sequence[str],
    orders: Sequence[int],
    score: Callable[[BagOfNgrams], float],
    *,
    single: bool = True,
    min_documents: int = 1,
) -> TunedBag:
    """The model with the best score (on dev) over all orders, methods and :data:`STRENGTHS`, the first of equals."""

    def tuned(features: NgramFeatures, order: int, method: str, strength: float) -> TunedBag:
        bag = fit_features(features, targets, method, strength, single=single)
        return TunedBag(score(bag), bag, method, f"up to {order} words, C {strength:g}")

    tried = (
        tuned(features, order, method, strength)
        for order in orders
        for features in [ngram_features(train, order, min_documents)]
        for method in methods
        for strength in STRENGTHS[method]
    )
    return max(tried, key=lambda one: one.score)


def _fit_class(features: Any, target: NDArray[np.bool_], method: str, strength: float) -> tuple[FloatArray, float]:
    """Weights (G,) and bias of "has the class" against all others; the sign of the score decides."""
    if target.all() or not target.any():
        return np.zeros(features.shape[1]), 10.0 if target.all() else -10.0
    if not features.shape[1]:  # no n-gram occurs often enough: only how frequent the class is
        return np.zeros(0), float(np.log(target.sum() / (~target).sum()))
    ratio = _log_count_ratio(features, target) if method == "nbsvm" else None  # (G,)
    weights, bias = _solve(features if ratio is None else features.multiply(ratio).tocsr(), target, method, strength)
    if ratio is None:
        return weights, bias
    mixed = (1 - INTERPOLATION) * np.abs(weights).mean() + INTERPOLATION * weights  # (G,)
    return ratio * mixed, bias


def _solve(features: Any, target: NDArray[np.bool_], method: str, strength: float) -> tuple[FloatArray, float]:
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    # The rows have length 1; a strength of 1 is then much weaker than on counts, which the grids allow for.
    make = LogisticRegression if method == "logistic" else LinearSVC
    options = {"solver": "liblinear"} if method == "logistic" else {}
    fitted = make(C=strength, max_iter=2000, random_state=0, **options).fit(features, target)
    return np.asarray(fitted.coef_[0], dtype=np.float64), float(fitted.intercept_[0])


def _log_count_ratio(features: Any, target: NDArray[np.bool_]) -> FloatArray:
    """(G,) the logarithm of how much more often documents of the class have each n-gram than the others; 1 is added."""
    has = features.astype(bool).astype(np.float64)
    inside = 1 + np.asarray(has[np.flatnonzero(target)].sum(axis=0)).ravel()
    outside = 1 + np.asarray(has[np.flatnonzero(~target)].sum(axis=0)).ravel()
    return np.asarray(np.log(inside / inside.sum()) - np.log(outside / outside.sum()))


def _located(words: Words, order: int) -> list[tuple[int, int, str]]:
    """Start, length and text of each n-gram, the shortest first."""
    return [
        (start, length, " ".join(words[start : start + length]))
        for length in range(1, order + 1)
        for start in range(len(words) - length + 1)
    ]
