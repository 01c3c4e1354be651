"""What a model's answers to a split count for, example by example: what two models are compared by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seqnlp.config.common import Config
from seqnlp.errors import SeqnlpError
from seqnlp.metrics.paired_counts import CountedScore
from seqnlp.task_table import TASKS, part_of

Say = Callable[[str], None]


@dataclass(frozen=True)
class CountedAnswers:
    """One model's answers to a split.

    Attributes:
        unit: what an example is, in the plural.
        examples: what was asked, with the right answers: equal for two models that can be compared.
        answers: what the model said, to know whether two models differ at all.
        scores: counts of each example; the task's own score first.
        documents: of each example the number of its document, (S,); empty where none is known.
    """

    unit: str
    examples: Sequence[object]
    answers: Sequence[object]
    scores: list[CountedScore]
    documents: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


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
