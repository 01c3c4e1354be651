"""Gold labels that a classifier finds improbable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from seqnlp.config.classification import ClassificationConfig
from seqnlp.data.documents import load_documents
from seqnlp.tasks.classification.api import Classifier
from seqnlp.tasks.doubts import Doubt


def doubts(run: Path, config: ClassificationConfig, split: str, say: Callable[[str], None]) -> list[Doubt]:
    """Every document of a split, with the probability of its label; of several labels that of the least probable.

    Of a model that gives any number of labels, a label that it finds and that is not annotated counts as well.
    """
    documents, classifier = load_documents(config.data, split, say), Classifier(run)
    doubted = []
    for document, answer in zip(documents, classifier.classify_texts([d.text for d in documents]), strict=True):
        given = {label: answer.probabilities.get(label, 0.0) for label in document.labels}
        if classifier.multi_label:
            missing = {label: 1 - p for label, p in answer.probabilities.items() if label not in document.labels}
            given = {**given, **missing}
        probability = min(given.values(), default=1.0)
        gold, predicted = ", ".join(document.labels), ", ".join(answer.labels)
        doubted.append(Doubt(document.line, probability, gold, predicted, document.text, document.text))
    return doubted
