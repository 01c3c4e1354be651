"""Which class trains which task, and what launching needs to know of each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import torch

from seqnlp.config.common import Config
from seqnlp.task_table import part_of
from seqnlp.training.task import Trainable

Say = Callable[[str], None]


class Task(Trainable, Protocol):
    """What can be trained and then finished into a model folder."""

    @property
    def config(self) -> Config:
        """The run's configuration."""

    def finish(self) -> str:
        """Complete the saved model after training; returns what was found, in words, or an empty string."""

    def next_commands(self, run: Path) -> list[str]:
        """What one would type next."""


def make_task(config: Config, folder: Path, device: torch.device, say: Say) -> Task:
    """The task that a configuration describes: reads its data and builds its model.

    Raises:
        SeqnlpError: the data are not as configured.
    """
    task: Task = part_of(config.task, "task")(config, folder, device, say)
    return task
