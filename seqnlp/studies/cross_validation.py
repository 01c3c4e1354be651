"""How good is it on data that it has not seen? Each part of train is the test split of one training."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from seqnlp.compose import task_of
from seqnlp.messages import say
from seqnlp.report.tables import Table
from seqnlp.report.text import format_table
from seqnlp.studies.trained import Score, answers, score, score_of, train_here
from seqnlp.task_table import TASKS


@dataclass(frozen=True)
class CrossValidation:
    """The scores of all folds.

    Attributes:
        folds: of each fold, on its own part.
        pooled: over the examples of all folds, each answered by the model that did not see it; None for translators.
    """

    folds: list[Score]
    pooled: Score | None

    @property
    def mean(self) -> float:
        """The mean over the folds."""
        return statistics.mean(one.value for one in self.folds)

    @property
    def deviation(self) -> float:
        """The standard deviation over the folds, of a sample (divided by n - 1)."""
        return statistics.stdev(one.value for one in self.folds)

    def format(self) -> str:
        """The scores for a terminal."""
        rows = [(f"fold {number}", *_cells(one)) for number, one in enumerate(self.folds, 1)]
        if self.pooled:
            rows.append(("all examples", *_cells(self.pooled)))
        table = Table(f"{len(self.folds)} folds", ("test", f">{self.folds[0].measure}", ">95 % interval"), rows)
        return f"{format_table(table)}\n\nmean {self.mean:.2f}, standard deviation over folds {self.deviation:.2f}"


def cross_validate(overrides: Sequence[str], config_dir: str | None, folds: int, folder: Path) -> CrossValidation:
    """Train one run a fold in ``folder/fold-N``, and score each on its own part. One that was stopped goes on.

    Settings are as for ``seqnlp train``. Stopping early looks at the development split, which is never the fold.

    Raises:
        ConfigError: settings are wrong, or the study was begun with others.
        SeqnlpError: the data or a training went wrong.
    """
    runs = []
    for number in range(1, folds + 1):
        say(f"fold {number} of {folds}")
        settings = [*overrides, f"data.test='{number}/{folds}'"]
        runs.append(train_here(settings, config_dir, folder / f"fold-{number}"))
    if not TASKS[task_of(overrides, config_dir)].counted:
        return CrossValidation([score(run, "test") for run in runs], None)
    answered = [answers(run, "test") for run in runs]
    own = [one.scores[0] for one in answered]
    pooled = replace(answered[0], scores=[replace(own[0], counts=np.concatenate([one.counts for one in own]))])
    return CrossValidation([score_of(one) for one in answered], score_of(pooled))


def _cells(score: Score) -> tuple[str, str]:
    return f"{score.value:.2f}", f"{score.low:.2f} to {score.high:.2f}"
