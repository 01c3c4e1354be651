"""The smallest task that the training loop can train: guess a class from a bag of words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tiny_settings import configured
from torch import Tensor, nn
from torch.nn import functional

from seqnlp.config.common import Config
from seqnlp.config.tagging import TaggingConfig
from seqnlp.data.batches import plan_epoch
from seqnlp.training.checkpoint import TRAIN, Progress
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit

NUM_WORDS, NUM_CLASSES = 30, 4
DIGESTS = {TRAIN: "toy"}


class ToyModel(nn.Module):
    """A sparse table, dropout and a linear layer."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.table = nn.Embedding(NUM_WORDS, 6, sparse=True)
        self.dropout = nn.Dropout(dropout)
        self.project = nn.Linear(6, NUM_CLASSES)

    def forward(self, words: Tensor) -> Tensor:
        """Logits (B, K) of bags of words (B, W)."""
        return self.project(self.dropout(torch.tanh(self.table(words))).sum(dim=1))


class ToyTask:
    """Implements ``training.task.Trainable``.

    Args:
        before_loss: called with the number of losses computed so far; may raise, kill or break something.
        has_dev: whether there are dev scores; computing them also draws random numbers.
        higher_is_better: the dev score is minus the loss; else it is the loss.
    """

    def __init__(
        self,
        config: Config,
        folder: Path,
        *,
        dropout: float = 0.3,
        has_dev: bool = True,
        higher_is_better: bool = True,
        num_examples: int = 23,
        before_loss: Callable[[int], None] = lambda count: None,
    ) -> None:
        self.config, self.folder, self.has_dev, self.before_loss = config, folder, has_dev, before_loss
        self.digests, self.higher_is_better = DIGESTS, higher_is_better
        source = np.random.default_rng(5)
        self.words = torch.from_numpy(source.integers(0, NUM_WORDS, size=(num_examples, 3)))  # (S, W)
        self.classes = self.words.sum(dim=1) % NUM_CLASSES  # (S,)
        self.lengths = source.integers(1, 9, size=num_examples)  # (S,)
        torch.manual_seed(config.seed)
        self.model = ToyModel(dropout)
        self.num_losses = 0
        self.saved: list[tuple[int, float]] = []
        self.scores: Callable[[int], float] | None = None
        self.num_evaluations = 0

    def plan(self, epoch: int) -> Sequence[NDArray[np.int64]]:
        """Batches of the epoch."""
        trainer = self.config.trainer
        return plan_epoch(self.lengths, trainer.batch_sentences, trainer.batch_tokens, self.config.seed, epoch)

    def count(self, batch: NDArray[np.int64]) -> int:
        """Examples of the batch."""
        return len(batch)

    def loss(self, examples: NDArray[np.int64], done: float = 0.0) -> Tensor:
        """Summed cross-entropy."""
        self.before_loss(self.num_losses)
        self.num_losses += 1
        return functional.cross_entropy(self.model(self.words[examples]), self.classes[examples], reduction="sum")

    def evaluate(self) -> dict[str, float]:
        """The mean loss over all examples or minus it, or what ``scores`` says."""
        if not self.has_dev:
            return {}
        assert not self.model.training
        torch.rand(7)
        self.num_evaluations += 1
        with torch.inference_mode():
            logits = self.model(self.words)
        loss = float(functional.cross_entropy(logits, self.classes))
        score = -loss if self.higher_is_better else loss
        return {"toy": self.scores(self.num_evaluations) if self.scores else score}

    def save(self, scores: dict[str, float], progress: Progress) -> None:
        """Keep the weights beside the checkpoint."""
        self.saved.append((progress.epoch, scores.get("score", 0.0)))
        torch.save(self.model.state_dict(), self.folder / "best.pt")


def toy_config(**changes: object) -> Config:
    """Three epochs of batches of five; changes as ``trainer__epochs=2``."""
    raw = {"data": {"train": "-", "dev": "-"}, "optimizer": {"learning_rate": 0.05}}
    trainer = {"epochs": 3, "batch_sentences": 5, "progress": False}
    return configured(TaggingConfig, {**raw, "trainer": trainer}, changes)


def train(folder: Path, config: Config, **options: object) -> tuple[ToyTask, Progress]:
    """Train a new toy in this process, from the folder's checkpoint if there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    task = ToyTask(config, folder, **options)
    return task, fit(task, config, folder, Processes())
