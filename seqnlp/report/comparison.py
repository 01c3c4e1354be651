"""A paired test of two systems as text."""

from __future__ import annotations

from seqnlp.metrics.comparison import Comparison, MeasureComparison
from seqnlp.report.tables import Table
from seqnlp.report.text import format_table


def comparison_text(comparison: Comparison) -> str:
    """The comparison for a terminal."""
    rows = [_row(each, name) for each in comparison.measures for name in ("A", "B")]
    columns = ("measure", "system", ">score", ">mean", ">95 % interval", ">p bootstrap", ">p randomization")
    table = format_table(Table(f"{comparison.size:,} {comparison.unit}", columns, rows))
    signatures = "\n".join(f"{each.name}: {each.signature}" for each in comparison.measures)
    return "\n\n".join(["\n".join(comparison.verdicts), table, signatures])


def _row(measure: MeasureComparison, system: str) -> tuple[str, ...]:
    score = measure.a if system == "A" else measure.b
    p_values = ("", "") if system == "A" else (f"{measure.bootstrap_p:.4f}", f"{measure.randomization_p:.4f}")
    digits = _digits(measure.a.score)
    interval = f"{score.low:.{digits}f} to {score.high:.{digits}f}"
    return (measure.name, system, f"{score.score:.{digits}f}", f"{score.mean:.{digits}f}", interval, *p_values)


def _digits(score: float) -> int:
    """Two digits after the point; more of scores far below 1."""
    return 2 if score >= 1 else 4
