"""Start and resume runs: claim the directory, build the task, fit, save the scores, say what to do next."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

import torch

from seqnlp import bundle
from seqnlp.bundle_files import FOLDER, TENSORS
from seqnlp.config.common import Config
from seqnlp.config.reading import config_to_dict, read_config
from seqnlp.config.renamed import with_former_defaults
from seqnlp.data.clean_pairs import counted
from seqnlp.data.paths import resolve_path
from seqnlp.errors import ConfigError, RunError
from seqnlp.recipe_names import with_moved_data
from seqnlp.storage import remove_leftovers, write_atomically
from seqnlp.stored import read_bytes, settings_of, settings_text
from seqnlp.tasks.base import Task, make_task
from seqnlp.tasks.changed_settings import changed_settings
from seqnlp.training.callbacks import Callbacks
from seqnlp.training.checkpoint import FILE_NAME, Progress
from seqnlp.training.device import choose_device, choose_precision
from seqnlp.training.distributed import Processes, join, leave
from seqnlp.training.fit import Interrupted, fit
from seqnlp.training.forked import can_fork, train_forked
from seqnlp.training.lock import locked
from seqnlp.training.memory import keep_freed_memory
from seqnlp.training.orphans import ending_with
from seqnlp.training.run_folder import RunFolder
from seqnlp.training.torch_state import torch_state_kept

CONFIG_FILE = "config.yaml"
DATA = "data"
"""The folder of a run that keeps data which were in memory."""
_HYDRA = ".hydra"
_say = logging.getLogger("seqnlp").info


def start(
    config: Config, num_processes: int = 1, callbacks: Callbacks | None = None, files: Mapping[str, bytes] | None = None
) -> Path:
    """Begin a new run in ``config.run`` and train it to the end; returns the run directory.

    Args:
        callbacks: of a program that trains from Python; the process is then left as it was, and no signals are handled.
        files: what else the run's folder is to hold, by name below it, in ``data`` (of memory) and ``.hydra``.

    Raises:
        Interrupted: Ctrl-C or SIGTERM came, and a checkpoint is written.
        RunError: the directory already holds something.
        SeqnlpError: the data, the settings or training itself went wrong.
    """
    config.data.dir = str(resolve_path(config.data, "").absolute())  # so that the run can be resumed from anywhere
    config.name_runs_absolutely()
    run = claim(config)
    _say("run: %s", run)
    try:
        for name, content in (files or {}).items():
            write_atomically(run / name, content)
        _train_or_launch(run, num_processes, callbacks)
    except BaseException:  # also a fault of ours or Ctrl-C: what was never begun must not stay claimed
        with contextlib.suppress(OSError):  # the folder is gone: the first problem is the one to tell
            _release(run)
        raise
    return run


def resume(run: Path, num_processes: int = 1, data_dir: str = "", callbacks: Callbacks | None = None) -> None:
    """Go on with a run that was stopped; the result is that of a run never stopped.

    Args:
        data_dir: where the data is now, which the run remembers; empty: where it was.
        callbacks: as for :func:`start`.

    Raises:
        RunError: not a run, its data changed, or another process trains it.
    """
    config = config_of_run(run)  # tells a wrong directory before processes are started
    if data_dir:
        config.data.dir = str(Path(data_dir).expanduser().absolute())
        write_atomically(run / CONFIG_FILE, _written(config).encode())
    _train_or_launch(run, num_processes, callbacks)


def claim(config: Config) -> Path:
    """Make the run directory and write its ``config.yaml``, which only one process can do.

    Raises:
        RunError: the directory is not empty.
    """
    if not config.run:
        raise ConfigError(["run: missing; name the run directory, for example run=runs/my_tagger"])
    run = Path(config.run)
    refusal = (
        f"{run} already holds something; choose another directory with run=..., or go on with `seqnlp resume {run}`"
    )
    if run.exists() and (not run.is_dir() or any(run.iterdir())):
        raise RunError(refusal)
    content, new, ours = _written(config), not run.exists(), False
    try:
        run.mkdir(parents=True, exist_ok=True)
        with (run / CONFIG_FILE).open("x", encoding="utf-8") as file:  # "x": of two runs, one gets the directory
            ours = True
            file.write(content)
    except FileExistsError:
        raise RunError(refusal) from None
    except OSError as problem:
        with contextlib.suppress(OSError):
            if ours:
                (run / CONFIG_FILE).unlink()
            if new:
                run.rmdir()
        raise RunError(f"cannot make the run directory {run}: {problem.strerror}") from problem
    return run


def _written(config: Config) -> str:
    """The configuration as ``config.yaml`` holds it."""
    return settings_text(config_to_dict(config))


def _release(run: Path) -> None:
    """Give back the directory of a run that was refused before it wrote anything, so that it can be tried again."""
    if {path.name for path in run.iterdir()} <= {CONFIG_FILE, DATA, _HYDRA}:
        for folder in (DATA, _HYDRA):
            shutil.rmtree(run / folder, ignore_errors=True)
        (run / CONFIG_FILE).unlink()
        run.rmdir()


def is_run(path: Path) -> bool:
    """Whether a path is a run directory, or at least no saved model folder."""
    return not (path / TENSORS).is_file()


def read_run_config(run: Path) -> Config:
    """The configuration a run began with.

    Raises:
        RunError: this is no run, or its ``config.yaml`` was damaged.
    """
    path = run / CONFIG_FILE
    if not path.is_file() or not is_run(run):
        raise RunError(f"{run} is not a run: it has no {CONFIG_FILE} from `seqnlp train`")
    advice = f"remove {run} and start the run again"
    content = settings_of(read_bytes(path, advice), path, advice)
    try:
        return read_config(with_moved_data(with_former_defaults(content)))
    except ConfigError as problem:
        raise RunError(f"{path} was changed, or written by another version of seqnlp: {problem}") from problem


def config_of_run(run: Path) -> Config:
    """As :func:`read_run_config`; says which settings are not those that the run's model was trained with."""
    config = read_run_config(run)
    if note := changed_settings(run, config):
        _say("%s", note)
    return config


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
        ready = _ready(run, config, device, torch.get_num_threads(), processes)
        _fit(ready, processes, callbacks)
    finally:
        leave()


@dataclass(frozen=True)
class _Ready:
    """A run whose data are read."""

    run: Path
    config: Config
    task: Task
    precision: torch.dtype


def _ready(run: Path, config: Config, device: torch.device, threads: int, processes: Processes) -> _Ready:
    """Say how the run is trained, and read its data."""

    def say(text: str) -> None:
        if processes.is_first:
            _say("%s", text)

    folder = RunFolder(run)
    precision, reason = choose_precision(config.trainer, device, config.width)
    say(f"device: {device}; precision: {reason}; threads: {threads}; processes: {processes.count}")
    if processes.is_first:
        remove_leftovers(run)
    task = make_task(config, run, device, say)
    folder.check()  # data may have taken long to read, and fit makes the folder if there is none
    return _Ready(run, config, task, precision)


def _fit(ready: _Ready, processes: Processes, callbacks: Callbacks | None = None) -> None:
    """Train to the end; the first process says how it went."""
    try:
        progress = fit(ready.task, ready.config, ready.run, processes, ready.precision, callbacks)
    except Interrupted as interruption:
        if processes.is_first:
            _say("%s", f"{interruption}; a checkpoint is written. Go on with: seqnlp resume {ready.run}")
        raise
    if processes.is_first:
        _finish(ready.task, ready.run, progress)


def _finish(task: Task, run: Path, progress: Progress) -> None:
    """Let the task complete its model folder, and say how it went and what to do next."""
    outcome = task.finish()
    folder, data = run / FOLDER, task.config.data
    scores = bundle.load_bundle(folder).metrics.get("dev", {})
    named = ", ".join(f"{name} {value:.2f}" for name, value in scores.items() if name != "score")
    best = f"best on dev in epoch {progress.best_epoch}: {named}; " if named else ""
    size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    improving = f"\n{advice}" if named and (advice := _still_improving(progress, task.config.trainer.epochs)) else ""
    split = next((split for split in ("test", "dev", "train") if getattr(data, split)), "train")
    lines = "\n".join(
        f"  {command}" for command in [f"seqnlp evaluate {run} --split {split}", *task.next_commands(run)]
    )
    done = f"done in {_duration(progress.seconds)}; {best}{outcome}model folder {size:.1f} MB{improving}"
    _say("%s", f"{done}\n\nnext:\n{lines}")


def _still_improving(progress: Progress, epochs: int) -> str:
    """What to try where the last epoch that was allowed is the best on dev; empty otherwise."""
    if epochs < 2 or progress.best_epoch < epochs:
        return ""
    return f"dev was still improving in the last epoch; a longer training may do better (trainer.epochs={2 * epochs})"


def _duration(seconds: float) -> str:
    """Seconds below two minutes, minutes above."""
    return counted(round(seconds), "second") if seconds < 120 else f"{seconds / 60:.1f} minutes"


def _train_or_launch(run: Path, num_processes: int, callbacks: Callbacks | None) -> None:
    """Train the (claimed) run here, or in ``num_processes`` together.

    The run is locked meanwhile, by this process or, if it is one of several, by the one that started them.
    """
    if "WORLD_SIZE" in os.environ:
        ending_with(os.getppid())()
        train(run, callbacks)
        return
    with locked(run) as lock:
        if num_processes <= 1:
            train(run, callbacks)
        else:
            _launch(run, num_processes, lock)


_ON_A_CPU = (
    "{} processes on a CPU share the epochs, not what comes before and after them: a short training gains little; "
    "several seeds are trained best with one process each, side by side"
)


def _launch(run: Path, num_processes: int, lock: tuple[int, ...]) -> None:
    """Train in several processes, which keep the lock if this one is killed."""
    config = read_run_config(run)
    device = choose_device(config.trainer.device)
    if device.type == "cpu":
        _say("%s", _ON_A_CPU.format(num_processes))
    ended = _fork(run, config, device, num_processes) if can_fork(device) else _torchrun(run, num_processes, lock)
    if ended:
        begun = (run / FILE_NAME).exists()
        advice = f"go on with `seqnlp resume {run}`" if begun else "the reason stands above"
        raise RunError(f"the {num_processes} processes {ended}; {advice}")


def _fork(run: Path, config: Config, device: torch.device, num_processes: int) -> str:
    """Read the data here, and train in processes that have them; returns how they ended, if not well."""
    torch.set_num_threads(1)  # others would be missing in the forked processes
    keep_freed_memory()
    threads = config.trainer.threads or int(_threads_each(num_processes))
    ready = _ready(run, config, device, threads, Processes(0, num_processes))
    return train_forked(partial(_fit, ready), num_processes, threads)


def _torchrun(run: Path, num_processes: int, lock: tuple[int, ...]) -> str:
    """Let torchrun start processes that resume the run together; returns how they ended, if not well."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={num_processes}"]
    environment = {**os.environ, "OMP_NUM_THREADS": _threads_each(num_processes)}
    tie = ending_with(os.getpid())  # who kills us must not leave processes that train on
    launcher = subprocess.Popen(
        [*command, "-m", "seqnlp", "resume", str(run)], env=environment, preexec_fn=tie, pass_fds=lock
    )
    return "stopped before the end" if _wait(launcher) else ""


def _wait(launcher: subprocess.Popen[bytes]) -> int:
    """Wait for the processes to end by themselves; SIGTERM is passed on, Ctrl-C reaches them through the terminal.

    Raises:
        Interrupted: one of the two stopped them.
    """
    stops = []

    def end_all(number: int, frame: FrameType | None) -> None:
        stops.append(number)
        launcher.terminate()

    before = signal.signal(signal.SIGTERM, end_all)
    try:
        while True:
            try:
                status = launcher.wait()
                break
            except KeyboardInterrupt:
                stops.append(signal.SIGINT)
    finally:
        signal.signal(signal.SIGTERM, before)
    if status and stops:
        raise Interrupted(stops[0])
    return status


def _threads_each(num_processes: int) -> str:
    return os.environ.get("OMP_NUM_THREADS") or str(max(1, (os.cpu_count() or 1) // num_processes))
