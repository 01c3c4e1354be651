"""A nested mapping becomes the configuration of its task, and back."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from typing import Any

from seqnlp.config.common import Config
from seqnlp.config.schema import collect_section
from seqnlp.errors import ConfigError, did_you_mean, shortened
from seqnlp.task_table import TASKS, part_of


def config_class(task: str) -> type[Config]:
    """The configuration of a task."""
    schema: type[Config] = part_of(task, "config")
    return schema


def default_config(task: str = "tagging") -> Config:
    """A task's configuration with nothing set."""
    return config_class(task)()


def read_config(raw: Mapping[str, Any]) -> Config:
    """Turn a nested mapping into the validated configuration of its ``task``.

    Raises:
        ConfigError: with every unknown key, wrong type, value out of range and impossible combination.
    """
    problems: list[str] = []
    config = typing.cast(Config, collect_section(config_class(_task_of(raw)), raw, "", problems))
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
    "data": ("dir", "train", "dev", "test", "hub", "labels", "train_on_dev"),
    "model": ("vectors", "piece_vectors", "context"),
    "teacher": ("runs", "texts", "answers"),
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
    config = typing.cast(Config, collect_section(config_class(_task_of(raw)), raw, "", problems))
    if problems:
        raise ConfigError(problems)
    return config


def config_to_dict(config: Config) -> dict[str, Any]:
    """The nested dictionary that :func:`read_config` reads back to an equal :class:`Config`."""
    return dataclasses.asdict(config)
