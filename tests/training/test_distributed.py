"""Two processes that train together give what one gives."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from toy import DIGESTS, toy_config, train

from seqnlp.training.checkpoint import load_checkpoint

SETTINGS: dict[str, dict[str, object]] = {
    "adam over a sparse table": {"trainer__ema_decay": 0.9},
    "sgd with momentum over a dense table": {"optimizer__name": "sgd", "optimizer__momentum": 0.9},
    "SIGINT": {},
    "SIGTERM": {},
}

SCRIPT = """
import os, signal, sys
from pathlib import Path
import torch
from test_distributed import SETTINGS
from toy import ToyTask, toy_config
from seqnlp.training.distributed import join, leave
from seqnlp.training.fit import fit
from seqnlp.training.interrupts import Interrupted

torch.set_num_threads(1)
processes = join(torch.device("cpu"))

def train(name, before_loss):
    run = Path(sys.argv[1]) / name
    run.mkdir(exist_ok=True)
    task = ToyTask(toy_config(**SETTINGS[name]), run, dropout=0.0, num_examples=21, before_loss=before_loss)
    try:
        fit(task, task.config, run, processes)
        torch.save(task.model.state_dict(), run / f"rank{processes.rank}.pt")
    except Interrupted as interruption:
        (run / f"stopped{processes.rank}").write_text(str(interruption))
        train(name, lambda count: None)

def to_both(count):
    if count == 6:
        os.kill(os.getpid(), signal.SIGINT)

def to_the_second(count):
    if count == 6 and not processes.is_first:
        os.kill(os.getpid(), signal.SIGTERM)

for name in SETTINGS:
    train(name, {"SIGINT": to_both, "SIGTERM": to_the_second}.get(name, lambda count: None))
leave()
"""


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of two gloo processes for each of the settings."""
    folder = tmp_path_factory.mktemp("together")
    script = folder / "script.py"
    script.write_text(SCRIPT)
    paths = [str(Path(__file__).parent), *filter(None, sys.path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc-per-node=2",
        str(script),
        str(folder),
    ]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert finished.returncode == 0, finished.stderr
    return folder


@pytest.mark.parametrize("name", SETTINGS)
def test_two_processes_equal_one_also_where_one_has_nothing_to_do(tmp_path: Path, together: Path, name: str) -> None:
    alone, progress = train(tmp_path, toy_config(**SETTINGS[name]), dropout=0.0, num_examples=21)
    assert 1 in [len(batch) for batch in alone.plan(0)], "a batch of one example leaves the second process without work"
    first, second = (torch.load(together / name / f"rank{rank}.pt") for rank in (0, 1))
    for key, weights in alone.model.state_dict().items():
        assert torch.equal(first[key], second[key]), key
        torch.testing.assert_close(first[key], weights, atol=1e-5, rtol=0)
    actual, _ = load_checkpoint(together / name, DIGESTS) or pytest.fail("no checkpoint")
    assert (actual.epoch, actual.step, actual.finished) == (progress.epoch, progress.step, True)
    assert actual.best_score == pytest.approx(progress.best_score, abs=1e-5)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_to_any_process_stops_all(together: Path, name: str) -> None:
    assert [(together / name / f"stopped{rank}").read_text() for rank in (0, 1)] == [f"stopped by {name}"] * 2
