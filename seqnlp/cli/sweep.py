"""A sweep (``seqnlp train -m``) that remembers what was typed, so that it can go on after a stop."""

from __future__ import annotations

import contextlib
import functools
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.cli.messages import printed_messages
from seqnlp.cli.objective import Objective, check_objective, objective_of, with_direction

if TYPE_CHECKING:
    from seqnlp.config.common import Config

SWEEP_FILE = "sweep.yaml"


@dataclass(frozen=True)
class SweepCommand:
    """What started a sweep.

    Attributes:
        overrides: ``KEY=VALUE`` words.
        config_dir: a user's folder of recipes, as it was typed; None: none.
        folder: where it was typed, which relative names mean.
    """

    overrides: tuple[str, ...]
    config_dir: str | None
    folder: str


def train_sweep(overrides: Sequence[str], config_dir: str | None, num_processes: int | None) -> list[Path]:
    """Train a run for each combination; returns their directories.

    Raises:
        ConfigError: as :func:`seqnlp.compose.train_with_hydra`.
        SeqnlpError: a run went wrong.
    """
    from seqnlp.compose import train_with_hydra

    typed = SweepCommand(tuple(overrides), config_dir, os.getcwd())
    with tempfile.TemporaryDirectory(prefix="seqnlp_") as folder:
        record = Path(folder) / "runs"
        record.touch()
        job = functools.partial(_train_job, num_processes=num_processes, typed=typed, record=record)
        jobs = train_with_hydra(with_direction(overrides), config_dir, job, multirun=True)
        # a sweeper that searches gives no results back, but its jobs have said where their runs are
        return [one.run for one in jobs] or [Path(line) for line in record.read_text().splitlines()]


def resume_sweep(sweep: Path, num_processes: int | None) -> list[Path]:
    """Resume the runs of a sweep that were begun, and start those that were not; returns the directories of all.

    Raises:
        RunError: the folder in which the sweep was started is gone, or the sweep's file is damaged.
        SeqnlpError: a run went wrong.
    """
    from seqnlp.errors import RunError

    typed, where = _read(sweep / SWEEP_FILE), sweep.absolute()
    overrides = [one for one in typed.overrides if not one.startswith("run=")]
    if not Path(typed.folder).is_dir():
        raise RunError(f"the sweep was started in {typed.folder}, which is not there: its relative names mean nothing")
    with contextlib.chdir(typed.folder):
        runs = train_sweep([*overrides, f"run='{where}'"], typed.config_dir, num_processes)
        return [run.absolute() for run in runs]


def _train_job(config: Config, num_processes: int | None, typed: SweepCommand, record: Path) -> Objective:
    """Train one run of a sweep, or go on with it; returns the objective, which Hydra gives to the sweeper."""
    from seqnlp.launch import resume, start
    from seqnlp.run_config import CONFIG_FILE

    check_objective(config)
    run = Path(config.run)
    _write(run.parent / SWEEP_FILE, typed)
    with printed_messages():  # the launcher may have given the job a process of its own
        if (run / CONFIG_FILE).is_file():
            resume(run, num_processes)
        else:
            start(config, num_processes or 1)
    if record.exists():  # a job on another machine finds none
        with record.open("a") as file:
            file.write(f"{run}\n")
    return objective_of(run, config.trainer.objective)


def _write(path: Path, typed: SweepCommand) -> None:
    import yaml

    from seqnlp.storage import write_atomically

    if not path.exists():
        write_atomically(path, yaml.safe_dump({**asdict(typed), "overrides": list(typed.overrides)}).encode())


def _read(path: Path) -> SweepCommand:
    """What was typed.

    Raises:
        RunError: the file is damaged.
    """
    import yaml

    from seqnlp.errors import RunError

    try:
        stored = yaml.safe_load(path.read_text(encoding="utf-8"))
        return SweepCommand(tuple(map(str, stored["overrides"])), stored["config_dir"], str(stored["folder"]))
    except (yaml.YAMLError, OSError, UnicodeDecodeError, KeyError, TypeError) as problem:
        raise RunError(f"{path} is damaged ({problem}); start the sweep again") from None
