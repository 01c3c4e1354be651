"""What a model's answers to a split count for, example by example: what two models are compared by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seqnlp.config.common import Config
from seqnlp.errors import SeqnlpError
from seqnlp.metrics.paired_counts import CountedScore
from seqnlp.task_table import TASKS, part_of

Say = Callable[[str], None]

_MOST_LEFT_OUT = 0.05
"""The part of a text in which two language models may know other words."""


@dataclass(frozen=True)
class CountedAnswers:
    """One model's answers to a split.

    Attributes:
        unit: what an example is, in the plural.
        examples: what was asked, with the right answers: equal for two models that can be compared.
        answers: what the model said, to know whether two models differ at all.
        scores: counts of each example; the task's own score first.
        documents: of each example the number of its document, (S,); empty where none is known.
        read: of a language model, what it reads of each example, unknown words as such: two models are asked the same
            only where this is equal. Empty: all that is asked is read.
    """

    unit: str
    examples: Sequence[object]
    answers: Sequence[object]
    scores: list[CountedScore]
    documents: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    read: Sequence[object] = ()

    def those(self, kept: Sequence[bool]) -> CountedAnswers:
        """The answers to the examples that are kept, in order."""
        scores = [replace(score, counts=score.counts[np.array(kept)]) for score in self.scores]
        examples, answers, read = (list(compress(one, kept)) for one in (self.examples, self.answers, self.read))
        documents = self.documents[np.array(kept)] if len(self.documents) else self.documents
        return CountedAnswers(self.unit, examples, answers, scores, documents, read)


def counted_answers(run: Path, config: Config, split: str, say: Say) -> CountedAnswers:
    """The answers of a run's model to a split of its data, counted.

    Raises:
        ConfigError: the run has no such split.
        SeqnlpError: a translator, whose scores are no sums; see :mod:`seqnlp.metrics.translation_comparison`.
    """
    if not TASKS[config.task].counted:
        raise SeqnlpError(f"{run}: answers of a {config.task} model are not counted one by one")
    answers: CountedAnswers = part_of(config.task, "counted")(run, config, split, say)
    return answers


def where_both_read_the_same(
    a: CountedAnswers, b: CountedAnswers, place: str, say: Say
) -> tuple[CountedAnswers, CountedAnswers]:
    """The answers to the examples of which both models read the same words: an unknown word is cheap, whatever it is.

    Args:
        place: what messages call the examples.
        say: told how many are left out, if any.

    Raises:
        SeqnlpError: they are so many that what is left does not compare the models.
    """
    kept = [one == other for one, other in zip(a.read, b.read, strict=True)]
    if all(kept):
        return a, b
    count = f"{kept.count(False):,} of {len(kept):,} {a.unit}"
    if kept.count(False) > _MOST_LEFT_OUT * len(kept):
        remedy = "only models that know the same words compare (tokenizer.min_count, or subwords or characters)"
        raise SeqnlpError(f"{place}: in {count} one model knows words that the other reads as unknown; {remedy}")
    say(f"left out: {count}, in which one model knows words that the other reads as unknown")
    return a.those(kept), b.those(kept)
