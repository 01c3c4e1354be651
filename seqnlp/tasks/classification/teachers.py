"""What teachers say of training texts: the mean of their probabilities."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from seqnlp.bundle import Bundle
from seqnlp.config.classification import ClassificationConfig
from seqnlp.tasks.classification.model import classifier_from_saved
from seqnlp.tasks.classification.prediction import decide, probabilities
from seqnlp.tasks.classification.saved import read_classifier
from seqnlp.tasks.teachers import progress_of, refuse_other, refuse_other_labels

TEXTS_AT_ONCE = 2048


def soft_labels(
    config: ClassificationConfig,
    teachers: Sequence[Bundle],
    texts: Sequence[str],
    labels: Sequence[str],
    device: str,
    say: Callable[[str], None],
) -> NDArray[np.float32] | None:
    """The teachers' probabilities (N, K) of the labels of this run, at its temperature; None without teachers.

    Each cuts the texts into its own words or subwords, and its n-grams are a part of its answer.

    Raises:
        RunError: a teacher has other labels.
    """
    if not teachers:
        return None
    saved, several = [read_classifier(bundle) for bundle in teachers], config.data.multi_label
    for one in saved:
        refuse_other(one.folder, "data.multi_label", str(several).lower(), str(one.multi_label).lower())
        refuse_other_labels(one.folder, labels, one.labels)
    mean = np.zeros((len(texts), len(labels)))  # (N, K)
    for number, one in enumerate(saved, start=1):
        predictor, order = classifier_from_saved(one, device).predictor(), [*map(one.labels.index, labels)]
        report = progress_of(number, len(saved), str(one.folder), len(texts), "texts", say)
        for first in range(0, len(texts), TEXTS_AT_ONCE):
            some = slice(first, first + TEXTS_AT_ONCE)
            words = [one.reader.read(text) for text in texts[some]]
            scores = decide(predictor.network_scores(words), predictor.ngram_scores(words), one.decision)  # (n, K)
            mean[some] += probabilities(scores / config.teacher.temperature, several)[:, order] / len(saved)
            report(len(words))
    return mean.astype(np.float32)
