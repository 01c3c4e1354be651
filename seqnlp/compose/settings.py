"""What Hydra merged, as settings of one task."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from seqnlp.compose.files import read_file
from seqnlp.config.reading import config_to_dict, default_config
from seqnlp.errors import ConfigError
from seqnlp.inherited import with_settings_of_start
from seqnlp.overrides import say_only_what_is_true
from seqnlp.recipe_names import with_moved_data
from seqnlp.resources import find_options
from seqnlp.task_table import TASKS

if TYPE_CHECKING:
    from omegaconf import DictConfig


def merged_settings(
    composed: DictConfig, lines: Sequence[str], config_dir: str | None, values: Mapping[str, object] | None = None
) -> Mapping[str, Any]:
    """Plain nested settings of what Hydra merged.

    Args:
        composed: as Hydra gives it.
        lines: the overrides that led to it.
        values: put over it, by dotted name.
    """
    raw = _leave_hydra(composed)
    _leave_out_other_tasks(raw, lines, config_dir)
    for key, value in (values or {}).items():
        _put(raw, key, value)
    return _completed(raw, [*lines, *(f"{key}=" for key in values or ())], config_dir)


def _completed(raw: Mapping[str, Any], lines: Sequence[str], config_dir: str | None) -> Mapping[str, Any]:
    """The settings with what follows from what was typed: of the recipe's ``about``, and of the model to begin with."""
    recipe = _recipe(lines, config_dir)
    if not recipe:
        raw = with_settings_of_start(raw, {line.partition("=")[0].lstrip("+~") for line in lines})
    return say_only_what_is_true(raw, lines, recipe)


def _put(raw: Mapping[str, Any], key: str, value: object) -> None:
    """Set one value by its dotted name."""
    *sections, name = key.split(".")
    section = cast("dict[str, Any]", functools.reduce(lambda inner, part: inner[part], sections, raw))
    section[name] = value


def _leave_hydra(composed: DictConfig) -> Mapping[str, Any]:
    """Plain dictionaries only, interpolations resolved."""
    from omegaconf import OmegaConf

    raw = cast("dict[str, Any]", OmegaConf.to_container(composed, resolve=True))
    if "recipes" in raw:
        raise ConfigError(["recipe: the first line of its file must be `# @package _global_`, or its values are lost"])
    del raw["recipes_dir"]
    return with_moved_data(raw)


def _leave_out_other_tasks(raw: Mapping[str, Any], lines: Sequence[str], config_dir: str | None) -> None:
    """Take out what a data group (``data=jsonl``) sets and only other tasks have; a format must be one of this task."""
    names = [value.strip("'") for key, _, value in (line.partition("=") for line in lines) if key == "data"]
    path = find_options("data", config_dir).get(names[-1]) if names else None
    content = read_file(path) if path else None
    if not isinstance(content, dict) or str(raw.get("task")) not in TASKS:
        return
    has = config_to_dict(default_config(str(raw["task"])))
    sections = {key: value for key, value in content.items() if isinstance(value, dict)} or {"data": content}
    for section, keys in sections.items():
        for key in keys:
            if key != "format" and section in raw and key not in has.get(section, {}):
                raw[section].pop(key, None)


def _recipe(lines: Sequence[str], config_dir: str | None) -> Mapping[str, Any]:
    """The file of the recipe that is among the overrides, references unresolved; empty without one."""
    names = [value for key, _, value in (line.partition("=") for line in lines) if key == "recipes"]
    path = find_options("recipes", config_dir).get(names[-1].strip("'")) if names else None
    content = read_file(path) if path else None
    return cast("Mapping[str, Any]", content) if isinstance(content, dict) else {}
