"""What simpler methods reach on the same documents: the most frequent answer, and bags of n-grams tuned on dev."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from seqnlp.metrics.classification import label_scores
from seqnlp.metrics.scores import Baseline
from seqnlp.models.bag_of_ngrams import METHODS, STRENGTHS, BagOfNgrams, fit_bag, tune_bag
from seqnlp.storage import write_atomically
from seqnlp.tasks.classification.data import ReadDocument, targets_of
from seqnlp.tasks.classification.ngrams import score_of

FILE_NAME = "baselines.json"
"""In the run directory: what was computed before, by what it depends on."""

ORDERS = (1, 2)
TUNED_ON = 40_000
"""Most training documents while regularisation and length are chosen; the chosen model is fitted on all."""

NAMES = {"logistic": "bag of n-grams, logistic regression", "nbsvm": "bag of n-grams, NB-SVM"}

Say = Callable[[str], None]


def baselines(
    run: Path,
    digest: str,
    train: Sequence[ReadDocument],
    dev: Sequence[ReadDocument],
    evaluated: Sequence[ReadDocument],
    multi_label: bool,
    say: Say,
) -> list[Baseline]:
    """The score (accuracy; of several labels the micro F1) of each method on ``evaluated``.

    Args:
        run: where the scores are kept for the next time.
        digest: of all that they depend on: the splits and how they are read.
        train, dev: what the methods are fitted and tuned on, read as the model reads them.
        say: told that fitting takes a moment.
    """
    path = run / FILE_NAME
    known: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    key = hashlib.sha256(f"{digest} {ORDERS} {STRENGTHS} {TUNED_ON}".encode()).hexdigest()
    if key not in known:
        say("fitting the baselines (once) ...")
        scores = {"most frequent label": _majority(train, evaluated, multi_label)}
        for method in METHODS:
            bag, settings = _tuned(method, train, dev, multi_label)
            scores[f"{NAMES[method]}, {settings}"] = _score(bag, _labels(train), evaluated, multi_label)
        known[key] = scores
        write_atomically(path, json.dumps(known, indent=1).encode())
    return [Baseline(name, score) for name, score in known[key].items()]


def _majority(train: Sequence[ReadDocument], evaluated: Sequence[ReadDocument], multi_label: bool) -> float:
    """The score of always giving the most frequent label (or set of labels) of training."""
    ((most, _),) = Counter(document.labels for document in train).most_common(1)
    scores = label_scores([document.labels for document in evaluated], [most] * len(evaluated))
    return scores.micro.f1 if multi_label else scores.accuracy


def _tuned(
    method: str, train: Sequence[ReadDocument], dev: Sequence[ReadDocument], multi_label: bool
) -> tuple[BagOfNgrams, str]:
    labels, single = _labels(train), not multi_label
    words, targets = [document.tokens for document in train], targets_of(train, labels)
    if not dev:
        strength = STRENGTHS[method][1]
        return fit_bag(words, targets, method, ORDERS[-1], strength, single=single), f"C {strength:g}, not tuned"
    some = np.arange(len(train))
    if len(train) > TUNED_ON:
        some = np.sort(np.random.default_rng(0).choice(len(train), TUNED_ON, replace=False))
    tuned = tune_bag(
        [words[n] for n in some],
        targets[some],
        [method],
        ORDERS,
        lambda model: _score(model, labels, dev, multi_label),
        single=single,
    )
    if len(some) < len(train):
        bag = fit_bag(words, targets, method, tuned.bag.order, tuned.bag.strength, single=single)
        return bag, tuned.settings
    return tuned.bag, tuned.settings


def _labels(train: Sequence[ReadDocument]) -> list[str]:
    return sorted({label for document in train for label in document.labels})


def _score(bag: BagOfNgrams, labels: Sequence[str], documents: Sequence[ReadDocument], multi_label: bool) -> float:
    scores = bag.scores([document.tokens for document in documents])
    return score_of(scores, [document.labels for document in documents], labels, multi_label)
