"""The small results that every table is made of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import fmean
from typing import Self


@dataclass(frozen=True, slots=True)
class Scores:
    """Precision, recall and F1 between 0 and 1 (0 where nothing could be counted), and the number of gold items."""

    precision: float
    recall: float
    f1: float
    support: int

    @classmethod
    def from_counts(cls, correct: int, predicted: int, gold: int) -> Self:
        """Scores of ``correct`` items among ``predicted`` and ``gold`` ones."""
        return cls(ratio(correct, predicted), ratio(correct, gold), ratio(2 * correct, predicted + gold), int(gold))


@dataclass(frozen=True, slots=True)
class LabelScores:
    """Scores of a corpus, from counts summed over it; without any label every score is 0, with support 0.

    Attributes:
        micro: over all items.
        macro: unweighted mean over the labels found in the gold or the predicted ones.
        per_label: of each of these labels, sorted by name.
    """

    micro: Scores
    macro: Scores
    per_label: dict[str, Scores]

    @classmethod
    def from_counts(cls, correct: Counter[str], predicted: Counter[str], gold: Counter[str]) -> LabelScores:
        """Scores from how often each label was right, was given and should have been."""
        labels = sorted(gold | predicted)
        each = {label: Scores.from_counts(correct[label], predicted[label], gold[label]) for label in labels}
        micro = Scores.from_counts(correct.total(), predicted.total(), gold.total())
        return cls(micro, macro(list(each.values())), each)


@dataclass(frozen=True, slots=True)
class Confusion:
    """A kind of error and how often it was made.

    Attributes:
        kind: an ``ErrorKind`` of entities, or ``tag``.
        gold, predicted: the labels; empty where there is no entity on that side.
        gold_text, predicted_text: the words; for tags the words most often confused, and nothing.
    """

    count: int
    kind: str
    gold: str
    gold_text: str
    predicted: str
    predicted_text: str


def ratio(part: float, whole: float) -> float:
    """``part / whole``, 0 for nothing of nothing."""
    return float(part / whole) if whole else 0.0


def macro(scores: list[Scores]) -> Scores:
    """The unweighted mean over types (sklearn's and seqeval's definition), with the summed support; 0 without types."""
    if not scores:
        return Scores(0.0, 0.0, 0.0, 0)
    precision, recall, f1 = (fmean(getattr(s, name) for s in scores) for name in ("precision", "recall", "f1"))
    return Scores(precision, recall, f1, sum(s.support for s in scores))


@dataclass(frozen=True, slots=True)
class Baseline:
    """A simple method's score on the same examples, by the report's measure."""

    name: str
    score: float
