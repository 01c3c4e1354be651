"""``seqnlp data doubts``: gold annotations that models which have not seen them find improbable."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.errors import SeqnlpError
from seqnlp.json_text import json_line

if TYPE_CHECKING:
    from seqnlp.tasks.doubts import Doubt

_MAX_LENGTH = 60


def list_doubts(arguments: argparse.Namespace, say: Callable[[str], None]) -> int:
    """Print the least probable annotations, a table or a JSON object a line.

    Raises:
        SeqnlpError: not one folder of a study or run, or of another task.
    """
    from seqnlp.run_config import config_of_run
    from seqnlp.task_table import TASKS, kinds_with, part_of

    if len(arguments.names) != 1:
        raise SeqnlpError("expected `seqnlp data doubts STUDY`, the folder of a `seqnlp cross-validate` or one run")
    number = 50 if arguments.number is None else arguments.number
    if number < 1:
        raise SeqnlpError(f"--number: expected 1 or more, found {number}")
    folder = Path(arguments.names[0])
    folds = sorted(folder.glob("fold-*"), key=lambda path: (len(path.name), path.name))
    _refuse_unfinished(folder, folds)
    doubted: list[Doubt] = []
    for run in folds or [folder]:
        config = config_of_run(run)
        if not TASKS[config.task].doubts:
            raise SeqnlpError(f"doubts are for {kinds_with('doubts')}; this run's task is {config.task}")
        if arguments.data_dir:
            config.data.dir = arguments.data_dir
        split = "test" if folds else arguments.split
        if not getattr(config.data, split):
            raise SeqnlpError(f"data.{split}: {run} was trained without a {split} split; choose another --split")
        doubted += part_of(config.task, "doubts")(run, config, split, _quiet)
    least = sorted(doubted, key=lambda doubt: (doubt.probability, doubt.line))[:number]
    if arguments.json:
        print("".join(json_line(asdict(doubt)) for doubt in least), end="")
    else:
        print(_table(least))
    say(f"{len(least):,} of {len(doubted):,} annotations, the least probable first; a doubt is no error: look at each")
    return 0


def _refuse_unfinished(study: Path, folds: list[Path]) -> None:
    """Annotations of folds that have no model yet would be missing.

    Raises:
        SeqnlpError: the study was stopped before all its models were trained.
    """
    from seqnlp.bundle_files import FOLDER
    from seqnlp.config.splits import fold_of
    from seqnlp.run_config import read_run_config

    part = fold_of(read_run_config(folds[0]).data) if folds else None
    trained = [run for run in folds if (run / FOLDER).is_dir()]
    if part and len(trained) < part.total:
        raise SeqnlpError(
            f"{study}: {len(trained)} of {part.total} folds are trained; type its `seqnlp cross-validate` again with "
            f"run={study} to go on"
        )


def _table(doubts: list[Doubt]) -> str:
    from seqnlp.report.tables import Table
    from seqnlp.report.text import format_table

    rows = [
        (f"{one.line:,}", f"{one.probability:.4f}", one.gold or "-", _short(one.predicted) or "-", _short(one.text))
        for one in doubts
    ]
    return format_table(Table("Gold annotations in doubt", (">line", ">probability", "gold", "model", "text"), rows))


def _short(text: str) -> str:
    return text if len(text) <= _MAX_LENGTH else f"{text[: _MAX_LENGTH - 1]}…"


def _quiet(text: str) -> None:
    """For what training has said already."""
