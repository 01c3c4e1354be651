"""An encoder is fine-tuned on labelled texts, and says what it thinks of texts: a teacher for a small classifier."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.config.loop import LoopConfig, OptimizerConfig
from seqnlp.data.batches import plan_epoch, plan_in_order
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.errors import TrainingError
from seqnlp.models.encoder_classifier import encoder_classifier
from seqnlp.tasks.classification.prediction import probabilities
from seqnlp.tasks.teachers import said_now_and_then
from seqnlp.training.device import choose_device, choose_precision
from seqnlp.training.optimizer import Optimizer
from seqnlp.training.schedule import learning_rate

WARM_UP = 0.06
"""Part of the steps in which the learning rate rises; then it falls to 0."""

WEIGHT_DECAY, LARGEST_GRADIENT = 0.01, 1.0
SECONDS_BETWEEN = 20.0
"""After which it is said how far the work is."""

TEXTS_AT_ONCE, PIECES_AT_ONCE = 64, 8192

Say = Callable[[str], None]


@dataclass(frozen=True)
class FineTuning:
    """How an encoder is fine-tuned.

    Attributes:
        epochs: passes over the examples.
        examples: at most so many are used, drawn at random; 0: all.
        learning_rate: the highest.
        batch: texts a step.
        longest: word pieces of a text that are read.
    """

    epochs: int
    examples: int
    learning_rate: float
    batch: int
    longest: int


class FineTunedEncoder:
    """A classifier on top of a pretrained encoder.

    Args:
        folder: of the encoder.
        num_classes: K.
        multi_label: a text has any number of labels.
        seed: of the output layer, the order of texts and dropout.
        trainer: where and how precisely it computes.

    Attributes:
        where: that, in words.

    Raises:
        DataError: the folder lacks a file, or its encoder is of a kind that is not understood.
    """

    def __init__(
        self,
        folder: Path,
        num_classes: int,
        multi_label: bool,
        options: FineTuning,
        seed: int,
        trainer: LoopConfig,
    ) -> None:
        torch.manual_seed(seed)
        model, self._pieces = encoder_classifier(folder, num_classes, options.longest)
        self._device = choose_device(trainer.device)
        self.model = model.to(self._device)
        self._dtype, reason = choose_precision(trainer, self._device, model.encoder.width)
        self.where = f"{self._device}, {reason}"
        self._multi_label, self._options, self._seed = multi_label, options, seed

    def learn(self, texts: Sequence[str], targets: NDArray[np.bool_], say: Say) -> None:
        """Fine-tune on texts and their labels (N, K): AdamW, a warm-up, then a learning rate that falls to 0.

        Raises:
            TrainingError: the loss is not a number any more.
        """
        options, chosen = self._options, self._chosen(len(texts))
        read, targets = self._pieces.read([texts[number] for number in chosen]), targets[chosen]
        if cut := int((read.lengths >= self._pieces.longest).sum()):
            say(f"{cut:,} of {len(texts):,} texts are cut after {self._pieces.longest} word pieces (--longest)")
        batches = [
            batch
            for epoch in range(options.epochs)
            for batch in plan_epoch(read.lengths, options.batch, options.batch * options.longest, self._seed, epoch)
        ]
        steps = len(batches)
        config = OptimizerConfig("adamw", options.learning_rate, WEIGHT_DECAY, warmup_steps=math.ceil(WARM_UP * steps))
        optimizer, report = Optimizer(self.model, config), _Report(steps, say)
        self.model.train()
        for step, batch in enumerate(batches):
            loss = self._loss(read, batch, targets[batch])
            if not torch.isfinite(loss):
                raise TrainingError(f"the loss is not a number at step {step + 1:,}; lower --learning-rate")
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.clip(LARGEST_GRADIENT)
            optimizer.step(learning_rate(config, step, step / steps, 1, 1.0))
            report.add(loss.item())

    def answers(self, texts: Sequence[str], say: Say = lambda text: None) -> FloatArray:
        """The probabilities (N, K) of the labels of texts."""
        read, report = self._pieces.read(texts), said_now_and_then("encoder", len(texts), "texts", say)
        scores = np.zeros((len(texts), self.model.project.out_features))  # (N, K)
        self.model.eval()
        for batch in plan_in_order(read.lengths, TEXTS_AT_ONCE, PIECES_AT_ONCE):
            with torch.inference_mode():
                scores[batch] = self._scores(read, batch).cpu().numpy()
            report(len(batch))
        return probabilities(scores, self._multi_label)

    def _chosen(self, count: int) -> IntArray:
        """The numbers of the texts that are learnt from."""
        drawn = np.random.default_rng(self._seed).permutation(count)
        return drawn[: self._options.examples] if self._options.examples else np.arange(count)

    def _loss(self, read: FlatSequences, batch: IntArray, targets: NDArray[np.bool_]) -> Tensor:
        """The mean cross-entropy of the texts of a batch and their labels (B, K)."""
        scores, wanted = self._scores(read, batch), torch.from_numpy(targets).to(self._device)
        if self._multi_label:
            return functional.binary_cross_entropy_with_logits(scores, wanted.float())
        return functional.cross_entropy(scores, wanted.int().argmax(dim=1))

    def _scores(self, read: FlatSequences, batch: IntArray) -> Tensor:
        """The scores (B, K) of the texts of a batch."""
        ids = read.padded(batch)  # (B, T)
        mask = (np.arange(ids.shape[1]) < read.lengths[batch][:, None]).astype(np.int64)  # (B, T)
        with torch.autocast(self._device.type, self._dtype, enabled=self._dtype != torch.float32):
            scores: Tensor = self.model(*(torch.from_numpy(array).to(self._device) for array in (ids, mask)))
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
