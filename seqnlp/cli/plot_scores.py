"""Pictures of how models learned and how good they are: curves, confusion, calibration."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.cli.output import say
from seqnlp.errors import RunError
from seqnlp.storage import write_atomically

if TYPE_CHECKING:
    from seqnlp.metrics.calibration import Calibration
    from seqnlp.metrics.confusion import ConfusionMatrix

_NOT_DRAWN = ("epoch", "step", "seconds", "score")
"""Columns of log.csv that are no curves; the score is one of the measures again."""


def curves(runs: Sequence[Path], output: Path) -> None:
    """Everything in each run's log.csv over its epochs, a chart a column, a line a run.

    Raises:
        RunError: a run has no finished epoch.
    """
    from seqnlp.plots.lines import charts_html, charts_picture
    from seqnlp.report.chart import Chart, Line

    tables = [_log(run) for run in runs]
    names = dict.fromkeys(name for rows in tables for row in rows for name in row)
    columns = sorted(names, key=lambda name: name == "learning_rate")  # what was learned first, the learning rate last
    charts = []
    for column in columns:
        if column.removeprefix("dev_") in _NOT_DRAWN:
            continue
        lines = [
            Line(name, [(float(row["epoch"]), float(row[column])) for row in rows if row.get(column)])
            for name, rows in zip(names_of(runs), tables, strict=True)
        ]
        charts.append(Chart(column.replace("_", " "), "epoch", column.replace("_", " "), lines))
    title = "Training curves"
    if output.suffix == ".html":
        explanation = (
            "What each epoch left in log.csv: the mean loss of training, the learning rate, and the scores on dev."
        )
        write_atomically(output, charts_html(title, explanation, charts).encode())
    else:
        charts_picture(output, title, charts)


def confusion(run: Path, split: str, data_dir: str | None, output: Path) -> None:
    """Gold labels against predicted ones."""
    from seqnlp.plots.confusion import confusion_html, confusion_picture

    title, matrix, _ = _judged(run, split, data_dir)
    if matrix is None:
        raise RunError(f"{run} gives a document any number of labels: which was taken for which is not defined")
    if output.suffix == ".html":
        write_atomically(output, confusion_html(title, matrix).encode())
    else:
        confusion_picture(output, title, matrix)


def calibration(run: Path, split: str, data_dir: str | None, output: Path) -> None:
    """The reliability diagram."""
    from seqnlp.plots.reliability import reliability_html, reliability_picture

    title, _, measured = _judged(run, split, data_dir)
    if output.suffix == ".html":
        write_atomically(output, reliability_html(title, measured).encode())
    else:
        reliability_picture(output, title, measured)


def names_of(runs: Sequence[Path]) -> list[str]:
    """A short name of each run: what is left when the folders that all share are left out."""
    if len(runs) < 2:
        return [run.name for run in runs]
    shared = os.path.commonpath([run.absolute() for run in runs])
    names = [os.path.relpath(run.absolute(), shared) for run in runs]
    return [run.name if name == "." else name for run, name in zip(runs, names, strict=True)]


def _log(run: Path) -> list[dict[str, str]]:
    path = run / "log.csv"
    if not path.is_file():
        raise RunError(f"{run} has no log.csv: expected a run from `seqnlp train` with at least one finished epoch")
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _judged(run: Path, split: str, data_dir: str | None) -> tuple[str, ConfusionMatrix | None, Calibration]:
    """Title, confusion and calibration of a tagger or classifier on a split.

    Raises:
        RunError: the run is of another task.
    """
    from seqnlp.run_config import config_of_run
    from seqnlp.task_table import TASKS, part_of

    config = config_of_run(run)
    if data_dir:
        config.data.dir = data_dir
    if TASKS[config.task].predictions_for_plots:
        judged: tuple[str, ConfusionMatrix | None, Calibration]
        judged = part_of(config.task, "predictions_for_plots")(run, config, split, say)
        return judged
    raise RunError(f"{run} holds a {config.task} model; confusion and calibration are of taggers and classifiers")
