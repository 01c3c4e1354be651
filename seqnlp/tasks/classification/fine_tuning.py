"""An encoder is fine-tuned on labelled texts, and says what it thinks of texts: a teacher for a small classifier."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from seqnlp.arrays import FloatArray
from seqnlp.config.loop import LoopConfig
from seqnlp.models.encoder_classifier import encoder_classifier
from seqnlp.tasks.classification.prediction import probabilities
from seqnlp.tasks.fine_tuning import FineTuner, FineTuning, Say
from seqnlp.tasks.teachers import said_now_and_then


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
        self.model, self._pieces = encoder_classifier(folder, num_classes, options.longest)
        self._tuner = FineTuner(self.model, self.model.encoder.width, options, seed, trainer)
        self.where, self._multi_label = self._tuner.where, multi_label

    def learn(self, texts: Sequence[str], targets: NDArray[np.bool_], say: Say) -> None:
        """Fine-tune on texts and their labels (N, K).

        Raises:
            TrainingError: the loss is not a number any more.
        """
        chosen = self._tuner.chosen(len(texts))
        read, targets = self._pieces.read([texts[number] for number in chosen]), targets[chosen]
        if cut := int((read.lengths >= self._pieces.longest).sum()):
            say(f"{cut:,} of {len(texts):,} texts are cut after {self._pieces.longest} word pieces (--longest)")
        self._tuner.learn(read.lengths, lambda batch: self._loss(self._tuner.scores(read, batch), targets[batch]), say)

    def answers(self, texts: Sequence[str], say: Say = lambda text: None) -> FloatArray:
        """The probabilities (N, K) of the labels of texts."""
        read, report = self._pieces.read(texts), said_now_and_then("encoder", len(texts), "texts", say)
        scores = np.zeros((len(texts), self.model.project.out_features))  # (N, K)
        for batch in self._tuner.reading(read.lengths):
            scores[batch] = self._tuner.scores(read, batch).cpu().numpy()
            report(len(batch))
        return probabilities(scores, self._multi_label)

    def _loss(self, scores: Tensor, targets: NDArray[np.bool_]) -> Tensor:
        """The mean cross-entropy of scores and labels (B, K)."""
        wanted = torch.from_numpy(targets).to(scores.device)
        if self._multi_label:
            return functional.binary_cross_entropy_with_logits(scores, wanted.float())
        return functional.cross_entropy(scores, wanted.int().argmax(dim=1))
