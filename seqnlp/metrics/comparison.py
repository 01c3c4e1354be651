"""What a paired test of two systems on the same examples found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

LEVEL = 0.05
"""A difference with a p-value under it is called significant."""


@dataclass(frozen=True, slots=True)
class SystemScore:
    """One system's score, and the mean and the 95 % interval of the resampled ones."""

    score: float
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MeasureComparison:
    """Both systems by one measure, with the p-values of paired bootstrap and approximate randomization.

    Attributes:
        signature: how the measure and the tests were computed.
        higher_is_better: false of errors and perplexities.
    """

    name: str
    signature: str
    a: SystemScore
    b: SystemScore
    bootstrap_p: float
    randomization_p: float
    higher_is_better: bool = True

    @property
    def difference(self) -> float:
        """B minus A."""
        return self.b.score - self.a.score

    @property
    def p_value(self) -> float:
        """The larger of the two."""
        return max(self.bootstrap_p, self.randomization_p)

    @property
    def verdict(self) -> str:
        """In plain words."""
        p_value = f"p = {self.p_value:.3f}" if self.p_value >= 0.0005 else "p < 0.001"
        if self.p_value >= LEVEL:
            return f"no significant difference in {self.name} at p < {LEVEL} ({p_value})"
        better = "B" if (self.difference > 0) == self.higher_is_better else "A"
        return f"{better} is better by {_short(abs(self.difference))} {self.name} ({p_value})"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two systems on the same examples.

    Attributes:
        size, unit: how many examples were drawn and swapped, and what they are, as in 1,000 ``lines``.
        identical: the answers do not differ at all.
        measures: the task's own score first.
    """

    size: int
    unit: str
    identical: bool
    measures: list[MeasureComparison]

    @property
    def verdicts(self) -> list[str]:
        """In plain words: one of each measure; only one if there is nothing to compare."""
        if self.identical:
            return ["A and B are identical: there is no difference"]
        return [measure.verdict for measure in self.measures]

    def to_dict(self) -> dict[str, Any]:
        """The comparison as dictionaries, lists and numbers, ready for JSON."""
        judged = [{**asdict(each), "difference": each.difference, "verdict": each.verdict} for each in self.measures]
        return {"verdict": "; ".join(self.verdicts), **asdict(self), "measures": judged}


def _short(difference: float) -> str:
    """One digit after the point, or three digits that say something."""
    return f"{difference:.1f}" if difference >= 0.1 else f"{difference:.2g}"
