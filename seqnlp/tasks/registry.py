"""Which class trains which task, and what launching needs to know of each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import torch

from seqnlp.config import (
    AnomalyConfig,
    ClassificationConfig,
    Config,
    ForecastingConfig,
    LanguageModelConfig,
    TaggingConfig,
    TranslationConfig,
)
from seqnlp.training.fit import Trainable

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
    if isinstance(config, TranslationConfig):
        from seqnlp.tasks.translation.task import TranslationTask

        return TranslationTask(config, folder, device, say)
    if isinstance(config, ClassificationConfig):
        from seqnlp.tasks.classification.task import ClassificationTask

        return ClassificationTask(config, folder, device, say)
    if isinstance(config, LanguageModelConfig):
        from seqnlp.tasks.language_model.task import LanguageModelTask

        return LanguageModelTask(config, folder, device, say)
    if isinstance(config, AnomalyConfig):
        from seqnlp.tasks.anomaly_detection.task import AnomalyTask

        return AnomalyTask(config, folder, device, say)
    if isinstance(config, ForecastingConfig):
        from seqnlp.tasks.forecasting.task import ForecastingTask

        return ForecastingTask(config, folder, device, say)
    from seqnlp.tasks.tagging.task import TaggingTask

    assert isinstance(config, TaggingConfig)
    return TaggingTask(config, folder, device, say)


def widest(config: Config) -> int:
    """The width of the products that dominate a step: what decides whether bf16 pays on a CPU."""
    if isinstance(config, TranslationConfig):
        return max(config.model.encoder_hidden_dim, config.model.decoder_hidden_dim)
    assert isinstance(
        config, TaggingConfig | ClassificationConfig | LanguageModelConfig | ForecastingConfig | AnomalyConfig
    )
    return config.model.hidden_dim
