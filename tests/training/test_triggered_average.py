"""Averaged SGD: plain means from the trigger on, which survive being killed."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from toy import ToyTask, toy_config, train

from seqnlp.config.reading import read_config
from seqnlp.errors import ConfigError
from seqnlp.training.average import TriggeredAverage, should_average
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit

ASGD = {"optimizer__name": "asgd", "trainer__ema_decay": 0.0, "optimizer__schedule": "constant", "trainer__epochs": 5}


def test_the_trigger_looks_further_back_than_it_waits() -> None:
    scores = [1.0, 5.0, 4.0, 4.5, 4.8, 4.9]
    fires = [should_average(scores[:count], 2) for count in range(len(scores) + 1)]
    assert fires == [False, False, False, False, True, True, True]
    assert not should_average([1.0, 2.0, 3.0, 2.5], 2)  # worse than the last, better than those before
    assert should_average([1.0, 2.0, 3.0, 2.5, 2.7], 2)


def test_means_are_plain_means_from_the_start_without_waiting() -> None:
    model = torch.nn.Linear(2, 1, bias=False)
    average, seen = TriggeredAverage(model, 0), []
    for step in range(4):
        with torch.no_grad():
            model.weight.normal_()
        seen.append(model.weight.detach().clone())
        average.update(step)
    with average.swapped_in():
        torch.testing.assert_close(model.weight.detach(), torch.stack(seen).mean(dim=0))
    assert torch.equal(model.weight, seen[-1])


def test_before_the_trigger_the_weights_themselves_are_evaluated() -> None:
    model = torch.nn.Linear(2, 1, bias=False)
    average = TriggeredAverage(model, 3)
    with torch.no_grad():
        model.weight.fill_(7.0)
    average.update(0)
    with average.swapped_in():
        assert model.weight.tolist() == [[7.0, 7.0]]


@pytest.mark.parametrize("killed_at", [3, 13, 22])
def test_a_run_killed_before_or_after_the_trigger_ends_as_one_never_stopped(tmp_path: Path, killed_at: int) -> None:
    config = toy_config(**ASGD, optimizer__trigger_epochs=1, trainer__checkpoint_steps=2)
    scores = [0.3, 0.5, 0.1, 0.2, 0.3]

    class SuddenDeathError(Exception):
        pass

    def die(count: int) -> None:
        if count == killed_at:
            raise SuddenDeathError

    def run(folder: Path, deadly: bool, evaluated: int = 0) -> ToyTask:
        folder.mkdir(exist_ok=True)
        task = ToyTask(config, folder, before_loss=die if deadly else lambda count: None)
        task.scores = lambda count: scores[evaluated + count - 1]
        fit(task, config, folder, Processes())
        return task

    whole = run(tmp_path / "whole", deadly=False)
    with pytest.raises(SuddenDeathError):
        run(tmp_path / "run", deadly=True)
    resumed = run(tmp_path / "run", deadly=False, evaluated=killed_at // 5)
    for one, other in zip(whole.model.parameters(), resumed.model.parameters(), strict=True):
        assert torch.equal(one, other)
    ends = [torch.load(tmp_path / name / "checkpoint.pt")["average"] for name in ("whole", "run")]
    assert all(torch.equal(one, other) for one, other in zip(*ends, strict=True))
    assert ends[0][-1].tolist()[:2] == [10.0, 1.0]  # two epochs of five steps after the third score


def test_averaged_sgd_trains(tmp_path: Path) -> None:
    task, _ = train(tmp_path, toy_config(**ASGD, optimizer__trigger_epochs=0, optimizer__learning_rate=0.5))
    assert task.saved[-1][1] > task.saved[0][1]


def test_averaged_sgd_with_a_running_mean_or_without_dev_scores_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        read_config({"data": {"train": "a"}, "optimizer": {"name": "asgd"}})
    assert caught.value.problems == [
        "trainer.ema_decay: expected 0 with optimizer.name=asgd, which averages the weights itself",
        "data.dev: missing; optimizer.name=asgd needs a development split, or optimizer.trigger_epochs=0",
    ]
