"""What a classifier's answers count for, document by document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from seqnlp.bundle import load_bundle
from seqnlp.config.classification import ClassificationConfig
from seqnlp.metrics.classification import label_counts
from seqnlp.metrics.paired_counts import CountedScore, f1_of, macro_f1_of, percent_of
from seqnlp.tasks.classification.evaluation import scored_split
from seqnlp.tasks.classification.prediction import decide, label_names, predicted
from seqnlp.tasks.counted import CountedAnswers


def counted_labels(run: Path, config: ClassificationConfig, split: str, say: Callable[[str], None]) -> CountedAnswers:
    """Right answers (of several labels: right, predicted and gold labels) of each document, and those of each label.

    The macro F1 is over the gold labels of the split, so that it is of the same labels for every model.
    The arguments and errors are those of :func:`seqnlp.tasks.classification.evaluation.evaluate`.
    """
    scored = scored_split(load_bundle(run), config, split, say)
    loaded, documents = scored.loaded, scored.documents
    scores = decide(scored.network, scored.ngrams, loaded.decision)
    answers = [tuple(labels) for labels in label_names(predicted(scores, loaded.multi_label), loaded.labels)]
    gold = [tuple(document.labels) for document in documents]
    names = sorted({label for labels in gold for label in labels})
    by_label = np.concatenate([label_counts(gold, answers, [name]) for name in names], axis=1)  # (S, 3 L)
    if loaded.multi_label:
        own = CountedScore(
            "micro F1", label_counts(gold, answers, sorted({*names, *loaded.labels})).astype(np.float64), f1_of
        )
    else:
        right = np.array([set(one) == set(other) for one, other in zip(gold, answers, strict=True)])
        own = CountedScore("accuracy", np.stack([right, np.ones(len(right))], axis=1), percent_of)
    return CountedAnswers(
        unit="documents",
        examples=[(document.text, labels) for document, labels in zip(documents, gold, strict=True)],
        answers=answers,
        scores=[own, CountedScore("macro F1", by_label.astype(np.float64), macro_f1_of)],
    )
