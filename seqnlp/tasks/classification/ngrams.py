"""The bag of n-grams of a classifier, fitted before the network is; what it says of documents not fitted on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray
from seqnlp.metrics.classification import label_scores
from seqnlp.models.bag_of_ngrams import (
    METHODS,
    STRENGTHS,
    BagOfNgrams,
    NgramFeatures,
    fit_bag,
    fit_features,
    ngram_features,
    presence,
    tune_bag,
)
from seqnlp.tasks.classification.calibration import fit_weight
from seqnlp.tasks.classification.prediction import label_names, predicted

MIN_DOCUMENT_FREQUENCY = 2
"""Training documents that an n-gram of the shipped model must be in: half of the folder's size for nothing lost.

Where train is so small that folds of it choose, one is enough: there every word counts."""

FEWEST_TO_CHOOSE = 500
"""Dev documents that can tell two bags apart; with fewer of them folds of train choose."""

MOST_IN_FOLDS = 5000
"""Training documents for which fitting every bag on every fold takes seconds."""

FOLDS = 5
_BLOCK = 20
"""Documents that follow each other and are in the same fold: phrases of a sentence, or parts of a text."""

Words = Sequence[Sequence[str]]
Labels = Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class FittedBag:
    """A bag, and how it was fitted: the method, and the fewest documents that an n-gram was in."""

    bag: BagOfNgrams
    method: str
    min_documents: int = MIN_DOCUMENT_FREQUENCY


def choose_bag(
    train: Words,
    targets: NDArray[np.bool_],
    dev: Words,
    gold: Labels,
    labels: Sequence[str],
    order: int,
    multi_label: bool,
    say: Callable[[str], None],
) -> FittedBag:
    """The better of logistic regression and NB-SVM, and its regularisation: on dev, or on folds of a small train.

    Args:
        train, targets: words of the training documents, and which labels (N, K) each has.
        dev, gold: words and labels of the dev documents; those of fewer than :data:`FEWEST_TO_CHOOSE` choose nothing
            where folds of train can.
        order: the most words of an n-gram; folds choose among fewer, too.
    """

    def on_dev(bag: BagOfNgrams) -> float:
        return score_of(bag.scores(dev), gold, labels, multi_label)

    folds = len(dev) < FEWEST_TO_CHOOSE and len(train) <= MOST_IN_FOLDS
    if folds:
        fitted, settings = _best_on_folds(train, targets, labels, order, multi_label)
    elif dev:
        tuned = tune_bag(train, targets, METHODS, [order], on_dev, **_options(multi_label))
        fitted, settings = FittedBag(tuned.bag, tuned.method), tuned.settings
    else:
        usual = fit_bag(train, targets, "nbsvm", order, STRENGTHS["nbsvm"][1], **_options(multi_label))
        fitted, settings = FittedBag(usual, "nbsvm"), ""
    bag = fitted.bag
    if not bag.ngrams:
        say(f"warning: no n-gram is in {fitted.min_documents} documents; set model.ngrams=0")
    elif dev:
        alone, chosen = on_dev(bag), "chosen on folds of train, " if folds else ""
        say(f"n-grams: {len(bag.ngrams):,}, {fitted.method} of {settings}: {chosen}alone {100 * alone:.2f} on dev")
    return fitted


def refitted(fitted: FittedBag, train: Words, targets: NDArray[np.bool_], multi_label: bool) -> FittedBag:
    """The same method and regularisation on other documents."""
    bag = fit_bag(
        train,
        targets,
        fitted.method,
        fitted.bag.order,
        fitted.bag.strength,
        single=not multi_label,
        min_documents=fitted.min_documents,
    )
    return replace(fitted, bag=bag)


def _best_on_folds(
    train: Words, targets: NDArray[np.bool_], labels: Sequence[str], order: int, multi_label: bool
) -> tuple[FittedBag, str]:
    gold = [tuple(label_names(row[None], labels)[0]) for row in targets]

    def score(folds: Sequence[_Fold], method: str, strength: float) -> float:
        return score_of(_held_out(folds, targets, method, strength, multi_label), gold, labels, multi_label)

    tried = (
        (score(folds, method, strength), words, method, strength)
        for words in range(1, order + 1)
        for folds in [_folds(train, words, 1)]
        for method in METHODS
        for strength in STRENGTHS[method]
    )
    _, words, method, strength = max(tried, key=lambda one: one[0])
    bag = fit_bag(train, targets, method, words, strength, single=not multi_label)
    return FittedBag(bag, method, 1), f"up to {words} words, C {strength:g}"


def scores_held_out(
    train: Words, targets: NDArray[np.bool_], fitted: FittedBag, multi_label: bool
) -> tuple[FloatArray, float]:
    """Scores (N, K) of training documents, each by a bag fitted on other folds, and the weight that suits them.

    A bag says nearly everything right of documents that it was fitted on, so that it would leave nothing to learn.
    """
    folds = _folds(train, fitted.bag.order, fitted.min_documents)
    found = _held_out(folds, targets, fitted.method, fitted.bag.strength, multi_label)
    return found, fit_weight(found, targets, multi_label)


@dataclass(frozen=True)
class _Fold:
    """Training documents, by their numbers: those of a fold, whose n-grams are those of the others.

    Attributes:
        inside, outside: (F,) and (R,) numbers of the fold's documents and of the others.
        features: of the others.
        held_out: (F, G) which n-grams of the others the fold's documents have.
    """

    inside: list[int]
    outside: list[int]
    features: NgramFeatures
    held_out: Any


def _folds(train: Words, order: int, min_documents: int) -> list[_Fold]:
    """The folds of train that have documents inside and outside."""
    number_of = (np.arange(len(train)) // _BLOCK) % FOLDS  # (N,)
    folds = []
    for fold in range(FOLDS):
        inside, outside = np.flatnonzero(number_of == fold).tolist(), np.flatnonzero(number_of != fold).tolist()
        if inside and outside:
            features = ngram_features([train[number] for number in outside], order, min_documents)
            held_out = presence([train[number] for number in inside], features.ngrams, order)
            folds.append(_Fold(inside, outside, features, held_out))
    return folds


def _held_out(
    folds: Sequence[_Fold], targets: NDArray[np.bool_], method: str, strength: float, multi_label: bool
) -> FloatArray:
    """Scores (N, K) of training documents by bags, each fitted without the document's fold."""
    found = np.zeros(targets.shape)
    for fold in folds:
        bag = fit_features(fold.features, targets[fold.outside], method, strength, single=not multi_label)
        found[fold.inside] = fold.held_out @ bag.weights + bag.bias
    return found


def score_of(scores: FloatArray, gold: Labels, labels: Sequence[str], multi_label: bool) -> float:
    """Accuracy, or micro F1 of several labels a document."""
    found = label_scores(gold, label_names(predicted(scores, multi_label), labels))
    return found.micro.f1 if multi_label else found.accuracy


def _options(multi_label: bool) -> dict[str, Any]:
    return {"single": not multi_label, "min_documents": MIN_DOCUMENT_FREQUENCY}
