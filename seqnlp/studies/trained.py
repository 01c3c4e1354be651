"""One training of a study, and how good its model is."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from seqnlp.compose import compose_config
from seqnlp.errors import ConfigError
from seqnlp.launch import resume, start
from seqnlp.metrics.paired_counts import interval_of
from seqnlp.run_config import CONFIG_FILE, read_run_config
from seqnlp.task_table import TASKS, kinds_with, part_of
from seqnlp.tasks.counted import CountedAnswers


@dataclass(frozen=True)
class Score:
    """A score of one model.

    Attributes:
        measure: its name, such as ``F1``.
        value: in percent, or in the measure's own unit.
        low, high: the ends of its 95 % bootstrap interval over examples.
        higher_is_better: false of errors and perplexities.
    """

    measure: str
    value: float
    low: float
    high: float
    higher_is_better: bool = True


def train_here(overrides: Sequence[str], config_dir: str | None, run: Path) -> Path:
    """Train a run of a study in its own folder, or go on with it; returns the folder.

    Raises:
        ConfigError: a setting is wrong, or the study was begun with others.
        SeqnlpError: the data or training went wrong.
    """
    config = compose_config([*overrides, f"run='{run}'"], config_dir)
    if not (run / CONFIG_FILE).is_file():
        return start(config)
    begun = read_run_config(run)
    begun.data.dir, begun.run, config.run = config.data.dir, "", ""
    if begun != config:
        raise ConfigError([f"run: {run} was begun with other settings; choose another folder with run=..."])
    resume(run)
    return run


def answers(run: Path, split: str) -> CountedAnswers:
    """A run's answers to a split, counted.

    Raises:
        ConfigError: the task's answers are not counted one by one.
    """
    config = read_run_config(run)
    if not TASKS[config.task].counted:
        raise ConfigError([f"task: expected one of {kinds_with('counted')}, found {config.task}"])
    result: CountedAnswers = part_of(config.task, "counted")(run, config, split, _quiet)
    return result


def score(run: Path, split: str) -> Score:
    """The task's own score of a run on a split."""
    config = read_run_config(run)
    if TASKS[config.task].counted:
        return score_of(answers(run, split))
    with contextlib.redirect_stdout(None):
        report = part_of(config.task, "evaluate")(run, config, split, _quiet, True).to_dict()
    scores = report["scores"]["bleu"]
    return Score(report["measure"], report["score"], scores["low"], scores["high"])


def score_of(answers: CountedAnswers) -> Score:
    """The task's own score of counted answers."""
    own = answers.scores[0]
    return Score(own.name, *interval_of(own), own.higher_is_better)


def _quiet(text: str) -> None:
    """For what training has said already."""
