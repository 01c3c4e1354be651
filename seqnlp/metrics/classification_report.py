"""The result of evaluating a classifier: plain data, text for a terminal, and a page."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from seqnlp.metrics.calibration import Calibration
from seqnlp.metrics.html import calibration_figure, figure, page, table_section
from seqnlp.metrics.intervals import Interval
from seqnlp.metrics.report import Baseline
from seqnlp.metrics.scores import Scores
from seqnlp.metrics.svg import score_bars
from seqnlp.metrics.tables import Table, calibration_table, coverage_table, percent, score_table
from seqnlp.metrics.terminal import format_sections

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
class ClassificationReport:
    """Everything an evaluation found out. Scores are between 0 and 1.

    Attributes:
        title: what was evaluated, say a recipe's name.
        split: on which split.
        multi_label: whether a document has any number of labels.
        documents, words: size of the split.
        accuracy: documents whose labels are all right.
        micro: over all labels of all documents; with one label a document its three numbers are the accuracy.
        macro: unweighted mean over the labels.
        per_label: scores of each.
        interval, macro_interval: 95 % bootstrap intervals over documents of the score and of the macro F1.
        calibration: of the probabilities of the given labels (of several: of every label on every document).
        baselines: others on the same documents; the parts of a model with n-grams are among them.
        confusion: labels, and how often each (row) was taken for each (column); none with several labels a document.
        mistakes: the surest wrong answers.
        notes: what else a reader must know: long or empty documents, labels never seen in training.
        seconds: the time that predicting took.
    """

    title: str
    split: str
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

    def to_dict(self) -> dict[str, Any]:
        """The report as dictionaries, lists and numbers, ready for JSON."""
        return {"measure": self.measure, "score": self.score, "signature": self.signature, **asdict(self)}


def format_classification_report(report: ClassificationReport) -> str:
    """The report for a terminal: aligned columns, no colours, one line feed at the end."""
    return format_sections(f"{report.title} on {report.split}: {_size(report)}", _headline(report), _tables(report))


def classification_report_html(report: ClassificationReport, origin: str = "") -> str:
    """The report as one page that needs nothing else, and its origin. Every text that comes from data is escaped."""
    sections = [
        figure(score_bars(report.per_label), "F1 of each label, in percent."),
        *map(table_section, _tables(report)),
        calibration_figure(report.calibration),
    ]
    return page(f"{report.title} on {report.split}", _size(report), _headline(report), sections, origin)


def _size(report: ClassificationReport) -> str:
    return f"{report.documents:,} documents, {report.words:,} words"


def _headline(report: ClassificationReport) -> list[tuple[str, str]]:
    """What stands at the top: names and values, the score first, the baselines after it."""
    facts = [(report.measure, f"{percent(report.score)}  {_between(report.interval)}")]
    if report.multi_label:
        facts.append(("all labels right", percent(report.accuracy)))
    facts.append(("macro F1", f"{percent(report.macro.f1)}  {_between(report.macro_interval)}"))
    facts += [("beside it", f"{percent(each.score)}  ({each.name})") for each in report.baselines]
    facts.append(("ECE", f"{report.calibration.after.error:.4f}"))
    facts += [("note", note) for note in report.notes]
    facts.append(("computed by", report.signature))
    if report.seconds:
        facts.append(("speed", f"{report.words / report.seconds:,.0f} words/s"))
    return facts


def _between(interval: Interval) -> str:
    return f"(95 % interval {percent(interval[0])} to {percent(interval[1])})"


def _tables(report: ClassificationReport) -> list[Table]:
    """All tables that have rows, in reading order."""
    tables = [
        score_table("Each label", report.per_label),
        _confusion_table(report),
        _mistake_table(report),
        calibration_table(report.calibration),
        coverage_table(report.calibration),
    ]
    return [table for table in tables if table.rows]


def _confusion_table(report: ClassificationReport) -> Table:
    """Gold labels down, predicted ones across; of many labels the most frequent confusions."""
    names, counts = report.confusion or ([], [])
    if len(names) <= MAX_CLASSES:
        rows = [(name, *(f"{count:,}" for count in row)) for name, row in zip(names, counts, strict=True)]
        return Table("What was taken for what (rows: gold)", ("", *(f">{name}" for name in names)), rows)
    pairs = [(count, g, p) for g, row in enumerate(counts) for p, count in enumerate(row) if g != p and count]
    most = sorted(pairs, key=lambda pair: -pair[0])[:20]
    rows = [(f"{count:,}", names[g], names[p]) for count, g, p in most]
    return Table("What was most often taken for what", (">count", "gold", "predicted"), rows)


def _mistake_table(report: ClassificationReport) -> Table:
    rows = [(f"{m.line:,}", m.gold, m.predicted, percent(m.probability), m.text) for m in report.mistakes]
    return Table("The surest mistakes", (">line", "gold", "predicted", ">probability", "text"), rows)
