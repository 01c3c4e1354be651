"""What the tasks share: where a run is, how the model of now becomes its model folder, and what launching needs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

from seqnlp.bundle import Bundle, save_bundle
from seqnlp.bundle_files import FOLDER
from seqnlp.config.common import Config
from seqnlp.config.reading import settings_without_places
from seqnlp.models.size import count_parameters
from seqnlp.task_table import part_of
from seqnlp.training.checkpoint import TRAIN, Progress
from seqnlp.training.task import Batch

Settings = TypeVar("Settings", bound=Config)
Model = TypeVar("Model", bound=nn.Module)


class BaseTask(ABC, Generic[Settings, Model]):
    """A model, its data and its scores: what can be trained (``training.task.Trainable``), and then finished.

    Every task is made from ``(config, folder, device, say)``; ``say`` receives a line of text for each thing that a
    person should know about the data.

    Args:
        config: the run's configuration.
        folder: the run directory; models are saved to its ``model`` folder.
        device: where to compute.

    Attributes:
        digests: of all that training reads, ``TRAIN`` and ``DEV`` among them.
        initialized_from: name of the model that this one began with, if it did.
        teachers: names of the models whose answers this one learns, if there are any.
        higher_is_better: whether a higher dev score is a better one.
    """

    model: Model
    digests: dict[str, str]
    initialized_from = ""
    teachers: Sequence[str] = ()
    higher_is_better = True

    def __init__(self, config: Settings, folder: Path, device: torch.device) -> None:
        self.config, self.folder, self.device = config, folder, device

    @abstractmethod
    def plan(self, epoch: int) -> Sequence[Batch]:
        """The batches of an epoch."""

    @abstractmethod
    def count(self, batch: Batch) -> int:
        """The items over which a batch's loss is averaged."""

    @abstractmethod
    def loss(self, examples: Batch, done: float) -> Tensor:
        """The loss summed over the items of the given examples."""

    @abstractmethod
    def evaluate(self) -> dict[str, float]:
        """Dev scores."""

    @abstractmethod
    def saved(self, metrics: dict[str, Any]) -> Bundle:
        """What the model folder holds, but for the settings of the training; ``metrics`` are its ``metrics.json``."""

    def more_metrics(self) -> dict[str, Any]:
        """What only this task knows, for ``metrics.json``."""
        return {}

    def save(self, scores: dict[str, float], progress: Progress) -> None:
        """Write the run's model folder; ``scores`` are those on dev."""
        metrics = {
            "dev": scores,
            "epoch": progress.epoch,
            "step": progress.step,
            "seed": self.config.seed,
            "recipe": self.config.name,
            "parameters": count_parameters(self.model),
            **self.more_metrics(),
            **({"initialized_from": self.initialized_from} if self.initialized_from else {}),
            **({"teachers": list(self.teachers)} if self.teachers else {}),
            "train_sha256": self.digests[TRAIN],
        }
        training = settings_without_places(self.config)
        save_bundle(self.folder / FOLDER, replace(self.saved(metrics), training=training))

    def finish(self) -> str:
        """Complete the saved model after training; returns what was found, in words. Here there is nothing to do."""
        return ""

    @abstractmethod
    def next_commands(self, run: str) -> list[str]:
        """What one would type next; ``run`` as a shell reads it."""


Task = BaseTask[Any, Any]


def python_command(run: str, call: str) -> str:
    """A command that prints what Python's ``load(run).call`` gives; ``run`` as a shell reads it."""
    if "'" not in run:
        return f"python -c \"import seqnlp; print(seqnlp.load('{run}').{call})\""
    return f'python -c "import sys, seqnlp; print(seqnlp.load(sys.argv[1]).{call})" {run}'


def make_task(config: Config, folder: Path, device: torch.device, say: Callable[[str], None]) -> Task:
    """The task that a configuration describes: reads its data and builds its model.

    Raises:
        SeqnlpError: the data are not as configured.
    """
    task: Task = part_of(config.task, "task")(config, folder, device, say)
    return task
