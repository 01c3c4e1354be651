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
from torch import Tensor, nn
from torch.nn import functional

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.config.loop import LoopConfig
from seqnlp.data.batches import plan_epoch, plan_in_order
from seqnlp.errors import TrainingError
from seqnlp.models.encoder_classifier import encoder_classifier, lengths_of, padded
from seqnlp.tasks.classification.prediction import probabilities
from seqnlp.training.device import choose_device, choose_precision

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

    epochs: int = 3
    examples: int = 0
    learning_rate: float = 5e-5
    batch: int = 32
    longest: int = 128


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
        lengths = lengths_of(read)
        if cut := int((lengths >= self._pieces.longest).sum()):
            say(f"{cut:,} of {len(read):,} texts are cut after {self._pieces.longest} word pieces (--longest)")
        batches = [
            batch
            for epoch in range(options.epochs)
            for batch in plan_epoch(lengths, options.batch, options.batch * options.longest, self._seed, epoch)
        ]
        optimizer = torch.optim.AdamW(self.model.parameters(), options.learning_rate, weight_decay=WEIGHT_DECAY)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, len(batches)))
        report = _Report(len(batches), say)
        self.model.train()
        for step, batch in enumerate(batches, start=1):
            loss = self._loss([read[number] for number in batch], targets[batch])
            if not torch.isfinite(loss):
                raise TrainingError(f"the loss is not a number at step {step:,}; lower --learning-rate")
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self.model.parameters(), LARGEST_GRADIENT)
            optimizer.step()
            schedule.step()
            report.add(loss.item())

    def answers(self, texts: Sequence[str], say: Say = lambda text: None) -> FloatArray:
        """The probabilities (N, K) of the labels of texts."""
        read, told, done = self._pieces.read(texts), time.monotonic(), 0
        scores = np.zeros((len(read), self.model.project.out_features))  # (N, K)
        self.model.eval()
        for batch in plan_in_order(lengths_of(read), TEXTS_AT_ONCE, PIECES_AT_ONCE):
            with torch.inference_mode():
                scores[batch] = self._scores([read[number] for number in batch]).cpu().numpy()
            done += len(batch)
            if time.monotonic() - told > SECONDS_BETWEEN:
                told = time.monotonic()
                say(f"  {done:,} of {len(read):,} texts are answered")
        return probabilities(scores, self._multi_label)

    def _chosen(self, count: int) -> IntArray:
        """The numbers of the texts that are learnt from."""
        drawn = np.random.default_rng(self._seed).permutation(count)
        return drawn[: self._options.examples] if self._options.examples else np.arange(count)

    def _loss(self, read: Sequence[Sequence[int]], targets: NDArray[np.bool_]) -> Tensor:
        """The mean cross-entropy of texts and their labels (B, K)."""
        scores, wanted = self._scores(read), torch.from_numpy(targets).to(self._device)
        if self._multi_label:
            return functional.binary_cross_entropy_with_logits(scores, wanted.float())
        return functional.cross_entropy(scores, wanted.int().argmax(dim=1))

    def _scores(self, read: Sequence[Sequence[int]]) -> Tensor:
        ids, mask = padded(read)
        with torch.autocast(self._device.type, self._dtype, enabled=self._dtype != torch.float32):
            scores: Tensor = self.model(ids.to(self._device), mask.to(self._device))  # (B, K)
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


def _rate(step: int, total: int) -> float:
    """The learning rate of a step from 0, as a part of the highest."""
    return min(1.0, (step + 1) / (WARM_UP * total)) * max(0.0, 1 - step / total)
