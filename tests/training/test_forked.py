"""Processes that are forked to train together: they meet, and what ends one of them is told."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from pathlib import Path

import pytest
import torch
from command import refusal

from seqnlp.errors import SeqnlpError, TrainingError
from seqnlp.training.distributed import Processes
from seqnlp.training.forked import train_forked
from seqnlp.training.interrupts import Interrupted

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks")


def test_they_have_what_was_read_and_sum_what_each_computes(tmp_path: Path) -> None:
    weights = torch.arange(4.0)

    def train(processes: Processes) -> None:
        [total] = processes.sum([weights * (processes.rank + 1)])
        torch.save((total, torch.get_num_threads(), os.getppid()), tmp_path / str(processes.rank))

    assert train_forked(train, 3, 1) == ""
    for rank in range(3):
        total, threads, parent = torch.load(tmp_path / str(rank))
        assert total.tolist() == [0, 6, 12, 18]
        assert (threads, parent) == (1, os.getpid())


def test_what_one_raises_is_raised_here_and_the_others_end() -> None:
    def train(processes: Processes) -> None:
        if processes.rank == 1:
            raise TrainingError("the loss is not a number")
        processes.wait()

    with pytest.raises(SeqnlpError, match="the loss is not a number"):
        train_forked(train, 2, 1)
    assert not multiprocessing.active_children()


def test_one_that_is_killed_ends_all_and_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    def train(processes: Processes) -> None:
        if processes.rank == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        processes.wait()

    started = time.monotonic()
    assert train_forked(train, 2, 1) == "stopped before the end (one was ended by SIGKILL)"
    assert time.monotonic() - started < 15
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_what_stops_them_stops_who_started_them(stop: signal.Signals) -> None:
    def train(processes: Processes) -> None:
        processes.wait()
        raise Interrupted(stop)

    with pytest.raises(Interrupted, match=f"stopped by {stop.name}"):
        train_forked(train, 2, 1)
    assert not multiprocessing.active_children()


def test_data_that_cannot_be_read_are_told_once_and_the_run_can_be_tried_again(tmp_path: Path) -> None:
    run = tmp_path / "run"
    told = refusal("train", "--nproc", 2, "recipe=tagging/demo", f"run={run}", "data.train=nowhere.conll")
    assert "nowhere.conll: no such file" in told
    assert not run.exists()
