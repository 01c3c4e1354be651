"""Which of two translators is better, and could that be chance? sacrebleu's paired tests on the same lines.

Paired bootstrap resampling (Koehn 2004) draws lines anew; approximate randomization (Riezler and Maxwell 2005) swaps
the two translations of a line at random. A difference counts as significant only if both tests say so.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from seqnlp.metrics.tables import Table
from seqnlp.metrics.terminal import format_table
from seqnlp.metrics.translation_scores import SEED, bleu_metric, chrf_metric, same_lines

if TYPE_CHECKING:
    from sacrebleu.metrics.base import Metric

LEVEL = 0.05
"""A difference with a p-value under it is called significant."""


@dataclass(frozen=True, slots=True)
class SystemScore:
    """One system's score, 0 to 100, and the mean and the 95 % interval of the resampled ones."""

    score: float
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MeasureComparison:
    """Both systems by one measure, with the p-values of paired bootstrap and approximate randomization."""

    name: str
    signature: str
    a: SystemScore
    b: SystemScore
    bootstrap_p: float
    randomization_p: float

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
        if self.p_value >= LEVEL:
            return f"no significant difference in {self.name} at p < {LEVEL} (p = {self.p_value:.3f})"
        better = "B" if self.difference > 0 else "A"
        return f"{better} is better by {abs(self.difference):.1f} {self.name} (p = {self.p_value:.3f})"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two translations of the same lines; ``identical`` if they do not differ in a single character."""

    sentences: int
    language: str
    identical: bool
    measures: list[MeasureComparison]

    @property
    def verdicts(self) -> list[str]:
        """In plain words: one of each measure, BLEU first; only one if there is nothing to compare."""
        if self.identical:
            return ["A and B are identical: there is no difference"]
        return [measure.verdict for measure in self.measures]

    def to_dict(self) -> dict[str, Any]:
        """The comparison as dictionaries, lists and numbers, ready for JSON."""
        judged = [{**asdict(each), "difference": each.difference, "verdict": each.verdict} for each in self.measures]
        return {"verdict": "; ".join(self.verdicts), **asdict(self), "measures": judged}

    def format(self) -> str:
        """The comparison for a terminal."""
        rows = [_row(each, name) for each in self.measures for name in ("A", "B")]
        columns = ("measure", "system", ">score", ">mean", ">95 % interval", ">p bootstrap", ">p randomization")
        table = format_table(Table(f"{self.sentences:,} lines", columns, rows))
        signatures = "\n".join(f"{each.name}: {each.signature}" for each in self.measures)
        return "\n\n".join(["\n".join(self.verdicts), table, signatures])


def compare(
    hypotheses_a: Sequence[str], hypotheses_b: Sequence[str], references: Sequence[str], language: str
) -> Comparison:
    """Compare two translations by BLEU and chrF. The same texts always give the same numbers.

    Args:
        hypotheses_a, hypotheses_b: what two systems made of the same lines.
        references: what they should have been.
        language: the code of the language of all three.

    Raises:
        DataError: different numbers of lines, or none.
    """
    same_lines(translations_by_A=hypotheses_a, translations_by_B=hypotheses_b, references=references)
    a, b, truth = list(hypotheses_a), list(hypotheses_b), list(references)
    metrics = {"BLEU": bleu_metric(language), "chrF": chrf_metric()}
    signatures, resampled = _paired_test("bs", a, b, truth, metrics)
    randomized_signatures, randomized = _paired_test("ar", a, b, truth, metrics)
    measures = []
    for name, signature in signatures.items():
        signature.update("ar", randomized_signatures[name].info["ar"])
        measures.append(_measure(name, str(signature), resampled[name], randomized[name]))
    return Comparison(len(truth), language, a == b, measures)


def _paired_test(
    kind: str, a: list[str], b: list[str], references: list[str], metrics: dict[str, Metric]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Signatures and results (of A and B) by name of the measure."""
    from sacrebleu.significance import PairedTest

    with _fixed_seed():
        return PairedTest([("A", a), ("B", b)], metrics, [references], test_type=kind)()


def _measure(name: str, signature: str, resampled: Sequence[Any], randomized: Sequence[Any]) -> MeasureComparison:
    a, b = map(_system_score, resampled)
    p_values = float(resampled[1].p_value), float(randomized[1].p_value)
    if a.score == b.score:  # every resample is at least as extreme as no difference; sacrebleu counts the others only
        p_values = 1.0, 1.0
    return MeasureComparison(name, signature, a, b, *p_values)


def _system_score(result: Any) -> SystemScore:
    """sacrebleu gives half the width of the interval."""
    score, mean, half = float(result.score), float(result.mean), float(result.ci)
    return SystemScore(score, mean, mean - half, mean + half)


def _row(measure: MeasureComparison, system: str) -> tuple[str, ...]:
    score = measure.a if system == "A" else measure.b
    p_values = ("", "") if system == "A" else (f"{measure.bootstrap_p:.4f}", f"{measure.randomization_p:.4f}")
    interval = f"{score.low:.2f} to {score.high:.2f}"
    return (measure.name, system, f"{score.score:.2f}", f"{score.mean:.2f}", interval, *p_values)


@contextmanager
def _fixed_seed() -> Iterator[None]:
    """sacrebleu takes the seed of its tests from the environment only, which is left as it was."""
    before = os.environ.get("SACREBLEU_SEED")
    os.environ["SACREBLEU_SEED"] = str(SEED)
    try:
        yield
    finally:
        if before is None:
            del os.environ["SACREBLEU_SEED"]
        else:
            os.environ["SACREBLEU_SEED"] = before
