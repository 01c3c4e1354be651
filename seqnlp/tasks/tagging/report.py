"""The result of evaluating a tagger, for entities and for plain tags alike: what was measured, how it is laid out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from seqnlp.errors import counted
from seqnlp.metrics.calibration import Calibration
from seqnlp.metrics.error_analysis import ErrorCounts
from seqnlp.metrics.intervals import Interval
from seqnlp.metrics.scores import Baseline, Confusion, Scores
from seqnlp.report.drawings import Drawing, score_bars
from seqnlp.report.report import Report, calibration_sections
from seqnlp.report.tables import Table, percent, percent_of, score_table
from seqnlp.tasks.tagging.review import SeenMistakes

OUTCOME_MEANINGS = {
    "correct": "right words, right type",
    "type": "right words, wrong type",
    "boundary": "right type, wrong words",
    "both": "overlaps an entity of another type",
    "missed": "gold entity that no prediction overlaps",
    "spurious": "prediction that no gold entity overlaps",
}


@dataclass(frozen=True, slots=True)
class EvaluationReport(Report):
    """Everything an evaluation found out. Scores are between 0 and 1.

    Attributes:
        kind: ``entities`` or ``tags``; for tags precision, recall and F1 of ``overall`` are all the token accuracy.
        signature: how the score was computed, for comparison with others.
        sentences, tokens: size of the split.
        overall: the micro scores.
        interval: 95 % bootstrap interval over sentences of the F1 or accuracy.
        macro: unweighted mean over the types or tags.
        per_label: scores of each type or tag.
        breakdown: scores of parts of the split (entities seen in training, unknown words), by a name that says which.
        errors: what became of each entity; None for tags.
        confusions: the most frequent errors.
        calibration: of the probabilities of predicted spans (or tags); None if they were not computed.
        baseline: None if the training split is not at hand.
        unpenalized: the F1 without an outside penalty, of a model that has one.
        review: of each level, how many mistakes are among what a person is told to look at; none for tags.
        tokens_per_second: speed of the prediction; None if it was not measured.
    """

    kind: str
    signature: str
    sentences: int
    tokens: int
    overall: Scores
    interval: Interval
    macro: Scores
    per_label: dict[str, Scores]
    breakdown: dict[str, Scores] = field(default_factory=dict)
    errors: ErrorCounts | None = None
    confusions: list[Confusion] = field(default_factory=list)
    calibration: Calibration | None = None
    baseline: Baseline | None = None
    unpenalized: float | None = None
    review: list[SeenMistakes] = field(default_factory=list)
    tokens_per_second: float | None = None

    @property
    def score(self) -> float:
        """The one number: entity F1 or token accuracy."""
        return self.overall.f1

    @property
    def measure(self) -> str:
        """What :attr:`score` is called."""
        return "entity F1" if self.kind == "entities" else "token accuracy"

    @property
    def named_scores(self) -> dict[str, float]:
        """The scores by name, between 0 and 1."""
        overall = self.overall
        if self.kind != "entities":
            return {"accuracy": overall.f1}
        return {"f1": overall.f1, "precision": overall.precision, "recall": overall.recall}

    @property
    def size(self) -> str:
        """How large the split is, in words."""
        return f"{counted(self.sentences, 'sentence')}, {counted(self.tokens, 'token')}"

    @property
    def headline(self) -> list[tuple[str, str]]:
        """What stands at the top: names and values, the score first."""
        (low, high), support = self.interval, self.overall.support
        interval = f"95 % interval {percent(low)} to {percent(high)}" if support else "no gold entities to find"
        facts = [(self.measure, f"{percent_of(self.score, support)}  ({interval})")]
        if self.kind == "entities":
            scores = ("precision", self.overall.precision), ("recall", self.overall.recall)
            facts += [(name, percent_of(value, support)) for name, value in scores]
        facts.append(("macro F1", percent_of(self.macro.f1, support)))
        if self.unpenalized is not None:
            facts.append(("most probable tags", f"{percent_of(self.unpenalized, support)}  (no outside penalty)"))
        if self.baseline:
            facts.append(("baseline", f"{percent_of(self.baseline.score, support)}  ({self.baseline.name})"))
        facts.append(("computed by", self.signature))
        if self.tokens_per_second:
            facts.append(("speed", f"{self.tokens_per_second:,.0f} tokens/s"))
        return facts

    @property
    def sections(self) -> list[Table | Drawing]:
        """Bars, tables and, where probabilities were computed, how far they can be trusted."""
        entities = self.kind == "entities"
        breakdown_table = score_table if entities else _accuracy_table
        measured = self.calibration
        return [
            *([score_bars(self.per_label)] if self.per_label else []),
            score_table("Each type" if entities else "Each tag", self.per_label),
            breakdown_table("Known from training, or not", self.breakdown),
            *([_outcome_table(self.errors)] if self.errors else []),
            (_entity_confusion_table if entities else _tag_confusion_table)(self.confusions),
            *(calibration_sections(measured) if measured else []),
            *([_review_table(self.review, self.errors)] if self.review and self.errors else []),
        ]

    def summary(self) -> dict[str, Any]:
        """The interval as a list."""
        return {"interval": list(self.interval)}


def _accuracy_table(heading: str, scores: Mapping[str, Scores]) -> Table:
    rows = [(name, percent_of(s.recall, s.support), f"{s.support:,}") for name, s in scores.items()]
    return Table(heading, ("", ">accuracy", ">tokens"), rows)


def _outcome_table(errors: ErrorCounts) -> Table:
    heading = f"What became of {errors.gold:,} gold and {errors.predicted:,} predicted entities"
    rows = [(kind, meaning, f"{getattr(errors, kind):,}") for kind, meaning in OUTCOME_MEANINGS.items()]
    return Table(heading, ("outcome", "meaning", ">count"), rows)


def _review_table(review: Sequence[SeenMistakes], errors: ErrorCounts) -> Table:
    wrong = f"{errors.predicted - errors.correct:,} of {errors.predicted:,} entities are wrong"
    columns = (">promised", ">wrong entities seen", ">of all entities", ">texts with a mistake seen", ">of all texts")
    rows = [
        tuple(map(percent, (s.level, s.wrong_entities_seen, s.entities_marked, s.wrong_texts_seen, s.texts_marked)))
        for s in review
    ]
    return Table(f"What to look at (seqnlp tag --review); {wrong}", columns, rows)


def _entity_confusion_table(confusions: Sequence[Confusion]) -> Table:
    rows = [(f"{c.count:,}", c.kind, c.gold, c.gold_text, c.predicted, c.predicted_text) for c in confusions]
    columns = (">count", "kind", "gold", "gold words", "predicted", "predicted words")
    return Table("Most frequent errors", columns, rows)


def _tag_confusion_table(confusions: Sequence[Confusion]) -> Table:
    rows = [(f"{c.count:,}", c.gold, c.predicted, c.gold_text) for c in confusions]
    return Table("Most frequent errors", (">count", "gold", "predicted", "most often for"), rows)
