"""Overrides and recipes become the :class:`Config` of one run."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import cast

from seqnlp.compose.session import PRIMARY, hydra_session
from seqnlp.compose.settings import merged_settings
from seqnlp.compose.typed import read_overrides
from seqnlp.config.common import Config
from seqnlp.config.idle import idle_settings
from seqnlp.config.reading import read_config
from seqnlp.config.typed import quoted
from seqnlp.errors import ConfigError
from seqnlp.overrides import GROUPS, Override, is_known, unknown_key

_COMPOSING = threading.Lock()
"""Hydra is one for the whole process: threads that train compose one after the other."""


def compose_config(overrides: Sequence[str], config_dir: str | None = None) -> Config:
    """The configuration of one run.

    Args:
        overrides: ``recipe=tagging/demo``, ``optimizer=sgd``, ``trainer.epochs=3``, in Hydra's grammar.
        config_dir: a user's folder; its ``recipes/`` and groups come before ours.

    Raises:
        ConfigError: every mistake in the overrides and the settings they lead to.
    """
    typed, task = read_overrides(overrides, config_dir, multirun=False)
    if sweeps := [one for one in typed if one.sweeps]:
        raise ConfigError(
            [f"{one.key}: several values need --multirun; quote a text that has commas" for one in sweeps]
        )
    with hydra_session(config_dir, task) as settings:
        lines = [one.line for one in typed if is_known(one, task)]
        config = checked_config(settings, lines, typed, task, config_dir)
    note_idle_settings([config], typed)
    return config


def compose_settings(recipe: str, task: str, settings: Mapping[str, object]) -> Config:
    """The configuration of a run that is started from Python.

    Args:
        recipe: its name, or empty.
        task: its name, or empty: the recipe's.
        settings: values by dotted name (``{"trainer.epochs": 4}``), groups by name (``{"optimizer": "sgd"}``), and
            nested mappings of them; they stand as they are, so a text may hold any characters.

    Raises:
        ConfigError: as :func:`compose_config`.
    """
    values = _flat(settings)
    groups = {key: str(values.pop(key)) for key in GROUPS if key in values}
    chosen = [f"recipes={quoted(recipe)}"] if recipe else []
    chosen += [f"task={task}"] if task else []
    chosen += [f"{group}={quoted(option)}" for group, option in groups.items()]
    with _COMPOSING:
        typed, task = read_overrides(chosen, None, multirun=False)
        known = [Override(f"{key}=", key, f"{key}=", (), False) for key in values]
        with hydra_session(None, task) as own:
            config = checked_config(own, chosen, [*typed, *known], task, None, values)
    note_idle_settings([config], known)
    return config


def note_idle_settings(configs: Sequence[Config], typed: Sequence[Override]) -> None:
    """Say which settings were typed for nothing in all configurations.

    Those of recipes and groups are not looked at: they may be there for whoever changes another one.
    """
    for one in typed:
        notices = [next(idle_settings(config, [one.key]), "") for config in configs]
        if all(notices):
            print(f"note: {notices[0]}", file=sys.stderr)


def task_of(overrides: Sequence[str], config_dir: str | None = None) -> str:
    """The task that a command line is about.

    Raises:
        ConfigError: no such recipe or task.
    """
    return read_overrides(overrides, config_dir, multirun=True)[1]


def _flat(settings: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """Settings by dotted name; a path is the text that names it."""
    flat: dict[str, object] = {}
    for key, value in settings.items():
        if isinstance(value, Mapping):
            flat |= _flat(cast("Mapping[str, object]", value), f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = os.fspath(value) if isinstance(value, os.PathLike) else value
    return flat


def checked_config(
    settings: Sequence[str],
    lines: Sequence[str],
    typed: Sequence[Override],
    task: str,
    config_dir: str | None,
    values: Mapping[str, object] | None = None,
) -> Config:
    """The configuration that ``lines`` lead to; unknown keys among all that was typed are reported too.

    Args:
        values: put over what was composed, by dotted name.
    """
    from hydra import compose

    unknown = [unknown_key(one, task) for one in typed if not is_known(one, task)]
    known = {one.key: values[one.key] for one in typed if values and one.key in values and is_known(one, task)}
    raw = merged_settings(compose(PRIMARY, overrides=[*settings, *lines]), lines, config_dir, known)
    try:
        config = read_config(raw)
    except ConfigError as error:
        raise ConfigError([*unknown, *error.problems]) from None
    if unknown:
        raise ConfigError(unknown)
    return config
