"""A classifier that goes on from another one: old labels keep their scores, new ones begin as improbable."""

from __future__ import annotations

import torch

from seqnlp.config.classification import ClassificationConfig
from seqnlp.models.classifier import RecurrentClassifier
from seqnlp.tasks import start
from seqnlp.tasks.classification.saved import SavedClassifier, read_classifier

ClassifierStart = start.Start[SavedClassifier]


def classifier_start(config: ClassificationConfig) -> ClassifierStart | None:
    """The classifier that a run begins with, if it begins with one.

    Raises:
        RunError: there is none, it is of another task, or its settings or its tokenizer are others.
    """
    if not config.start_from:
        return None
    bundle = start.start_bundle(config)
    saved = read_classifier(bundle)
    start.refuse_other_settings(config, saved.settings, config.model)
    several = str(saved.multi_label).lower(), str(config.data.multi_label).lower()
    start.refuse_other(config, "data.multi_label", *several)
    kind = str(bundle.description.get("tokenizer"))
    start.refuse_other(config, "tokenizer.kind", kind, config.tokenizer.kind)
    if kind == "words":
        start.refuse_other(config, "tokenizer.splitter", saved.reader.splitter, config.tokenizer.splitter)
    return ClassifierStart(saved, bundle)


def take_over(config: ClassificationConfig, begun: ClassifierStart, model: RecurrentClassifier) -> None:
    """Give a classifier the weights of the start.

    A new class begins as the mean of the old ones, a little less probable, so that it is never the best; one of several
    labels begins alike for all documents.

    Raises:
        RunError: they do not fit.
    """
    rows = {**start.WORD_ROWS, "project.weight": None, "project.bias": None, "class_weights": None}
    start.take_over_weights(config, model, begun.bundle, rows)
    new = slice(len(begun.saved.labels), None)
    with torch.no_grad():
        if config.data.multi_label:
            model.project.weight[new] = 0
            model.project.bias[new] = 0
        model.project.bias[new] -= start.NEW_LABEL_MARGIN
