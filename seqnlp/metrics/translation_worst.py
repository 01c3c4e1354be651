"""The sentences that were translated worst, to be read beside what they should have been."""

from __future__ import annotations

from collections.abc import Sequence

from seqnlp.metrics.translation_health import Example
from seqnlp.metrics.translation_scores import chrf_metric, same_lines

NUM_SHOWN = 10
"""Sentences that are shown."""


def worst_sentences(sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[str]) -> list[Example]:
    """Those with the lowest chrF, the worst first; a sentence that is all right is none.

    BLEU is no measure of one sentence: without a common sequence of four words it is 0.

    Raises:
        DataError: different numbers of lines, or none.
    """
    same_lines(sources=sources, hypotheses=hypotheses, references=references)
    metric = chrf_metric()
    scores = [metric.sentence_score(one, [of]).score for one, of in zip(hypotheses, references, strict=True)]
    wrong = [row for row, score in enumerate(scores) if score < 100 and hypotheses[row] != references[row]]
    worst = sorted(wrong, key=scores.__getitem__)[:NUM_SHOWN]
    return [Example(row + 1, sources[row], references[row], hypotheses[row], f"{scores[row]:.1f}") for row in worst]
