"""The result of an evaluation as plain data, for entities and for plain tags alike."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from seqnlp.metrics.calibration import Calibration
from seqnlp.metrics.error_analysis import ErrorCounts
from seqnlp.metrics.intervals import Interval
from seqnlp.metrics.scores import Confusion, Scores


@dataclass(frozen=True, slots=True)
class Baseline:
    """A simple method's score (F1 or accuracy, as the report's) on the same sentences."""

    name: str
    score: float


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """Everything an evaluation found out. Scores are between 0 and 1.

    Attributes:
        title: what was evaluated, say a recipe's name.
        split: on which split.
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
        tokens_per_second: speed of the prediction; None if it was not measured.
    """

    title: str
    split: str
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
        found = self.overall
        if self.kind != "entities":
            return {"accuracy": found.f1}
        return {"f1": found.f1, "precision": found.precision, "recall": found.recall}

    def to_dict(self) -> dict[str, Any]:
        """The report as dictionaries, lists and numbers, ready for JSON."""
        return {"measure": self.measure, "score": self.score, **asdict(self), "interval": list(self.interval)}
