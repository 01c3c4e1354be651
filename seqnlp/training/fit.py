"""The training loop, readable from top to bottom.

Three promises are kept here. A step's result does not depend on how its batch is cut into pieces, whether for
accumulation or over processes: each piece's loss is a sum, divided by the count of the whole batch. A run that is
killed and resumed ends where an uninterrupted one does, bit for bit on a CPU: the order of the data is a function of
seed and epoch, the dropout of a step a function of seed and step, and everything else is in the checkpoint. Evaluation
cannot disturb training: it runs between steps, and every step seeds its own randomness.
"""

from __future__ import annotations

import contextlib
import math
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import numpy as np
import torch

from seqnlp.config import Config
from seqnlp.data.batches import share
from seqnlp.errors import TrainingError
from seqnlp.training.average import AveragedWeights, make_average
from seqnlp.training.checkpoint import Progress, save_checkpoint
from seqnlp.training.distributed import Processes
from seqnlp.training.freeze import freeze
from seqnlp.training.guest import Epoch, Guest, Step, read_only
from seqnlp.training.log import Log
from seqnlp.training.optimizer import Optimizer
from seqnlp.training.place import RunFolder
from seqnlp.training.schedule import learning_rate
from seqnlp.training.states import collect_states, restore
from seqnlp.training.task import Batch, EvaluatedTogether, Trainable


class Interrupted(KeyboardInterrupt):
    """Ctrl-C or SIGTERM stopped training, after a checkpoint; no error, so ``except Exception`` lets it pass."""

    def __init__(self, signal_number: int) -> None:
        self.signal_number = signal_number
        super().__init__(f"stopped by {signal.Signals(signal_number).name}")


def fit(
    task: Trainable,
    config: Config,
    run: Path,
    processes: Processes,
    precision: torch.dtype = torch.float32,
    guest: Guest | None = None,
) -> Progress:
    """Train until the last epoch or until patience is spent, resuming from the run's checkpoint if it has one.

    Args:
        guest: who trains from Python: is told of every step and epoch, and keeps the signals to itself.

    Raises:
        ConfigError: there are no such groups of parameters as are to be frozen.
        Interrupted: a signal came; the checkpoint is written and `seqnlp resume` goes on from it.
        TrainingError: the loss or a dev score is not a number, the disk is full, or the run directory is gone.
    """
    trainer = config.trainer
    freeze(task.model, trainer.freeze)
    optimizer = Optimizer(task.model, config.optimizer)
    average = make_average(task.model, config)
    progress = restore(task, optimizer, average, run)
    switches = {"active": processes.is_first, "progress": trainer.progress, "tensorboard": trainer.tensorboard}
    log = Log(run, trainer.epochs, **switches, epoch=progress.epoch, guest=guest is not None)
    clock = time.monotonic() - progress.seconds
    run.mkdir(parents=True, exist_ok=True)  # `launch` has made it; who calls this alone may not
    place = RunFolder(run)

    def checkpoint() -> None:
        progress.seconds = time.monotonic() - clock
        states = collect_states(task, optimizer, average, processes)
        if processes.is_first:
            place.check()
            save_checkpoint(run, progress, task.digest, states, task.dev_digest)
        processes.wait()

    with log, _listening(guest is None and _in_main_thread()) as received:
        while progress.epoch < trainer.epochs and not progress.finished:
            plan = task.plan(progress.epoch)
            task.model.train()
            while progress.position < len(plan):
                done = progress.epoch + progress.position / len(plan)
                progress.learning_rate = learning_rate(
                    config.optimizer, progress.step, done, trainer.epochs, progress.plateau_factor
                )
                batch = plan[progress.position]
                loss, stop = _step(
                    task,
                    config,
                    optimizer,
                    average,
                    processes,
                    precision,
                    batch,
                    progress,
                    received,
                    done / trainer.epochs,
                )
                if average:
                    average.update(progress.step)
                progress.step += 1
                progress.position += 1
                progress.loss_sum += loss
                progress.loss_count += task.count(batch)
                mean = progress.loss_sum / progress.loss_count
                log.at(done, mean, progress.best_score)
                if guest:
                    guest.step_done(Step(progress.step, done, mean, progress.learning_rate))
                if stop:
                    checkpoint()
                    raise Interrupted(stop)
                if progress.step % trainer.checkpoint_steps == 0 and progress.position < len(plan):
                    checkpoint()
            with average.swapped_in() if average else contextlib.nullcontext():
                score, epoch = _finish_epoch(task, config, progress, processes, log, place, time.monotonic() - clock)
            if average:
                average.consider(score)
            checkpoint()
            if guest:
                guest.epoch_done(epoch)
    return progress


def _step(
    task: Trainable,
    config: Config,
    optimizer: Optimizer,
    average: AveragedWeights | None,
    processes: Processes,
    precision: torch.dtype,
    batch: Batch,
    progress: Progress,
    received: list[int],
    done: float,
) -> tuple[float, int]:
    """One optimizer step over a batch; returns the batch's summed loss and the signal that asks to stop (0: none)."""
    count = task.count(batch)
    accumulation = config.trainer.accumulation
    device = next(task.model.parameters()).device
    loss_sum = 0.0
    optimizer.zero_grad()
    for piece in range(accumulation):
        part = piece * processes.count + processes.rank
        examples = share(batch, part, accumulation * processes.count)
        if len(examples) == 0:
            continue
        torch.manual_seed(_dropout_seed(config.seed, progress.step, part))
        with torch.autocast(device.type, precision, enabled=precision != torch.float32):
            loss = task.loss(examples, done)
        torch.autograd.backward(loss / count)
        loss_sum += loss.item()
    extra = torch.tensor([loss_sum, signal.SIGINT in received, signal.SIGTERM in received])  # (3,)
    extra = processes.sum_gradients(optimizer.dense_parameters, optimizer.sparse_parameters, extra)
    loss_sum, interrupts, terminations = extra.tolist()
    norm = optimizer.clip(config.trainer.clip_norm)
    rate = progress.learning_rate
    if not math.isfinite(loss_sum) or not math.isfinite(norm):
        raise TrainingError(
            f"the loss is not a number at step {progress.step + 1} (loss {loss_sum}, gradient norm {norm}); the last "
            f"checkpoint is kept. Lower optimizer.learning_rate (now {rate:g}) or trainer.clip_norm, or use "
            f"trainer.precision=fp32"
        )
    if average:
        average.prepare()
    optimizer.step(rate)
    return loss_sum, signal.SIGTERM if terminations else signal.SIGINT if interrupts else 0


def _finish_epoch(
    task: Trainable,
    config: Config,
    progress: Progress,
    processes: Processes,
    log: Log,
    place: RunFolder,
    seconds: float,
) -> tuple[float, Epoch]:
    """Evaluate, keep the best model, decide whether and how to go on; returns the score and what to tell of the epoch.

    Averaged weights are in.
    """
    scores: dict[str, float] = {}
    task.model.eval()
    if isinstance(task, EvaluatedTogether) and task.dev_size:
        scores = task.dev_scores(processes.shared(task.dev_size, task.dev_answers))
    elif processes.is_first:
        scores = task.evaluate()
    if processes.is_first:
        place.check()
    score = processes.from_first([scores.get("score", float(progress.epoch))], next(task.model.parameters()).device)[0]
    if not math.isfinite(score):  # after from_first, so that every process stops
        raise TrainingError(
            f"the dev score is not a number after epoch {progress.epoch + 1} ({score}); the last checkpoint is kept. "
            f"Look for numbers of extreme size in data.dev, or lower optimizer.learning_rate (now "
            f"{config.optimizer.learning_rate:g})"
        )
    loss = progress.loss_sum / max(progress.loss_count, 1)
    progress.epoch, progress.position, progress.loss_sum, progress.loss_count = progress.epoch + 1, 0, 0.0, 0
    progress.seconds = seconds
    better = score > progress.best_score
    if better:
        progress.best_score, progress.best_epoch = score, progress.epoch
        if processes.is_first:
            task.save(scores, progress)
    progress.plateau_epochs = 0 if better else progress.plateau_epochs + 1
    if config.optimizer.schedule == "plateau" and progress.plateau_epochs >= config.optimizer.every_epochs:
        progress.plateau_factor *= config.optimizer.factor
        progress.plateau_epochs = 0
    patience = config.trainer.patience
    out_of_patience = bool(patience) and progress.epoch - progress.best_epoch >= patience
    progress.finished = out_of_patience or progress.epoch >= config.trainer.epochs
    numbers = {"epoch": progress.epoch, "step": progress.step, "seconds": seconds}
    numbers |= {"learning_rate": progress.learning_rate, "loss": loss}
    log.epoch({**numbers, **{f"dev_{key}": value for key, value in scores.items()}})
    shown = "  ".join(f"{key} {value:.2f}" for key, value in scores.items() if key != "score")
    log.say(f"epoch {progress.epoch:3d}/{config.trainer.epochs}  loss {loss:.4f}  {shown}{'  *' if better else ''}")
    if out_of_patience and progress.epoch < config.trainer.epochs:
        log.say(f"no better dev score for {patience} epochs: stopping early")
    return score, Epoch(progress.epoch, progress.step, loss, read_only(scores), better, seconds)


def _dropout_seed(seed: int, step: int, part: int) -> int:
    """A seed for each step and piece, far apart for near inputs (the mixing of NumPy's SeedSequence)."""
    return int(np.random.SeedSequence([seed, step, part]).generate_state(1, np.uint64)[0] >> np.uint64(1))


def _in_main_thread() -> bool:
    """Whether this thread may handle signals."""
    return threading.current_thread() is threading.main_thread()


@contextlib.contextmanager
def _listening(allowed: bool) -> Iterator[list[int]]:
    """Collect SIGINT and SIGTERM in a list instead of dying at once; a second one ends the process as usual.

    Where that is not allowed the list stays empty: the signals belong to a program that trains, or to another thread.
    """
    if not allowed:
        yield []
        return
    received: list[int] = []

    def remember(number: int, frame: FrameType | None) -> None:
        received.append(number)
        signal.signal(number, before[number])

    before = {int(number): signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for number in before:
            signal.signal(number, remember)
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
