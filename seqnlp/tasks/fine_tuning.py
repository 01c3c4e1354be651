"""A pretrained encoder with an output layer is fine-tuned: the loop that its tasks share."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from seqnlp.arrays import IntArray
from seqnlp.config.loop import LoopConfig, OptimizerConfig
from seqnlp.data.batches import plan_epoch, plan_in_order
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.errors import TrainingError
from seqnlp.training.device import choose_device, choose_precision
from seqnlp.training.optimizer import Optimizer
from seqnlp.training.schedule import learning_rate

WARM_UP = 0.06
"""Part of the steps in which the learning rate rises; then it falls to 0."""

WEIGHT_DECAY, LARGEST_GRADIENT = 0.01, 1.0
SECONDS_BETWEEN = 20.0
"""After which it is said how far the work is."""

READ_AT_ONCE, PIECES_AT_ONCE = 64, 8192

Say = Callable[[str], None]


@dataclass(frozen=True)
class FineTuning:
    """How an encoder is fine-tuned.

    Attributes:
        epochs: passes over the examples.
        examples: at most so many are used, drawn at random; 0: all.
        learning_rate: the highest.
        batch: texts or sentences a step.
        longest: word pieces that are read at once.
    """

    epochs: int
    examples: int
    learning_rate: float
    batch: int
    longest: int


class FineTuner:
    """Trains a network on word pieces, and reads with it.

    Args:
        model: ids and mask (B, T), and whatever else it needs, to scores.
        width: of its layers.
        seed: of the order of texts.
        trainer: where and how precisely it computes.

    Attributes:
        device: where the network is.
        where: that and the precision, in words.
    """

    def __init__(self, model: nn.Module, width: int, options: FineTuning, seed: int, trainer: LoopConfig) -> None:
        self.device = choose_device(trainer.device)
        self.model, self._options, self._seed = model.to(self.device), options, seed
        self._dtype, reason = choose_precision(trainer, self.device, width)
        self.where = f"{self.device}, {reason}"

    def chosen(self, count: int) -> IntArray:
        """The numbers of the examples that are learnt from."""
        drawn = np.random.default_rng(self._seed).permutation(count)
        return drawn[: self._options.examples] if self._options.examples else np.arange(count)

    def learn(self, lengths: IntArray, loss_of: Callable[[IntArray], Tensor], say: Say) -> None:
        """AdamW, a warm-up, then a learning rate that falls to 0.

        Args:
            lengths: (N,) word pieces of each example.
            loss_of: the mean loss () of some of them, by their numbers (B,).

        Raises:
            TrainingError: the loss is not a number any more.
        """
        options = self._options
        batches = [
            batch
            for epoch in range(options.epochs)
            for batch in plan_epoch(lengths, options.batch, options.batch * options.longest, self._seed, epoch)
        ]
        steps = len(batches)
        config = OptimizerConfig("adamw", options.learning_rate, WEIGHT_DECAY, warmup_steps=math.ceil(WARM_UP * steps))
        optimizer, report = Optimizer(self.model, config), _Report(steps, say)
        self.model.train()
        for step, batch in enumerate(batches):
            loss = loss_of(batch)
            if not torch.isfinite(loss):
                raise TrainingError(f"the loss is not a number at step {step + 1:,}; lower --learning-rate")
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.clip(LARGEST_GRADIENT)
            optimizer.step(learning_rate(config, step, step / steps, 1, 1.0))
            report.add(loss.item())

    def reading(self, lengths: IntArray) -> Iterator[IntArray]:
        """All examples of these lengths (N,) in batches of numbers (B,), while the network is not trained."""
        self.model.eval()
        with torch.inference_mode():
            yield from plan_in_order(lengths, READ_AT_ONCE, PIECES_AT_ONCE)

    def scores(self, pieces: FlatSequences, batch: IntArray, *more: Tensor) -> Tensor:
        """What the network gives for the examples of a batch, and what else it needs to know of them."""
        ids = pieces.padded(batch)  # (B, T)
        mask = (np.arange(ids.shape[1]) < pieces.lengths[batch][:, None]).astype(np.int64)  # (B, T)
        with torch.autocast(self.device.type, self._dtype, enabled=self._dtype != torch.float32):
            given = (*(torch.from_numpy(array) for array in (ids, mask)), *more)
            scores: Tensor = self.model(*(tensor.to(self.device) for tensor in given))
        return scores


class _Report:
    """Says now and then, and at the end, how far the steps are and how large the loss was since it was said last."""

    def __init__(self, steps: int, say: Say) -> None:
        self._steps, self._say, self._began, self._losses, self._done = steps, say, time.monotonic(), list[float](), 0
        self._told = self._began

    def add(self, loss: float) -> None:
        self._losses.append(loss)
        self._done, now = self._done + 1, time.monotonic()
        if now - self._told > SECONDS_BETWEEN or self._done == self._steps:
            minutes = math.ceil((now - self._began) * (self._steps / self._done - 1) / 60)
            mean = sum(self._losses) / len(self._losses)
            self._say(f"  step {self._done:,} of {self._steps:,}  loss {mean:.4f}  {minutes} minutes left")
            self._told, self._losses = now, []
