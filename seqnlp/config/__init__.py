"""The configuration: plain dataclasses, every field with its meaning, unit and range.

YAML files, recipes and command-line overrides are merged elsewhere (compose/); here a nested dictionary becomes the
:class:`Config` of its task, and :func:`read_config` reports every unknown key, wrong type, value out of range and
impossible combination at once, before any data is read. Nothing above this floor sees a dictionary or a Hydra object.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from typing import Any

from seqnlp.config.anomaly_detection import (
    AnomalyDataConfig,
    AnomalyDetectionConfig,
    AutoencoderConfig,
    AutoencoderTrainerConfig,
)
from seqnlp.config.classification import (
    AUTO_NGRAMS,
    FEW_DOCUMENTS,
    MIN_DISTANCE,
    ClassificationConfig,
    ClassifierConfig,
    DocumentDataConfig,
    TokensConfig,
)
from seqnlp.config.common import AboutConfig, Config, LoopConfig, OptimizerConfig, SplitsConfig, TrainerConfig
from seqnlp.config.forecasting import ForecasterConfig, ForecastingConfig, WindowTrainerConfig
from seqnlp.config.language_model import (
    LanguageModelConfig,
    LanguageTokensConfig,
    RecurrentLanguageModelConfig,
    StreamTrainerConfig,
    TextDataConfig,
)
from seqnlp.config.schema import collect_section, read_section, setting
from seqnlp.config.series import SeriesDataConfig
from seqnlp.config.tagging import DataConfig, ModelConfig, TaggingConfig
from seqnlp.config.translation import (
    DecodingConfig,
    ParallelDataConfig,
    SubwordConfig,
    TranslationConfig,
    TranslatorConfig,
)
from seqnlp.errors import ConfigError, did_you_mean, shortened
from seqnlp.task_table import TASKS, part_of

__all__ = [
    "AUTO_NGRAMS",
    "CONFIGS",
    "FEW_DOCUMENTS",
    "MIN_DISTANCE",
    "AboutConfig",
    "AnomalyDataConfig",
    "AnomalyDetectionConfig",
    "AutoencoderConfig",
    "AutoencoderTrainerConfig",
    "ClassificationConfig",
    "ClassifierConfig",
    "Config",
    "DataConfig",
    "DecodingConfig",
    "DocumentDataConfig",
    "ForecasterConfig",
    "ForecastingConfig",
    "LanguageModelConfig",
    "LanguageTokensConfig",
    "LoopConfig",
    "ModelConfig",
    "OptimizerConfig",
    "ParallelDataConfig",
    "RecurrentLanguageModelConfig",
    "SeriesDataConfig",
    "SplitsConfig",
    "StreamTrainerConfig",
    "SubwordConfig",
    "TaggingConfig",
    "TextDataConfig",
    "TokensConfig",
    "TrainerConfig",
    "TranslationConfig",
    "TranslatorConfig",
    "WindowTrainerConfig",
    "config_to_dict",
    "config_without_places",
    "default_config",
    "read_config",
    "read_section",
    "setting",
    "settings_without_places",
]

CONFIGS: dict[str, type[Config]] = {task: part_of(task, "config") for task in TASKS}
"""The configuration of each task; the first is what a run without a recipe does."""


def default_config(task: str = "tagging") -> Config:
    """A task's configuration with nothing set."""
    return CONFIGS[task]()


def read_config(raw: Mapping[str, Any]) -> Config:
    """Turn a nested mapping into the validated configuration of its ``task``.

    Raises:
        ConfigError: with every unknown key, wrong type, value out of range and impossible combination.
    """
    problems: list[str] = []
    config = typing.cast(Config, collect_section(CONFIGS[_task_of(raw)], raw, "", problems))
    problems += config.problems()
    if problems:
        raise ConfigError(problems)
    return config


def _task_of(raw: Mapping[str, Any]) -> str:
    task = raw.get("task", "tagging")
    if not isinstance(task, str) or task not in TASKS:
        hint = did_you_mean(str(task), TASKS)
        raise ConfigError([f"task: expected one of {', '.join(TASKS)}; found {shortened(task)}{hint}"])
    return task


_PLACES = {
    "": ("run", "start_from"),
    "data": ("dir", "train", "dev", "test", "hub", "labels"),
    "model": ("vectors", "context"),
}
"""By group, settings that say where something is."""


def settings_without_places(config: Config) -> dict[str, Any]:
    """How a run was trained, for whoever has its model alone; :func:`config_without_places` reads it back."""
    settings = config_to_dict(config)
    for group, names in _PLACES.items():
        section = settings.get(group, {}) if group else settings
        for name in names:
            if isinstance(section.get(name), str):
                section[name] = ""
    return settings


def config_without_places(raw: Mapping[str, Any]) -> Config:
    """The inverse of :func:`settings_without_places`: a configuration that names no data.

    Raises:
        ConfigError: with every unknown key, wrong type and value out of range.
    """
    problems: list[str] = []
    config = typing.cast(Config, collect_section(CONFIGS[_task_of(raw)], raw, "", problems))
    if problems:
        raise ConfigError(problems)
    return config


def config_to_dict(config: Config) -> dict[str, Any]:
    """The nested dictionary that :func:`read_config` reads back to an equal :class:`Config`."""
    return dataclasses.asdict(config)
