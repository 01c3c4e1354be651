"""The tables of a report: what the terminal and the HTML page share. Scores are shown in percent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seqnlp.metrics.calibration import Calibration
from seqnlp.metrics.error_analysis import ErrorCounts
from seqnlp.metrics.report import EvaluationReport
from seqnlp.metrics.scores import Confusion, Scores

OUTCOME_MEANINGS = {
    "correct": "right words, right type",
    "type": "right words, wrong type",
    "boundary": "right type, wrong words",
    "both": "overlaps an entity of another type",
    "missed": "gold entity that no prediction overlaps",
    "spurious": "prediction that no gold entity overlaps",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, the names of the columns (a ``>`` before a name: numbers, aligned right) and the rows."""

    heading: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    @property
    def names(self) -> list[str]:
        """The columns' names as shown."""
        return [column.removeprefix(">") for column in self.columns]

    @property
    def numeric(self) -> list[bool]:
        """Which columns hold numbers."""
        return [column.startswith(">") for column in self.columns]


def percent(value: float) -> str:
    """``12.34`` for 0.1234."""
    return f"{100 * value:.2f}"


def percent_of(value: float, support: int) -> str:
    """The score in percent; ``-`` without gold items, where it is not defined."""
    return percent(value) if support else "-"


def headline(report: EvaluationReport) -> list[tuple[str, str]]:
    """What stands at the top: names and values, the score first."""
    (low, high), support = report.interval, report.overall.support
    interval = f"95 % interval {percent(low)} to {percent(high)}" if support else "no gold entities to find"
    facts = [(report.measure, f"{percent_of(report.score, support)}  ({interval})")]
    if report.kind == "entities":
        scores = ("precision", report.overall.precision), ("recall", report.overall.recall)
        facts += [(name, percent_of(value, support)) for name, value in scores]
    facts.append(("macro F1", percent_of(report.macro.f1, support)))
    if report.baseline:
        facts.append(("baseline", f"{percent_of(report.baseline.score, support)}  ({report.baseline.name})"))
    facts.append(("computed by", report.signature))
    if report.tokens_per_second:
        facts.append(("speed", f"{report.tokens_per_second:,.0f} tokens/s"))
    return facts


def tables_of(report: EvaluationReport) -> list[Table]:
    """All tables that have rows, in reading order."""
    entities = report.kind == "entities"
    breakdown_table = score_table if entities else _accuracy_table
    tables = [
        score_table("Each type" if entities else "Each tag", report.per_label),
        breakdown_table("Known from training, or not", report.breakdown),
        *([_outcome_table(report.errors)] if report.errors else []),
        (_entity_confusion_table if entities else _tag_confusion_table)(report.confusions),
        *([calibration_table(report.calibration), coverage_table(report.calibration)] if report.calibration else []),
    ]
    return [table for table in tables if table.rows]


def score_table(heading: str, scores: Mapping[str, Scores]) -> Table:
    """Precision, recall and F1 of each name; without gold items there is no recall and no F1."""
    rows = [
        (name, percent(s.precision), percent_of(s.recall, s.support), percent_of(s.f1, s.support), f"{s.support:,}")
        for name, s in scores.items()
    ]
    return Table(heading, ("", ">precision", ">recall", ">F1", ">gold"), rows)


def _accuracy_table(heading: str, scores: Mapping[str, Scores]) -> Table:
    rows = [(name, percent_of(s.recall, s.support), f"{s.support:,}") for name, s in scores.items()]
    return Table(heading, ("", ">accuracy", ">tokens"), rows)


def _outcome_table(errors: ErrorCounts) -> Table:
    heading = f"What became of {errors.gold:,} gold and {errors.predicted:,} predicted entities"
    rows = [(kind, meaning, f"{getattr(errors, kind):,}") for kind, meaning in OUTCOME_MEANINGS.items()]
    return Table(heading, ("outcome", "meaning", ">count"), rows)


def _entity_confusion_table(confusions: Sequence[Confusion]) -> Table:
    rows = [(f"{c.count:,}", c.kind, c.gold, c.gold_text, c.predicted, c.predicted_text) for c in confusions]
    columns = (">count", "kind", "gold", "gold words", "predicted", "predicted words")
    return Table("Most frequent errors", columns, rows)


def _tag_confusion_table(confusions: Sequence[Confusion]) -> Table:
    rows = [(f"{c.count:,}", c.gold, c.predicted, c.gold_text) for c in confusions]
    return Table("Most frequent errors", (">count", "gold", "predicted", "most often for"), rows)


def calibration_table(calibration: Calibration) -> Table:
    """Before and after the temperature."""
    measured = {"1": calibration.before, f"{calibration.temperature:.3f}": calibration.after}
    rows = [(temperature, f"{each.error:.4f}", f"{each.brier:.4f}") for temperature, each in measured.items()]
    return Table("Calibration", (">temperature", ">expected calibration error", ">Brier score"), rows)


def coverage_table(calibration: Calibration) -> Table:
    """How many predictions are left at the precisions wanted."""
    rows = [
        (percent(c.target), percent(c.coverage), "not reached" if c.threshold is None else f"{c.threshold:.4f}")
        for c in calibration.coverage
    ]
    return Table("What can be kept", (">precision wanted", ">predictions kept", ">smallest probability"), rows)
