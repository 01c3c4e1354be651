"""Which of two translators is better, and could that be chance? sacrebleu's paired tests on the same lines.

Paired bootstrap resampling (Koehn 2004) draws lines anew; approximate randomization (Riezler and Maxwell 2005) swaps
the two translations of a line at random. A difference counts as significant only if both tests say so.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from seqnlp.metrics.comparison import Comparison, MeasureComparison, SystemScore
from seqnlp.metrics.translation_scores import SEED, bleu_metric, chrf_metric, same_lines, scored_language

if TYPE_CHECKING:
    from sacrebleu.metrics.base import Metric


def compare(
    hypotheses_a: Sequence[str], hypotheses_b: Sequence[str], references: Sequence[str], language: str
) -> Comparison:
    """Compare two translations by BLEU and chrF. The same texts always give the same numbers.

    Args:
        hypotheses_a, hypotheses_b: what two systems made of the same lines.
        references: what they should have been.
        language: that of all three, see :func:`~seqnlp.metrics.translation_scores.corpus_scores`.

    Raises:
        DataError: different numbers of lines, or none.
    """
    same_lines(translations_by_A=hypotheses_a, translations_by_B=hypotheses_b, references=references)
    a, b, truth = list(hypotheses_a), list(hypotheses_b), list(references)
    metrics = {"BLEU": bleu_metric(scored_language(language, truth)), "chrF": chrf_metric()}
    signatures, resampled = _paired_test("bs", a, b, truth, metrics)
    randomized_signatures, randomized = _paired_test("ar", a, b, truth, metrics)
    measures = []
    for name, signature in signatures.items():
        signature.update("ar", randomized_signatures[name].info["ar"])
        measures.append(_measure(name, str(signature), resampled[name], randomized[name]))
    return Comparison(len(truth), "lines", a == b, measures)


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
    """sacrebleu gives half the width of the interval, which may reach out of what there is with few lines."""
    score, mean, half = float(result.score), float(result.mean), float(result.ci)
    return SystemScore(score, mean, max(mean - half, 0.0), min(mean + half, 100.0))


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
