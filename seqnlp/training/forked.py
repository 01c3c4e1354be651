"""Several processes that train one model on a CPU, forked from one that has read the data.

So the program starts once, the data are read once, and their pages are shared. The process that forks must not have
computed with several threads: the forked ones have none of them.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import torch

from seqnlp.errors import SeqnlpError
from seqnlp.training.distributed import Processes, join_by_file, leave
from seqnlp.training.interrupts import Interrupted, sigterm_passed_on
from seqnlp.training.orphans import ending_with

_GRACE = 20.0
"""Seconds in which the others must notice that one of them ended."""


def can_fork(device: torch.device) -> bool:
    """Whether processes that train on this device may be forked."""
    return sys.platform == "linux" and device.type == "cpu"


def train_forked(train: Callable[[Processes], None], count: int, threads: int) -> str:
    """Call ``train`` in ``count`` processes with so many ``threads`` each; returns how they ended, if not well.

    SIGTERM is passed on to them; Ctrl-C reaches them through the terminal.

    Raises:
        SeqnlpError: what one of them raised.
        Interrupted: Ctrl-C or SIGTERM stopped them.
    """
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory(prefix="seqnlp_") as folder:
        problems, tie = context.SimpleQueue(), ending_with(os.getpid())
        gc.collect()
        gc.freeze()  # a collection would write to, and so copy, what is shared
        crew = [
            context.Process(
                target=_train,
                args=(train, rank, count, threads, Path(folder) / "store", tie, problems),
                name=f"seqnlp-train-{rank}",
            )
            for rank in range(count)
        ]
        try:
            for process in crew:
                process.start()
            with sigterm_passed_on(crew):
                _wait_for_all(crew)
        finally:
            gc.unfreeze()
            for process in crew:
                if process.is_alive():
                    process.kill()
        told = []
        while not problems.empty():
            told.append(problems.get())
        if told:
            raise SeqnlpError(min(told)[1])
        statuses = [process.exitcode or 0 for process in crew]
        if stop := next((number for number in (signal.SIGINT, signal.SIGTERM) if 128 + number in statuses), None):
            raise Interrupted(stop)
        return _how_they_ended(statuses)


def _how_they_ended(statuses: Sequence[int]) -> str:
    """Empty if all ended well."""
    killed = next((-status for status in statuses if status < 0), 0)
    if killed:
        return f"stopped before the end (one was ended by {signal.Signals(killed).name})"
    return "stopped before the end" if any(statuses) else ""


def _train(
    train: Callable[[Processes], None],
    rank: int,
    count: int,
    threads: int,
    store: Path,
    tie: Callable[[], None],
    problems: Any,
) -> None:
    """In a forked process: train, and end with the status of a program that did."""
    tie()
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # their threads, too, stayed where this process comes from
    torch.set_num_threads(threads)
    try:
        train(join_by_file(store, rank, count))
    except SeqnlpError as problem:
        problems.put((rank, str(problem)))
        sys.exit(2)
    except KeyboardInterrupt as stop:
        sys.exit(128 + int(getattr(stop, "signal_number", signal.SIGINT)))
    except RuntimeError as problem:
        if "gloo" not in str(problem):  # what it says where another process has ended
            traceback.print_exc()
        sys.exit(1)
    finally:
        leave()


def _wait_for_all(crew: Sequence[BaseProcess]) -> None:
    """Wait until all have ended; if one fails, the others soon must."""
    while going := [process for process in crew if process.exitcode is None]:
        patience = None if all(process.exitcode in (None, 0) for process in crew) else _GRACE
        try:
            if not wait([process.sentinel for process in going], patience):
                return
        except KeyboardInterrupt:
            continue
