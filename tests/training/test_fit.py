"""The promises of the training loop: cutting a batch changes nothing, nor does killing a run, nor does evaluating."""

from __future__ import annotations

import csv
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn
from toy import DIGESTS, ToyTask, toy_config, train

from seqnlp.config.common import Config
from seqnlp.errors import RunError, TrainingError
from seqnlp.training.checkpoint import TRAIN, Progress, load_checkpoint
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit
from seqnlp.training.interrupts import Interrupted

EVERYTHING = toy_config(
    trainer__epochs=4,
    trainer__ema_decay=0.9,
    trainer__accumulation=2,
    trainer__checkpoint_steps=2,
    optimizer__schedule="plateau",
    optimizer__every_epochs=1,
    optimizer__warmup_steps=6,
)
"""Dropout, running mean, warm-up, sparse table, pieces and reductions of the learning rate together."""


def worse_every_time(count: int) -> float:
    """Scores that make `plateau` reduce the learning rate."""
    return -float(count)


def assert_bit_equal(one: nn.Module, other: nn.Module) -> None:
    for (name, mine), theirs in zip(one.state_dict().items(), other.state_dict().values(), strict=True):
        assert torch.equal(mine, theirs), name


def assert_same_run(one: Path, other: Path) -> None:
    """The best models, the checkpoints (but for the time it took) and the logs of two runs are equal, bit for bit."""
    mine, theirs = (torch.load(run / "best.pt") for run in (one, other))
    assert all(torch.equal(mine[name], theirs[name]) for name in theirs)
    (left, left_states), (right, right_states) = (
        load_checkpoint(run, DIGESTS) or pytest.fail("no checkpoint") for run in (one, other)
    )
    left.seconds = right.seconds = 0
    assert left == right
    assert_equal_states(left_states, right_states)
    assert read_log(one) == read_log(other)


def assert_equal_states(left: object, right: object) -> None:
    if isinstance(left, torch.Tensor):
        assert torch.equal(left, right)
    elif isinstance(left, dict):
        assert left.keys() == right.keys()
        for key in left:
            assert_equal_states(left[key], right[key])
    elif isinstance(left, (list, tuple)):
        for mine, theirs in zip(left, right, strict=True):
            assert_equal_states(mine, theirs)
    else:
        assert left == right


def read_log(run: Path) -> list[dict[str, str]]:
    with (run / "log.csv").open() as file:
        return [{key: value for key, value in row.items() if key != "seconds"} for row in csv.DictReader(file)]


def at(number: int, action: Callable[[], object]) -> Callable[[int], None]:
    """Do something when that many losses have been computed."""

    def before_loss(count: int) -> None:
        if count == number:
            action()

    return before_loss


class SuddenDeathError(Exception):
    """Stands for any sudden death inside a step."""


def die() -> None:
    raise SuddenDeathError


def train_everything(run: Path, before_loss: Callable[[int], None] = lambda count: None) -> ToyTask:
    """A run with all options on; goes on from a checkpoint if there is one."""
    run.mkdir(exist_ok=True)
    task = ToyTask(EVERYTHING, run, before_loss=before_loss)
    task.scores = worse_every_time
    done = load_checkpoint(run, DIGESTS)
    task.num_evaluations = done[0].epoch if done else 0
    fit(task, EVERYTHING, run, Processes())
    return task


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with all options on that nothing disturbed: 5 steps an epoch, 2 losses a step, 40 losses in all."""
    run = tmp_path_factory.mktemp("runs") / "whole"
    assert train_everything(run).num_losses == 40
    return run


@pytest.mark.parametrize("death", [0, 1, 3, 5, 9, 10, 11, 17, 39])
def test_a_run_that_died_anywhere_and_was_resumed_equals_one_that_never_did(
    tmp_path: Path, uninterrupted: Path, death: int
) -> None:
    run = tmp_path / "run"
    with pytest.raises(SuddenDeathError):
        train_everything(run, at(death, die))
    train_everything(run)
    assert_same_run(run, uninterrupted)


def test_a_run_that_died_again_and_again_still_gets_to_the_same_end(tmp_path: Path, uninterrupted: Path) -> None:
    run = tmp_path / "run"
    deaths = 0
    while True:
        try:
            train_everything(run, at(7, die))
            break
        except SuddenDeathError:
            deaths += 1
    assert deaths >= 5
    assert_same_run(run, uninterrupted)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("loss", [0, 4, 8, 9, 20, 39])
def test_a_signal_ends_the_step_writes_a_checkpoint_and_the_run_can_go_on(
    tmp_path: Path, uninterrupted: Path, loss: int, number: signal.Signals
) -> None:
    run = tmp_path / "run"
    handler = signal.getsignal(number)
    with pytest.raises(Interrupted) as caught:
        train_everything(run, at(loss, lambda: os.kill(os.getpid(), number)))
    assert str(caught.value) == f"stopped by {number.name}"
    assert caught.value.signal_number == number
    assert signal.getsignal(number) == handler
    actual = load_checkpoint(run, DIGESTS)
    assert actual is not None
    assert actual[0].step == loss // 2 + 1, "the step under way is finished, no more is begun"
    train_everything(run)
    assert_same_run(run, uninterrupted)


KILLED_RUN = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from test_fit import at, train_everything
train_everything(Path(sys.argv[1]), at(26, lambda: os.kill(os.getpid(), signal.SIGKILL)))
"""


def test_a_process_that_was_really_killed_is_resumed_exactly(tmp_path: Path, uninterrupted: Path) -> None:
    run = tmp_path / "run"
    command = [sys.executable, "-c", KILLED_RUN, str(run), str(Path(__file__).parent), *filter(None, sys.path)]
    assert subprocess.run(command, check=False, timeout=120).returncode == -signal.SIGKILL
    actual = load_checkpoint(run, DIGESTS)
    assert actual is not None
    assert 0 < actual[0].step < 20
    assert 0 < actual[0].position < 5, "killed in the middle of an epoch"
    train_everything(run)
    assert_same_run(run, uninterrupted)


def test_resuming_a_finished_run_changes_nothing(tmp_path: Path) -> None:
    train(tmp_path, toy_config())
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    task, progress = train(tmp_path, toy_config())
    assert progress.finished
    assert task.num_losses == 0
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.mark.parametrize("accumulation", [2, 3, 5, 8])
@pytest.mark.parametrize("rule", ["adam", "sgd"])
def test_a_batch_in_pieces_gives_the_weights_of_the_whole_batch(tmp_path: Path, accumulation: int, rule: str) -> None:
    options = {"optimizer__name": rule, "trainer__clip_norm": 0.5}
    whole, _ = train(tmp_path / "whole", toy_config(**options), dropout=0.0)
    pieces, _ = train(tmp_path / "pieces", toy_config(**options, trainer__accumulation=accumulation), dropout=0.0)
    for mine, theirs in zip(whole.model.parameters(), pieces.model.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, atol=1e-6, rtol=0)
    losses = [[float(row["loss"]) for row in read_log(tmp_path / name)] for name in ("whole", "pieces")]
    assert losses[0] == pytest.approx(losses[1], abs=1e-5)


def test_the_loss_is_a_mean_over_the_items_of_the_whole_batch(tmp_path: Path) -> None:
    config = toy_config(trainer__epochs=1, trainer__batch_sentences=100, trainer__clip_norm=0, optimizer__name="sgd")
    task = ToyTask(config, tmp_path, dropout=0.0)
    weights = task.model.project.weight
    (task.loss(task.plan(0)[0]) / 23).backward()
    expected = weights.detach() - 0.05 * weights.grad
    trained, _ = train(tmp_path, config, dropout=0.0)
    torch.testing.assert_close(trained.model.project.weight.detach(), expected)


def test_evaluating_does_not_change_training(tmp_path: Path) -> None:
    with_dev, _ = train(tmp_path / "with", toy_config(), has_dev=True)
    without, _ = train(tmp_path / "without", toy_config(data__dev=""), has_dev=False)
    assert_bit_equal(with_dev.model, without.model)


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(tmp_path: Path) -> None:
    first, _ = train(tmp_path / "a", toy_config())
    torch.rand(5)
    again, _ = train(tmp_path / "b", toy_config())
    other, _ = train(tmp_path / "c", toy_config(seed=2))
    assert_bit_equal(first.model, again.model)
    assert not torch.equal(first.model.project.weight, other.model.project.weight)


def test_dropout_differs_from_step_to_step(tmp_path: Path) -> None:
    draws = []
    train(tmp_path, toy_config(), before_loss=lambda count: draws.append(torch.random.initial_seed()))
    assert len(set(draws)) == len(draws) == 15


@pytest.mark.parametrize("poison", [float("nan"), float("inf")])
def test_a_loss_that_is_not_a_number_stops_the_run_and_keeps_the_checkpoint(tmp_path: Path, poison: float) -> None:
    config = toy_config(trainer__checkpoint_steps=2, optimizer__schedule="constant")
    task = ToyTask(config, tmp_path)

    def spoil() -> None:
        task.model.project.bias.data[0] = poison

    task.before_loss = at(3, spoil)
    with pytest.raises(TrainingError) as caught:
        fit(task, config, tmp_path, Processes())
    assert str(caught.value).startswith("the loss is not a number at step 4 (loss nan, gradient norm")
    assert "Lower optimizer.learning_rate (now 0.05) or trainer.clip_norm" in str(caught.value)
    progress, states = load_checkpoint(tmp_path, DIGESTS) or pytest.fail("no checkpoint")
    assert progress.step == 2
    assert all(weights.isfinite().all() for weights in states["model"])


def run_with_scores(folder: Path, config: Config, scores: list[float]) -> tuple[ToyTask, Progress]:
    """Train with the dev scores given, one an epoch."""
    task = ToyTask(config, folder)
    task.scores = lambda count: scores[count - 1]
    return task, fit(task, config, folder, Processes())


@pytest.mark.parametrize("poison", [float("nan"), float("inf"), float("-inf")])
def test_a_dev_score_that_is_not_a_number_stops_the_run_and_keeps_the_checkpoint(tmp_path: Path, poison: float) -> None:
    task = ToyTask(toy_config(trainer__epochs=5), tmp_path)
    task.scores = lambda count: poison if count == 3 else float(count)
    with pytest.raises(TrainingError, match=r"the dev score is not a number after epoch 3 \(-?(nan|inf)\)"):
        fit(task, task.config, tmp_path, Processes())
    kept = load_checkpoint(tmp_path, DIGESTS)
    assert kept is not None
    assert kept[0].epoch == 2
    assert [row["epoch"] for row in read_log(tmp_path)] == ["1", "2"]


def test_training_stops_when_patience_is_spent(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="seqnlp")
    scores = [0.1, 0.3, 0.2, 0.3, 0.9]
    task, progress = run_with_scores(tmp_path, toy_config(trainer__epochs=5, trainer__patience=2), scores)
    assert progress.epoch == 4
    assert progress.finished
    assert (progress.best_epoch, progress.best_score) == (2, 0.3)
    assert task.saved == [(1, 0.1), (2, 0.3)]
    assert "no better dev score for 2 epochs: stopping early" in caplog.text


def test_without_patience_all_epochs_run_and_every_better_model_is_saved(tmp_path: Path) -> None:
    task, progress = run_with_scores(tmp_path, toy_config(trainer__epochs=4), [0.5, 0.1, 0.6, 0.6])
    assert progress.epoch == 4
    assert task.saved == [(1, 0.5), (3, 0.6)]


@pytest.mark.parametrize("higher_is_better", [True, False])
def test_a_run_says_which_way_its_dev_score_is_better(tmp_path: Path, higher_is_better: bool) -> None:
    task = ToyTask(toy_config(trainer__epochs=3), tmp_path, higher_is_better=higher_is_better)
    task.scores = lambda count: [4.5, 7.25, 3.0][count - 1]
    progress = fit(task, task.config, tmp_path, Processes())
    assert (progress.best_epoch, progress.best_score) == ((2, 7.25) if higher_is_better else (3, -3.0))
    sign = 1 if higher_is_better else -1
    assert [(row["dev_toy"], float(row["dev_score"])) for row in read_log(tmp_path)] == [
        ("4.5", sign * 4.5),
        ("7.25", sign * 7.25),
        ("3", sign * 3.0),
    ]


def test_without_dev_split_the_last_model_is_kept(tmp_path: Path) -> None:
    task, _ = train(tmp_path, toy_config(data__dev=""), has_dev=False)
    assert [epoch for epoch, _ in task.saved] == [1, 2, 3]


def test_the_running_mean_is_what_is_evaluated_and_saved_but_not_what_is_trained(tmp_path: Path) -> None:
    plain, _ = train(tmp_path / "plain", toy_config(data__dev=""), has_dev=False)
    averaged, _ = train(tmp_path / "mean", toy_config(trainer__ema_decay=0.99, data__dev=""), has_dev=False)
    assert_bit_equal(plain.model, averaged.model)
    saved = torch.load(tmp_path / "mean" / "best.pt")
    assert not torch.equal(saved["project.weight"], averaged.model.project.weight)
    _, states = load_checkpoint(tmp_path / "mean", DIGESTS) or pytest.fail("no checkpoint")
    names = [name for name, _ in averaged.model.named_parameters()]
    assert torch.equal(states["average"][names.index("project.weight")], saved["project.weight"])


def test_plateau_lowers_the_step_size_after_epochs_without_a_better_score(tmp_path: Path) -> None:
    config = toy_config(
        trainer__epochs=7, optimizer__schedule="plateau", optimizer__every_epochs=2, optimizer__factor=0.5
    )
    run_with_scores(tmp_path, config, [0.5, 0.4, 0.4, 0.6, 0.1, 0.1, 0.1])
    rates = [float(row["learning_rate"]) for row in read_log(tmp_path)]
    assert rates == pytest.approx([0.05, 0.05, 0.05, 0.025, 0.025, 0.025, 0.0125])


def test_a_checkpoint_of_other_data_is_refused(tmp_path: Path) -> None:
    train(tmp_path, toy_config())
    task = ToyTask(toy_config(), tmp_path)
    task.digests = {TRAIN: "other"}
    with pytest.raises(RunError, match="the training data changed"):
        fit(task, toy_config(), tmp_path, Processes())


def test_the_log_has_a_row_an_epoch_and_the_time_goes_on_after_a_stop(tmp_path: Path) -> None:
    with pytest.raises(SuddenDeathError):
        train(tmp_path, toy_config(), before_loss=at(12, die))
    stopped = load_checkpoint(tmp_path, DIGESTS)
    assert stopped is not None
    train(tmp_path, toy_config())
    with (tmp_path / "log.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert [row["step"] for row in rows] == ["5", "10", "15"]
    seconds = [float(row["seconds"]) for row in rows]
    assert seconds == sorted(seconds)
    assert seconds[2] > stopped[0].seconds > 0
