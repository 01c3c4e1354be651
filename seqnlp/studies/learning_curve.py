"""Is more annotation worth it? The score of models that were trained on ever larger shares of train."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from seqnlp.messages import say
from seqnlp.report.tables import Table
from seqnlp.report.text import format_table
from seqnlp.studies.trained import Score, score, train_here


@dataclass(frozen=True)
class CurvePoint:
    """The models that were trained on one share of train.

    Attributes:
        percent: the share.
        scores: one a seed.
    """

    percent: float
    scores: list[Score]

    @property
    def mean(self) -> float:
        """The mean over the seeds."""
        return statistics.mean(one.value for one in self.scores)

    @property
    def low(self) -> float:
        """The lower end of the intervals, their mean over the seeds."""
        return statistics.mean(one.low for one in self.scores)

    @property
    def high(self) -> float:
        """The upper end of the intervals, their mean over the seeds."""
        return statistics.mean(one.high for one in self.scores)


@dataclass(frozen=True)
class LearningCurve:
    """The points in order of their shares, scored on ``split``."""

    split: str
    points: list[CurvePoint]

    @property
    def verdict(self) -> str:
        """What the last step brought, in plain words."""
        before, last = self.points[-2:]
        own = last.scores[0]
        gain = (last.mean - before.mean) * (1 if own.higher_is_better else -1)
        more = (
            f"from {before.percent:g} % to {last.percent:g} % of train, {own.measure} went from {before.mean:.2f} to "
        )
        if gain <= 0:
            return f"{more}{last.mean:.2f}: more of the same annotation is not seen to help"
        apart = last.low > before.high if own.higher_is_better else last.high < before.low
        sure = "" if apart else "; the intervals overlap, so that a part of this may be chance"
        return f"{more}{last.mean:.2f}: more annotation still helps{sure}"

    def format(self) -> str:
        """The curve for a terminal."""
        rows = [
            (
                f"{point.percent:g} %",
                str(len(point.scores)),
                f"{point.mean:.2f}",
                f"{point.low:.2f} to {point.high:.2f}",
            )
            for point in self.points
        ]
        measure = self.points[0].scores[0].measure
        columns = (">train", ">seeds", f">{measure}", ">95 % interval")
        return f"{format_table(Table(f'Learning curve on {self.split}', columns, rows))}\n\n{self.verdict}"


def learning_curve(
    overrides: Sequence[str],
    config_dir: str | None,
    percents: Sequence[float],
    seeds: Sequence[int],
    split: str,
    folder: Path,
) -> LearningCurve:
    """Train a run for each share and seed in ``folder``, and score all on one split. One that was stopped goes on.

    Raises:
        ConfigError: settings are wrong, or the study was begun with others.
        SeqnlpError: the data or a training went wrong.
    """
    points = []
    for percent in sorted(percents):
        scores = []
        for seed in seeds:
            say(f"{percent:g} % of train, seed {seed}")
            own = [*overrides, f"data.share={percent / 100:g}", f"seed={seed}"]
            run = train_here(own, config_dir, folder / f"{percent:g}-percent-seed-{seed}")
            scores.append(score(run, split))
        points.append(CurvePoint(percent, scores))
    return LearningCurve(split, points)
