"""Train a claimed run in this process: read its data, fit, say how it went and what to do next."""

from __future__ import annotations

import contextlib
import shlex
from dataclasses import dataclass
from pathlib import Path

import torch

from seqnlp import bundle
from seqnlp.bundle_files import FOLDER
from seqnlp.config.common import Config
from seqnlp.errors import counted
from seqnlp.messages import say
from seqnlp.run_config import read_run_config
from seqnlp.storage import remove_leftovers
from seqnlp.tasks.base import Task, make_task
from seqnlp.tasks.export import describe_size
from seqnlp.training.callbacks import Callbacks
from seqnlp.training.checkpoint import Progress
from seqnlp.training.device import choose_device, choose_precision
from seqnlp.training.distributed import Processes, join, leave
from seqnlp.training.fit import fit
from seqnlp.training.interrupts import Interrupted
from seqnlp.training.memory import keep_freed_memory
from seqnlp.training.run_folder import RunFolder
from seqnlp.training.torch_state import torch_state_kept


def train(run: Path, callbacks: Callbacks | None = None) -> None:
    """Train a claimed run in this process (one of several, if torchrun started it)."""
    with torch_state_kept() if callbacks else contextlib.nullcontext():
        _train(run, callbacks)


def _train(run: Path, callbacks: Callbacks | None) -> None:
    config = read_run_config(run)
    if config.trainer.threads:
        torch.set_num_threads(config.trainer.threads)
    if not callbacks:
        keep_freed_memory()
    device = choose_device(config.trainer.device)
    if device.type == "cuda":
        torch.cuda.set_device(device)
    processes = join(device)
    try:
        prepared = prepare(run, config, device, torch.get_num_threads(), processes)
        fit_prepared(prepared, processes, callbacks)
    finally:
        leave()


@dataclass(frozen=True)
class Prepared:
    """A run whose data are read."""

    run: Path
    config: Config
    task: Task
    precision: torch.dtype


def prepare(run: Path, config: Config, device: torch.device, threads: int, processes: Processes) -> Prepared:
    """Say how the run is trained, and read its data."""
    tell = say if processes.is_first else _ignore
    folder = RunFolder(run)
    precision, reason = choose_precision(config.trainer, device, config.width)
    tell(f"device: {device}; precision: {reason}; threads: {threads}; processes: {processes.count}")
    if processes.is_first:
        remove_leftovers(run)
    task = make_task(config, run, device, tell)
    folder.check()  # data may have taken long to read, and fit makes the folder if there is none
    return Prepared(run, config, task, precision)


def fit_prepared(prepared: Prepared, processes: Processes, callbacks: Callbacks | None = None) -> None:
    """Train to the end; the first process says how it went."""
    try:
        progress = fit(prepared.task, prepared.config, prepared.run, processes, prepared.precision, callbacks)
    except Interrupted as interruption:
        if processes.is_first:
            again = f"seqnlp resume {shlex.quote(str(prepared.run))}"
            say(f"{interruption}; a checkpoint is written. Go on with: {again}")
        raise
    if processes.is_first:
        done = _finish(prepared.task, prepared.run, progress)
        say(done if callbacks else f"{done}\n\nnext:\n{_next_commands(prepared.task, prepared.run)}")


def _finish(task: Task, run: Path, progress: Progress) -> str:
    """Let the task complete its model folder; returns how training went."""
    outcome, folder = task.finish(), run / FOLDER
    scores = bundle.load_bundle(folder).metrics.get("dev", {})
    named = ", ".join(f"{name} {value:.2f}" for name, value in scores.items() if name != "score")
    best = f"best on dev in epoch {progress.best_epoch}: {named}; " if named else ""
    size = describe_size(sum(file.stat().st_size for file in folder.iterdir()))
    improving = f"\n{advice}" if named and (advice := _still_improving(progress, task.config.trainer.epochs)) else ""
    return f"done in {_duration(progress.seconds)}; {best}{outcome}model folder {size}{improving}"


def _next_commands(task: Task, run: Path) -> str:
    """What to type next, a line each."""
    split = next((split for split in ("test", "dev", "train") if getattr(task.config.data, split)), "train")
    typed = shlex.quote(str(run))
    commands = [f"seqnlp evaluate {typed} --split {split}", *task.next_commands(typed)]
    return "\n".join(f"  {command}" for command in commands)


def _ignore(text: str) -> None:
    """Say nothing: another process does."""


def _still_improving(progress: Progress, epochs: int) -> str:
    """What to try where the last epoch that was allowed is the best on dev; empty otherwise."""
    if epochs < 2 or progress.best_epoch < epochs:
        return ""
    return f"dev was still improving in the last epoch; a longer training may do better (trainer.epochs={2 * epochs})"


def _duration(seconds: float) -> str:
    """Seconds below two minutes, minutes above."""
    return counted(round(seconds), "second") if seconds < 120 else f"{seconds / 60:.1f} minutes"
