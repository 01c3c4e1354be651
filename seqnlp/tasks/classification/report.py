"""The result of evaluating a classifier: what was measured, and how it is laid out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from seqnlp.errors import counted
from seqnlp.metrics.calibration import Calibration
from seqnlp.metrics.intervals import Interval
from seqnlp.metrics.scores import Baseline, Scores
from seqnlp.report.drawings import Drawing, score_bars
from seqnlp.report.report import Report, calibration_sections
from seqnlp.report.tables import Table, percent, score_table
from seqnlp.tasks.classification.label_sets import SetSizes

MAX_CLASSES = 12
"""A confusion table of more labels would not fit on a page."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A document whose answer was wrong and sure."""

    line: int
    gold: str
    predicted: str
    probability: float
    text: str


@dataclass(frozen=True, slots=True)
class ClassificationReport(Report):
    """Everything an evaluation found out. Scores are between 0 and 1.

    Attributes:
        multi_label: whether a document has any number of labels.
        documents, words: size of the split.
        accuracy: documents whose labels are all right.
        micro: over all labels of all documents; with one label a document its three numbers are the accuracy.
        macro: unweighted mean over the labels.
        per_label: scores of each.
        interval, macro_interval: 95 % bootstrap intervals over documents of the score and of the macro F1.
        calibration: of the probabilities of the given labels (of several: of every label on every document).
        label_sets: of each level, how often a set of labels held the gold one; none with several labels a document.
        baselines: others on the same documents; the parts of a model with n-grams are among them.
        confusion: labels, and how often each (row) was taken for each (column); none with several labels a document.
        mistakes: the most confident errors.
        notes: what else a reader must know: long or empty documents, labels never seen in training.
        seconds: the time that predicting took.
    """

    multi_label: bool
    documents: int
    words: int
    accuracy: float
    micro: Scores
    macro: Scores
    per_label: dict[str, Scores]
    interval: Interval
    macro_interval: Interval
    calibration: Calibration
    label_sets: list[SetSizes] = field(default_factory=list)
    baselines: list[Baseline] = field(default_factory=list)
    confusion: tuple[list[str], list[list[int]]] | None = None
    mistakes: list[Mistake] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def score(self) -> float:
        """The one number: accuracy, or micro F1 of several labels a document."""
        return self.micro.f1 if self.multi_label else self.accuracy

    @property
    def measure(self) -> str:
        """What :attr:`score` is called."""
        return "micro F1" if self.multi_label else "accuracy"

    @property
    def signature(self) -> str:
        """How the score was computed."""
        return "micro F1 over all labels of all documents" if self.multi_label else "accuracy over documents"

    @property
    def named_scores(self) -> dict[str, float]:
        """The scores by name, between 0 and 1."""
        return {"accuracy": self.accuracy, "macro_f1": self.macro.f1, "micro_f1": self.micro.f1}

    @property
    def size(self) -> str:
        """How large the split is, in words."""
        return f"{counted(self.documents, 'document')}, {counted(self.words, 'word')}"

    @property
    def headline(self) -> list[tuple[str, str]]:
        """What stands at the top: names and values, the score first, the baselines after it."""
        facts = [(self.measure, f"{percent(self.score)}  {_between(self.interval)}")]
        if self.multi_label:
            facts.append(("all labels right", percent(self.accuracy)))
        facts.append(("macro F1", f"{percent(self.macro.f1)}  {_between(self.macro_interval)}"))
        facts += [("baseline", f"{percent(each.score)}  ({each.name})") for each in self.baselines]
        calibration = self.calibration.after
        facts.append(("ECE", f"{calibration.error:.4f}  (by chance {calibration.floor:.4f})"))
        facts += [("note", note) for note in self.notes]
        facts.append(("computed by", self.signature))
        if self.seconds:
            facts.append(("speed", f"{self.words / self.seconds:,.0f} words/s"))
        return facts

    @property
    def sections(self) -> list[Table | Drawing]:
        """Bars, tables, and how far the probabilities can be trusted."""
        return [
            score_bars(self.per_label),
            score_table("Each label", self.per_label),
            _confusion_table(self),
            _mistake_table(self),
            *calibration_sections(self.calibration),
            *_set_tables(self),
        ]

    def summary(self) -> dict[str, Any]:
        """The signature."""
        return {"signature": self.signature}


def _between(interval: Interval) -> str:
    return f"(95 % interval {percent(interval[0])} to {percent(interval[1])})"


def _confusion_table(report: ClassificationReport) -> Table:
    """Gold labels down, predicted ones across; of many labels the most frequent confusions."""
    names, counts = report.confusion or ([], [])
    if len(names) <= MAX_CLASSES:
        rows = [(name, *(f"{count:,}" for count in row)) for name, row in zip(names, counts, strict=True)]
        return Table("Confusion matrix (rows: gold, columns: predicted)", ("", *(f">{name}" for name in names)), rows)
    pairs = [(count, g, p) for g, row in enumerate(counts) for p, count in enumerate(row) if g != p and count]
    most = sorted(pairs, key=lambda pair: -pair[0])[:20]
    rows = [(f"{count:,}", names[g], names[p]) for count, g, p in most]
    return Table("Most frequent confusions", (">count", "gold", "predicted"), rows)


def _set_tables(report: ClassificationReport) -> list[Table]:
    """Prediction sets, whose size was fitted on dev."""
    rows = [(percent(s.level), percent(s.coverage), f"{s.mean_size:.2f}", percent(s.single)) for s in report.label_sets]
    columns = (">promised", ">sets with the gold label", ">labels a set", ">sets of one label")
    return [Table("Prediction sets (seqnlp classify --coverage)", columns, rows)] if rows else []


def _mistake_table(report: ClassificationReport) -> Table:
    rows = [(f"{m.line:,}", m.gold, m.predicted, percent(m.probability), m.text) for m in report.mistakes]
    return Table("Most confident errors", (">line", "gold", "predicted", ">probability", "text"), rows)
