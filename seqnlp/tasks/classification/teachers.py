"""What teachers say of training texts, and of others: the mean of their probabilities, or answers from a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seqnlp.bundle import Bundle
from seqnlp.config.classification import ClassificationConfig
from seqnlp.data.documents import load_documents
from seqnlp.tasks.classification.answers import answered_rows, milder, read_answers, texts_to_learn
from seqnlp.tasks.classification.model import classifier_from_saved
from seqnlp.tasks.classification.prediction import decide, probabilities
from seqnlp.tasks.classification.saved import read_classifier
from seqnlp.tasks.teachers import kept_out, progress_of, refuse_other, refuse_other_labels, teacher_names, unlabelled
from seqnlp.text.documents import Document
from seqnlp.text.language_tokens import plain_line

TEXTS_AT_ONCE = 2048


@dataclass(frozen=True)
class Taught:
    """What is learnt from teachers beside the labels.

    Attributes:
        texts: M texts that have no labels.
        soft: (N + M, K) probabilities of the labels for the N texts of train and the others; None without teachers.
        answered: (N + M,) bool, which of them have any.
        teachers: what a model card calls them.
    """

    texts: list[str]
    soft: NDArray[np.float32] | None
    answered: NDArray[np.bool_]
    teachers: list[str]


def taught_by(
    config: ClassificationConfig,
    teachers: Sequence[Bundle],
    train: Sequence[Document],
    dev: Sequence[Document],
    labels: Sequence[str],
    device: str,
    say: Callable[[str], None],
) -> Taught:
    """What ``teacher.runs`` or the file of ``teacher.answers`` say.

    Raises:
        RunError: a teacher has other labels.
        DataError: the file of texts or of answers is missing, or not as it should be.
    """
    own = [document.text for document in train]

    def of_dev_and_test() -> set[str]:
        return kept_out(config.data, dev, load_documents, lambda document: document.text)

    if not config.teacher.answers:
        more = unlabelled(config.teacher, of_dev_and_test, say)
        soft = soft_labels(config, teachers, [*own, *more], labels, device, say)
        return Taught(more, soft, np.ones(len(own) + len(more), dtype=bool), teacher_names(teachers))
    path, several = Path(config.teacher.answers), config.data.multi_label
    answers = read_answers(path, labels, several)
    plain = list(map(plain_line, own))
    more, dropped = texts_to_learn(answers, set(plain), of_dev_and_test())
    rows, answered = answered_rows(answers, [*plain, *more], len(labels))  # (N + M, K), (N + M,)
    rows[answered] = milder(rows[answered], config.teacher.temperature, several)
    left_out = f", {dropped:,} of dev or test left out" if dropped else ""
    known = f"{int(answered[: len(own)].sum()):,} of {len(own):,} training texts"
    say(f"teacher.answers: {known}, {len(more):,} texts without labels{left_out}; {path}")
    return Taught(more, rows.astype(np.float32), answered, [path.name])


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
