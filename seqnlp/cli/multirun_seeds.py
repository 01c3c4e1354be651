"""A sweep over seeds as means and standard deviations of the dev scores."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path

import yaml

from seqnlp.cli.multirun_cross import leaves
from seqnlp.cli.objective import deciding_scores
from seqnlp.report.tables import Table

_OF_ONE_RUN = ("run", "seed")
"""Settings in which the runs of one row differ."""


def seeds_table(runs: Sequence[Path]) -> Table | None:
    """The mean dev score over the seeds and its standard deviation, a row for each combination of the other settings.

    The deviation is that of a sample (divided by n - 1). A seed that comes twice is counted once: it gives the same run
    again. None unless some combination has two seeds with a dev score.
    """
    settings = [dict(leaves(yaml.safe_load((run / "config.yaml").read_text(encoding="utf-8")))) for run in runs]
    varied = [
        name
        for name in dict.fromkeys(name for one in settings for name in one)
        if name not in _OF_ONE_RUN and len({one.get(name) for one in settings}) > 1
    ]
    scores: dict[tuple[str, ...], dict[str, float]] = {}
    measure, values_of_runs = deciding_scores(runs)
    for value, setting in zip(values_of_runs, settings, strict=True):
        if value is not None:
            scores.setdefault(tuple(setting.get(name, "") for name in varied), {})[setting.get("seed", "")] = value
    if all(len(values) < 2 for values in scores.values()):
        return None
    rows = [(*names, str(len(values)), *_summary([*values.values()])) for names, values in scores.items()]
    return Table(f"Dev {measure} over seeds", (*varied, ">seeds", ">mean", ">sd"), rows)


def _summary(values: Sequence[float]) -> tuple[str, str]:
    """Mean and standard deviation; one value has none."""
    return f"{statistics.mean(values):.2f}", f"{statistics.stdev(values):.2f}" if len(values) > 1 else "-"
