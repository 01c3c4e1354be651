"""Scores of labels on whole documents: accuracy, F1 of each label, what is taken for what, intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seqnlp.metrics.intervals import RESAMPLES, Interval, f1_interval, ratio_interval
from seqnlp.metrics.scores import LabelScores

Labels = Sequence[str]


@dataclass(frozen=True, slots=True)
class DocumentScores(LabelScores):
    """Scores of N documents; with one label a document all three of micro are the accuracy.

    Attributes:
        accuracy: documents whose labels are all right.
    """

    accuracy: float


def label_scores(gold: Sequence[Labels], predicted: Sequence[Labels]) -> DocumentScores:
    """Scores of predicted labels."""
    pairs = [(set(one), set(other)) for one, other in zip(gold, predicted, strict=True)]
    right = Counter(label for one, other in pairs for label in one & other)
    given = Counter(label for _, other in pairs for label in other)
    scores = LabelScores.from_counts(right, given, Counter(label for one, _ in pairs for label in one))
    accuracy = sum(one == other for one, other in pairs) / max(len(pairs), 1)
    return DocumentScores(scores.micro, scores.macro, scores.per_label, accuracy)


def label_counts(gold: Sequence[Labels], predicted: Sequence[Labels], names: Sequence[str]) -> NDArray[np.int64]:
    """Correct, predicted and gold labels among ``names`` of each document, (N, 3)."""
    wanted = set(names)
    rows = []
    for one, other in zip(gold, predicted, strict=True):
        actual, guessed = wanted.intersection(one), wanted.intersection(other)
        rows.append((len(actual & guessed), len(guessed), len(actual)))
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def score_interval(gold: Sequence[Labels], predicted: Sequence[Labels], multi_label: bool) -> Interval:
    """95 % bootstrap interval over documents of the accuracy, or of the micro F1 of several labels."""
    if multi_label:
        names = sorted({label for labels in (*gold, *predicted) for label in labels})
        return f1_interval(label_counts(gold, predicted, names))
    return ratio_interval([(set(one) == set(other), 1) for one, other in zip(gold, predicted, strict=True)])


def macro_interval(gold: Sequence[Labels], predicted: Sequence[Labels]) -> Interval:
    """95 % bootstrap interval over documents of the macro F1; its labels are those of the whole split.

    Documents with the same gold and predicted labels are interchangeable, so one multinomial draw over the kinds
    replaces drawing them one by one.
    """
    names = sorted({label for labels in (*gold, *predicted) for label in labels})
    kinds: dict[tuple[tuple[str, ...], tuple[str, ...]], int] = {}
    for one, other in zip(gold, predicted, strict=True):
        key = tuple(sorted(one)), tuple(sorted(other))
        kinds[key] = kinds.get(key, 0) + 1
    if not kinds or not names:
        return 0.0, 0.0
    pairs = list(kinds)
    each = np.stack([label_counts([p[0] for p in pairs], [p[1] for p in pairs], [name]) for name in names])  # (L, U, 3)
    copies = np.array(list(kinds.values()))
    draws = np.random.default_rng(0).multinomial(copies.sum(), copies / copies.sum(), size=RESAMPLES)  # (R, U)
    sums = np.einsum("ru,luc->rlc", draws, each)  # (R, L, 3)
    whole = sums[..., 1] + sums[..., 2]  # (R, L)
    f1 = np.divide(2 * sums[..., 0], whole, out=np.zeros(whole.shape), where=whole > 0)
    low, high = np.quantile(f1.mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def confusion_matrix(gold: Sequence[Labels], predicted: Sequence[Labels]) -> tuple[list[str], NDArray[np.int64]]:
    """The labels, and how often each (row) was taken for each (column); documents have one label."""
    names = sorted({label for labels in (*gold, *predicted) for label in labels})
    index = {name: number for number, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)), dtype=np.int64)
    for one, other in zip(gold, predicted, strict=True):
        counts[index[one[0]], index[other[0]]] += 1
    return names, counts
