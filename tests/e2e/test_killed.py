"""A run that is killed and resumed ends as one that was never stopped, bit for bit; two processes train as one."""

from __future__ import annotations

import contextlib
import csv
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from command import TINY_TRANSLATION, output, refusal, seqnlp
from tiny_pairs import make_pairs, write_pairs

from seqnlp.cli import main
from seqnlp.errors import RunError
from seqnlp.launch import resume
from seqnlp.training.checkpoint import processes_of

SETTINGS = (
    "recipe=tagging/demo",
    "data.limit=100",
    "model.word_dim=20",
    "model.character_dim=8",
    "model.character_hidden_dim=10",
    "model.hidden_dim=16",
    "model.input_dropout=0.3",
    "model.hidden_dropout=0.3",
    "optimizer.learning_rate=0.02",
    "optimizer.schedule=plateau",
    "optimizer.every_epochs=1",
    "trainer.batch_sentences=4",  # 25 steps an epoch
    "trainer.epochs=4",
    "trainer.ema_decay=0.9",
    "trainer.patience=2",
    "trainer.checkpoint_steps=3",
)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run that nothing happened to."""
    run = tmp_path_factory.mktemp("uninterrupted") / "run"
    output("train", f"run={run}", *SETTINGS)
    return run


class Started:
    """``seqnlp`` in a process of its own, forked from this one: a new Python would take seconds to import torch.

    Attributes:
        pid: of the process.
    """

    def __init__(self, said: Path, *arguments: str) -> None:
        self._said = said
        self._process = multiprocessing.get_context("fork").Process(target=self._run, args=arguments)
        self._process.start()
        self.pid = self._process.pid

    def _run(self, *arguments: str) -> None:
        with self._said.open("w", buffering=1) as said, contextlib.redirect_stderr(said):
            sys.exit(main(list(arguments)))

    def poll(self) -> int | None:
        return self._process.exitcode

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def send(self, number: int) -> None:
        assert self.pid is not None
        os.kill(self.pid, number)

    def end(self) -> str:
        """Wait for it; returns what it said."""
        self._process.join(60)
        return self._said.read_text()


def start(run: Path, *verb: str) -> Started:
    """A training in a process of its own."""
    return Started(run.parent / "said", *(verb or ("train", f"run={run}", *SETTINGS)))


def start_several(run: Path, *settings: str) -> subprocess.Popen[str]:
    """A training by two processes."""
    command = [sys.executable, "-m", "seqnlp", "train", "--nproc", "2", f"run={run}", *SETTINGS, *settings]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True)


def wait(process: Started | subprocess.Popen[str], when: Callable[[], bool]) -> None:
    """Wait until ``when``; the process must not have ended before."""
    deadline = time.monotonic() + 60
    while not when():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.002)


def kill(process: Started, number: int, when: Callable[[], bool]) -> str:
    """Send a signal as soon as ``when``; returns what the process said."""
    wait(process, when)
    process.send(number)
    return process.end()


def checkpoints(run: Path, count: int) -> Callable[[], bool]:
    """True once ``count`` new checkpoints were seen."""
    path, seen = run / "checkpoint.pt", set[int]()

    def enough() -> bool:
        if path.exists():
            seen.add(path.stat().st_mtime_ns)
        return len(seen) >= count

    return enough


def epochs(run: Path, count: int) -> Callable[[], bool]:
    """True once ``count`` epochs are logged."""
    path = run / "log.csv"
    return lambda: path.exists() and path.read_text().count("\n") > count


def position(run: Path) -> int:
    """Steps done in the epoch under way."""
    return int(torch.load(run / "checkpoint.pt", weights_only=True)["progress"]["position"])


def rows(run: Path) -> list[dict[str, str]]:
    with (run / "log.csv").open(newline="") as file:
        return [{key: value for key, value in row.items() if key != "seconds"} for row in csv.DictReader(file)]


def assert_same(run: Path, other: Path) -> None:
    """The models of two runs are equal byte for byte, and so are their logs but for the time."""
    names = sorted(path.name for path in (other / "model").iterdir())
    assert sorted(path.name for path in (run / "model").iterdir()) == names
    for name in names:
        assert (run / "model" / name).read_bytes() == (other / "model" / name).read_bytes(), name
    assert rows(run) == rows(other)
    assert {path.name for path in run.iterdir()} == {path.name for path in other.iterdir()}


def test_a_run_killed_terminated_and_interrupted_resumes_exactly(uninterrupted: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    killed = start(run)
    kill(killed, signal.SIGKILL, checkpoints(run, 2))
    assert killed.returncode == -signal.SIGKILL
    assert position(run) > 0  # in the middle of an epoch
    for number, status, count in ((signal.SIGTERM, 143, 1), (signal.SIGINT, 130, 2)):
        asked = start(run, "resume", str(run))
        said = kill(asked, number, epochs(run, count))
        assert asked.returncode == status
        assert "Traceback" not in said
        assert said.splitlines()[-1].endswith(f"; a checkpoint is written. Go on with: seqnlp resume {run}")
    assert seqnlp("resume", run).status == 0
    remove_half_written(run)
    assert_same(run, uninterrupted)


def test_nobody_resumes_a_run_that_is_being_trained_until_its_process_is_gone(
    uninterrupted: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    process = start(run)
    wait(process, checkpoints(run, 1))
    process.send(signal.SIGSTOP)
    try:
        started = time.monotonic()
        with pytest.raises(RunError) as refused:
            resume(run)
        assert time.monotonic() - started < 5
    finally:
        process.send(signal.SIGKILL)
        process.end()
    holder = f"process {process.pid} on {socket.gethostname()}"
    assert str(refused.value) == f"{run} is being trained by {holder}; wait until it ends, or stop it first"
    assert (run / ".lock").exists()
    assert seqnlp("resume", run).status == 0  # the lock of a process that is gone holds nobody
    remove_half_written(run)
    assert_same(run, uninterrupted)


def test_a_run_killed_before_its_first_checkpoint_begins_again(uninterrupted: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    last = run / ".hydra" / "overrides.yaml"  # of the files that a run begins with
    kill(start(run), signal.SIGKILL, last.exists)
    assert not (run / "checkpoint.pt").exists()
    assert seqnlp("resume", run).status == 0
    assert_same(run, uninterrupted)


@pytest.mark.slow  # in one process: tests/training/test_task_contract.py
def test_a_killed_translator_resumes_exactly(tmp_path: Path) -> None:
    for number, (split, count) in enumerate({"train": 300, "dev": 20}.items()):
        write_pairs(tmp_path, split, make_pairs(count, seed=number))
    kept = [setting for setting in TINY_TRANSLATION if not setting.startswith(("data.test", "trainer.epochs"))]
    settings = ["task=translation", f"data.dir={tmp_path}", *kept, "trainer.epochs=4", "trainer.checkpoint_steps=3"]
    settings += ["tokenizer.sampling=0.1", "model.teacher_forcing=linear", "model.teacher_forcing_end=0.8"]
    output("train", f"run={tmp_path}/whole", *settings)
    killed = start(tmp_path / "run", "train", f"run={tmp_path}/run", *settings)
    kill(killed, signal.SIGKILL, checkpoints(tmp_path / "run", 4))
    assert seqnlp("resume", tmp_path / "run").status == 0
    remove_half_written(tmp_path / "run")
    assert_same(tmp_path / "run", tmp_path / "whole")


def remove_half_written(run: Path) -> None:
    """SIGKILL in the middle of writing leaves the temporary file; nothing else can remove it then."""
    for path in run.rglob(".*"):
        if path.is_file():
            path.unlink()


# Several processes

PLAIN = (
    "recipe=tagging/demo",
    "data.limit=60",
    "model.word_dropout=0",
    "model.input_dropout=0",
    "model.hidden_dropout=0",
    "model.hidden_dim=16",
    "optimizer.learning_rate=0.01",
    "trainer.epochs=3",
    "trainer.batch_sentences=7",
)


@pytest.mark.slow  # the training itself: tests/training/test_distributed.py
def test_two_processes_train_as_one(tmp_path: Path) -> None:
    output("train", f"run={tmp_path}/one", *PLAIN)
    output("train", "--nproc", "2", f"run={tmp_path}/two", *PLAIN)
    one, two = rows(tmp_path / "one"), rows(tmp_path / "two")
    assert len(one) == len(two) == 3
    for alone, together in zip(one, two, strict=True):
        assert together["step"] == alone["step"]
        assert float(together["loss"]) == pytest.approx(float(alone["loss"]), rel=1e-3)
        for name in ("dev_f1", "dev_precision", "dev_recall"):
            assert float(together[name]) == pytest.approx(float(alone[name]), abs=1.0), name
    assert output("tag", tmp_path / "two", stdin="Ada\n").count("\n") == 1


@pytest.mark.slow
def test_two_processes_that_are_asked_to_stop_can_be_resumed_by_two(tmp_path: Path) -> None:
    whole, run = tmp_path / "whole", tmp_path / "run"
    output("train", "--nproc", "2", f"run={whole}", *SETTINGS)
    process = start_several(run)
    wait(process, epochs(run, 1))
    process.terminate()
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 128 + signal.SIGTERM  # as one process that is asked to stop
    assert said.splitlines()[-1] == (f"stopped by SIGTERM; a checkpoint is written. Go on with: seqnlp resume {run}")
    resumed = seqnlp("resume", run)
    assert resumed.status == 0
    assert "processes: 2" in resumed.err
    assert_same(run, whole)


def test_a_run_goes_on_with_as_many_processes_as_before_or_says_what_differs(tmp_path: Path) -> None:
    run, checkpoint = tmp_path / "run", tmp_path / "run" / "checkpoint.pt"
    output("train", f"run={run}", *PLAIN, "trainer.epochs=1")
    assert processes_of(run) == 1
    stored = torch.load(checkpoint, weights_only=True)
    stored["progress"] |= {"processes": 2, "finished": False}
    torch.save(stored, checkpoint)
    assert processes_of(run) == 2
    said = seqnlp("resume", run, "--nproc", "1")
    assert said.status == 0
    assert "note: processes: trained by 2 before and by 1 now, so other dropout is drawn" in said.err
    assert f"`seqnlp resume {run}` goes on with 2" in said.err
    stored["progress"]["processes"] = 10_000
    torch.save(stored, checkpoint)
    assert f"{run} was trained by 10000 processes; --nproc: expected at most" in refusal("resume", run)
    checkpoint.write_bytes(b"no checkpoint")
    assert "cannot be read" in refusal("resume", run)


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_no_process_trains_on_after_its_launcher_was_killed(tmp_path: Path) -> None:
    run = tmp_path / "run"
    process = start_several(run, "trainer.epochs=1000", "trainer.patience=0")
    wait(process, epochs(run, 1))
    assert len(processes_about(run)) >= 3
    with pytest.raises(RunError, match=rf"being trained by process {process.pid} on "):
        resume(run)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 60
    while processes_about(run):
        assert time.monotonic() < deadline, processes_about(run)
        time.sleep(0.1)
    if process.stderr:
        process.stderr.close()


def processes_about(run: Path) -> list[str]:
    """The command lines of all processes that name the run."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            lines.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return [line for line in lines if str(run) in line]
