"""The n-grams of a run: their bag, fitted before the network is, and what the network starts from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray
from seqnlp.config.classification import ClassificationConfig
from seqnlp.data.lexicon import normalized
from seqnlp.models.bag_of_ngrams import BagOfNgrams
from seqnlp.tasks.classification.data import ReadDocument
from seqnlp.tasks.classification.ngrams import choose_bag, refitted, scores_held_out
from seqnlp.tasks.train_on_dev import lent_by


@dataclass(frozen=True)
class NgramsOfRun:
    """What is fitted; nothing for a run without n-grams.

    Attributes:
        bag: of the model.
        scores: if the network starts from what the bag says, the scores (N, K) that it gives to training documents.
        weight: of those scores.
    """

    bag: BagOfNgrams | None = None
    scores: FloatArray | None = None
    weight: float = 1.0


def fit_ngrams(
    config: ClassificationConfig,
    labels: Sequence[str],
    train: Sequence[ReadDocument],
    targets: NDArray[np.bool_],
    dev: Sequence[ReadDocument],
    unlabelled: Sequence[ReadDocument],
    say: Callable[[str], None],
) -> NgramsOfRun:
    """Fit the bag of n-grams, its regularisation chosen on dev; it is not trained with the network.

    Where train ends with dev (``data.train_on_dev``), it is chosen by what is before.

    Args:
        targets: which labels (N, K) each document of train has.
        unlabelled: documents of ``teacher.texts``, on which the bag is not fitted.
    """
    order, multi_label = config.model.ngrams, config.data.multi_label
    if not order:
        return NgramsOfRun()
    words, held_out, more = (_words(documents, config.model.lowercase) for documents in (train, dev, unlabelled))
    gold = [document.labels for document in dev]
    alone = len(train) - len(dev) if lent_by(config) else len(train)
    fitted = choose_bag(words[:alone], targets[:alone], held_out, gold, labels, order, multi_label, say)
    if lent_by(config):
        fitted = refitted(fitted, words, targets, multi_label)
    if not (config.model.ngrams_first and fitted.bag.ngrams):
        return NgramsOfRun(fitted.bag)
    scores, weight = scores_held_out(words, targets, fitted, multi_label)
    return NgramsOfRun(fitted.bag, np.concatenate([scores, fitted.bag.scores(more)]), weight)


def _words(documents: Sequence[ReadDocument], lowercase: bool) -> list[list[str]]:
    """The words of documents as n-grams are made of them."""
    return [[normalized(word, lowercase) for word in document.tokens] for document in documents]
