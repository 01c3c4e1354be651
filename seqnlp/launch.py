"""Start and resume runs, in this process or in several that train together."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import torch

from seqnlp.config.common import Config
from seqnlp.cpus import check_parallel
from seqnlp.errors import RunError
from seqnlp.messages import say
from seqnlp.run_config import CONFIG_FILE, claim, config_of_run, read_run_config, release, written
from seqnlp.storage import write_atomically
from seqnlp.tasks import train_on_dev
from seqnlp.tasks.settled_data import settle_data
from seqnlp.train_run import fit_prepared, prepare, train
from seqnlp.training.callbacks import Callbacks
from seqnlp.training.checkpoint import has_checkpoint, processes_of
from seqnlp.training.device import choose_device
from seqnlp.training.distributed import Processes
from seqnlp.training.forked import can_fork, train_forked
from seqnlp.training.interrupts import Interrupted, sigterm_passed_on
from seqnlp.training.lock import locked
from seqnlp.training.memory import keep_freed_memory
from seqnlp.training.orphans import ending_with


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
    settle_data(config, say)
    config.name_runs_absolutely()
    train_on_dev.begin(config, say)
    run = claim(config)
    say(f"run: {run}")
    try:
        for name, content in (files or {}).items():
            write_atomically(run / name, content)
        _train_or_launch(run, num_processes, callbacks)
    except BaseException:  # also a fault of ours or Ctrl-C: what was never begun must not stay claimed
        with contextlib.suppress(OSError):  # the folder is gone: the first problem is the one to tell
            release(run)
        raise
    return run


def resume(run: Path, num_processes: int | None = None, data_dir: str = "", callbacks: Callbacks | None = None) -> None:
    """Go on with a run that was stopped; with as many processes as before the result is that of a run never stopped.

    Args:
        num_processes: None: as many as before; with callbacks one.
        data_dir: where the data is now, which the run remembers; empty: where it was.
        callbacks: as for :func:`start`.

    Raises:
        RunError: not a run, its data changed, or another process trains it.
    """
    config = config_of_run(run)  # tells a wrong directory before processes are started
    if data_dir:
        config.data.dir = str(Path(data_dir).expanduser().absolute())
        write_atomically(run / CONFIG_FILE, written(config).encode())
    _train_or_launch(run, _as_before(run, num_processes, callbacks), callbacks)


def _as_before(run: Path, asked: int | None, callbacks: Callbacks | None) -> int:
    """How many processes go on with a run; says so if they are not as many as before.

    Raises:
        SeqnlpError: as many as before are too many for this machine.
    """
    if "WORLD_SIZE" in os.environ:  # this is one of them
        return 1
    before = processes_of(run)
    if asked is None and not callbacks:
        return check_parallel(before, f"{run} was trained by {before} processes; --nproc")
    count = asked or 1
    if count != before:
        what = f"trained by {before} before and by {count} now, so other dropout is drawn than without the stop"
        say(f"note: processes: {what}; `seqnlp resume {shlex.quote(str(run))}` goes on with {before}")
    return count


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
    "{} processes on a CPU are about as fast as one with as many threads, which --nproc 1 has by itself; "
    "several seeds are trained best with one process each, side by side"
)


def _launch(run: Path, num_processes: int, lock: tuple[int, ...]) -> None:
    """Train in several processes, which keep the lock if this one is killed."""
    config = read_run_config(run)
    device = choose_device(config.trainer.device)
    if device.type == "cpu":
        say(_ON_A_CPU.format(num_processes))
    ended = _fork(run, config, device, num_processes) if can_fork(device) else _torchrun(run, num_processes, lock)
    if ended:
        advice = (
            f"go on with `seqnlp resume {shlex.quote(str(run))}`" if has_checkpoint(run) else "the reason stands above"
        )
        raise RunError(f"the {num_processes} processes {ended}; {advice}")


def _fork(run: Path, config: Config, device: torch.device, num_processes: int) -> str:
    """Read the data here, and train in processes that have them; returns how they ended, if not well."""
    torch.set_num_threads(1)  # others would be missing in the forked processes
    keep_freed_memory()
    threads = config.trainer.threads or int(_threads_each(num_processes))
    prepared = prepare(run, config, device, threads, Processes(0, num_processes))
    return train_forked(partial(fit_prepared, prepared), num_processes, threads)


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
    with sigterm_passed_on([launcher]) as stops:
        while True:
            try:
                status = launcher.wait()
                break
            except KeyboardInterrupt:
                stops.append(signal.SIGINT)
    if status and stops:
        raise Interrupted(stops[0])
    return status


def _threads_each(num_processes: int) -> str:
    return os.environ.get("OMP_NUM_THREADS") or str(max(1, (os.cpu_count() or 1) // num_processes))
