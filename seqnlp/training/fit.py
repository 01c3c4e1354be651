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
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from seqnlp.config.common import Config
from seqnlp.data.batches import share
from seqnlp.errors import TrainingError
from seqnlp.training.average import make_average
from seqnlp.training.callbacks import Callbacks, Epoch, Step, read_only
from seqnlp.training.checkpoint import Progress, save_checkpoint
from seqnlp.training.distributed import Processes
from seqnlp.training.freeze import freeze
from seqnlp.training.interrupts import Interrupted, signals_collected
from seqnlp.training.log import Log
from seqnlp.training.optimizer import Optimizer
from seqnlp.training.run_folder import RunFolder
from seqnlp.training.schedule import learning_rate
from seqnlp.training.states import collect_states, restore
from seqnlp.training.task import Batch, EvaluatedTogether, Trainable


def fit(
    task: Trainable,
    config: Config,
    run: Path,
    processes: Processes,
    precision: torch.dtype = torch.float32,
    callbacks: Callbacks | None = None,
) -> Progress:
    """Train until the last epoch or until patience is spent, resuming from the run's checkpoint if it has one.

    Args:
        callbacks: of a program that trains from Python; signals are then left to it.

    Raises:
        ConfigError: there are no such groups of parameters as are to be frozen.
        Interrupted: a signal came; the checkpoint is written and `seqnlp resume` goes on from it.
        TrainingError: the loss or a dev score is not a number, the disk is full, or the run directory is gone.
    """
    freeze(task.model, config.trainer.freeze)
    loop = _Loop(task, config, run, processes, precision, callbacks)
    with loop.log, signals_collected(callbacks is None) as loop.signals:
        while not loop.is_over:
            loop.train_epoch()
            epoch = loop.evaluate_epoch()
            loop.checkpoint()
            if callbacks:
                callbacks.epoch_done(epoch)
    return loop.progress


class _Loop:
    """A training under way: what is trained, how, and how far it is."""

    signals: list[int]
    """SIGINT and SIGTERM, as far as they came."""

    def __init__(
        self,
        task: Trainable,
        config: Config,
        run: Path,
        processes: Processes,
        precision: torch.dtype,
        callbacks: Callbacks | None,
    ) -> None:
        self.task, self.config, self.trainer = task, config, config.trainer
        self.processes, self.precision, self.callbacks = processes, precision, callbacks
        self.device = next(task.model.parameters()).device
        self.optimizer = Optimizer(task.model, config.optimizer)
        self.average = make_average(task.model, config)
        self.progress = restore(task, self.optimizer, self.average, run)
        self.log = Log(
            run,
            self.trainer.epochs,
            active=processes.is_first,
            progress=self.trainer.progress,
            tensorboard=self.trainer.tensorboard,
            epoch=self.progress.epoch,
            embedded=callbacks is not None,
        )
        self._begun = time.monotonic() - self.progress.seconds
        run.mkdir(parents=True, exist_ok=True)  # `launch` has made it; who calls this alone may not
        self._run, self._folder = run, RunFolder(run)

    @property
    def is_over(self) -> bool:
        """Whether there is no epoch left to train."""
        return self.progress.finished or self.progress.epoch >= self.trainer.epochs

    @property
    def _seconds(self) -> float:
        """Spent on training, over all sessions."""
        return time.monotonic() - self._begun

    def train_epoch(self) -> None:
        """One pass over the training split, or what is left of it.

        Raises:
            Interrupted: a signal came; the checkpoint is written.
            TrainingError: the loss is not a number.
        """
        progress, trainer = self.progress, self.trainer
        plan = self.task.plan(progress.epoch)
        self.task.model.train()
        while progress.position < len(plan):
            signal_number = self._train_batch(plan)
            if signal_number:
                self.checkpoint()
                raise Interrupted(signal_number)
            if progress.step % trainer.checkpoint_steps == 0 and progress.position < len(plan):
                self.checkpoint()

    def _epochs_done(self, plan: Sequence[Batch]) -> float:
        """As a real number."""
        return self.progress.epoch + self.progress.position / len(plan)

    def _train_batch(self, plan: Sequence[Batch]) -> int:
        """One optimizer step over the next batch, counted and shown; returns the signal that asks to stop (0: none)."""
        progress, optimizer, epochs = self.progress, self.config.optimizer, self._epochs_done(plan)
        batch = plan[progress.position]
        progress.learning_rate = learning_rate(
            optimizer, progress.step, epochs, self.trainer.epochs, progress.plateau_factor
        )
        self.optimizer.zero_grad()
        loss_sum = self._backward(batch, epochs / self.trainer.epochs)
        loss_sum, signal_number = self._sum_over_processes(loss_sum)
        norm = self.optimizer.clip(self.trainer.clip_norm)
        self._refuse_undefined_loss(loss_sum, norm)
        if self.average:
            self.average.prepare()
        self.optimizer.step(progress.learning_rate)
        if self.average:
            self.average.update(progress.step)
        progress.step += 1
        progress.position += 1
        progress.loss_sum += loss_sum
        progress.loss_count += self.task.count(batch)
        mean = progress.loss_sum / progress.loss_count
        best = progress.best_score if self.task.higher_is_better else -progress.best_score
        done = self._epochs_done(plan)
        self.log.at(done, mean, best)
        if self.callbacks:
            self.callbacks.step_done(Step(progress.step, done, mean, progress.learning_rate))
        return signal_number

    def _backward(self, batch: Batch, done: float) -> float:
        """Gradients of this process's pieces of the batch; returns their summed loss."""
        count, pieces = self.task.count(batch), self.trainer.accumulation * self.processes.count
        loss_sum = 0.0
        for number in range(self.trainer.accumulation):
            piece = number * self.processes.count + self.processes.rank
            examples = share(batch, piece, pieces)
            if len(examples) == 0:
                continue
            _seed(_dropout_seed(self.config.seed, self.progress.step, piece), self.device)
            with torch.autocast(self.device.type, self.precision, enabled=self.precision != torch.float32):
                loss = self.task.loss(examples, done)
            torch.autograd.backward(loss / count)
            loss_sum += loss.item()
        return loss_sum

    def _sum_over_processes(self, loss_sum: float) -> tuple[float, int]:
        """Sum the gradients; returns the batch's loss and the signal that came to any process (0: none)."""
        extra = torch.tensor([loss_sum, signal.SIGINT in self.signals, signal.SIGTERM in self.signals])  # (3,)
        dense, sparse = self.optimizer.dense_parameters, self.optimizer.sparse_parameters
        loss_sum, interrupts, terminations = self.processes.sum_gradients(dense, sparse, extra).tolist()
        return loss_sum, signal.SIGTERM if terminations else signal.SIGINT if interrupts else 0

    def _refuse_undefined_loss(self, loss_sum: float, norm: float) -> None:
        if not math.isfinite(loss_sum) or not math.isfinite(norm):
            raise TrainingError(
                f"the loss is not a number at step {self.progress.step + 1} (loss {loss_sum}, gradient norm {norm}); "
                f"the last checkpoint is kept. Lower optimizer.learning_rate (now {self.progress.learning_rate:g}) or "
                f"trainer.clip_norm, or use trainer.precision=fp32"
            )

    def evaluate_epoch(self) -> Epoch:
        """Score the epoch on dev, keep the best model, decide whether and how to go on; returns what to tell of it.

        Raises:
            TrainingError: the dev score is not a number, or the run directory is gone.
        """
        progress, seconds = self.progress, self._seconds
        with self.average.swapped_in() if self.average else contextlib.nullcontext():
            scores, score = self._dev_scores()
            loss = progress.loss_sum / max(progress.loss_count, 1)
            progress.epoch, progress.position, progress.loss_sum, progress.loss_count = progress.epoch + 1, 0, 0.0, 0
            progress.seconds = seconds
            better = score > progress.best_score
            if better:
                progress.best_score, progress.best_epoch = score, progress.epoch
                if self.processes.is_first:
                    self.task.save(scores, progress)
        if self.average:
            self.average.consider(score)
        self._reduce_on_plateau(better)
        patience = self.trainer.patience
        out_of_patience = bool(patience) and progress.epoch - progress.best_epoch >= patience
        progress.finished = out_of_patience or progress.epoch >= self.trainer.epochs
        self._log_epoch(loss, scores, better)
        if out_of_patience and progress.epoch < self.trainer.epochs:
            self.log.say(f"no better dev score for {patience} epochs: stopping early")
        return Epoch(progress.epoch, progress.step, loss, read_only(scores), better, seconds)

    def _dev_scores(self) -> tuple[dict[str, float], float]:
        """Dev scores by name, which only the first process may have, and the one that decides, which all have."""
        task, processes = self.task, self.processes
        scores: dict[str, float] = {}
        task.model.eval()
        if isinstance(task, EvaluatedTogether) and task.dev_size:
            scores = task.dev_scores(processes.shared(task.dev_size, task.dev_answers))
        elif processes.is_first:
            scores = task.evaluate()
        if processes.is_first:
            self._folder.check()
        score = next(iter(scores.values()), float(self.progress.epoch))  # without scores the last epoch is the best
        if scores:
            score = score if task.higher_is_better else -score  # from here on higher is better
            scores = {"score": score, **scores}
        score = processes.from_first([score], self.device)[0]
        if not math.isfinite(score):  # after from_first, so that every process stops
            raise TrainingError(
                f"the dev score is not a number after epoch {self.progress.epoch + 1} ({score}); the last checkpoint "
                f"is kept. Look for numbers of extreme size in data.dev, or lower optimizer.learning_rate (now "
                f"{self.config.optimizer.learning_rate:g})"
            )
        return scores, score

    def _reduce_on_plateau(self, better: bool) -> None:
        """Lower the learning rate where dev scores no longer rise, if the schedule is ``plateau``."""
        progress, optimizer = self.progress, self.config.optimizer
        progress.plateau_epochs = 0 if better else progress.plateau_epochs + 1
        if optimizer.schedule == "plateau" and progress.plateau_epochs >= optimizer.every_epochs:
            progress.plateau_factor *= optimizer.factor
            progress.plateau_epochs = 0

    def _log_epoch(self, loss: float, scores: dict[str, float], better: bool) -> None:
        progress = self.progress
        numbers = {"epoch": progress.epoch, "step": progress.step, "seconds": progress.seconds}
        numbers |= {"learning_rate": progress.learning_rate, "loss": loss}
        self.log.epoch({**numbers, **{f"dev_{key}": value for key, value in scores.items()}})
        shown = "  ".join(f"{key} {value:.2f}" for key, value in scores.items() if key != "score")
        star = "  *" if better else ""
        self.log.say(f"epoch {progress.epoch:3d}/{self.trainer.epochs}  loss {loss:.4f}  {shown}{star}")

    def checkpoint(self) -> None:
        """Write the run's checkpoint; all processes call this together."""
        self.progress.seconds, self.progress.processes = self._seconds, self.processes.count
        states = collect_states(self.task, self.optimizer, self.average, self.processes)
        if self.processes.is_first:
            self._folder.check()
            save_checkpoint(self._run, self.progress, self.task.digests, states)
        self.processes.wait()


def _seed(seed: int, device: torch.device) -> None:
    """As ``torch.manual_seed``, which writes down the whole stack for each kind of device that is not in use."""
    if device.type not in ("cpu", "cuda"):
        torch.manual_seed(seed)
        return
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        torch.cuda.manual_seed_all(seed)


def _dropout_seed(seed: int, step: int, part: int) -> int:
    """A seed for each step and piece, far apart for near inputs (the mixing of NumPy's SeedSequence)."""
    return int(np.random.SeedSequence([seed, step, part]).generate_state(1, np.uint64)[0] >> np.uint64(1))
