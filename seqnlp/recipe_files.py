"""What a recipe's file says, read without Hydra."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seqnlp.errors import ConfigError, did_you_mean
from seqnlp.recipe_names import with_new_recipes
from seqnlp.task_table import TASKS

_FIRST_TASK = next(iter(TASKS))
_MAX_DEPTH = 10
"""Recipes that build upon each other, at most."""


def read_recipe(path: Path) -> dict[str, Any]:
    """The settings in a recipe's file, as written; empty for an empty file.

    Raises:
        ConfigError: it cannot be read, or holds something else.
    """
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ConfigError([f"{path}: {problem.strerror}"]) from problem
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as problem:
        raise ConfigError([f"{path}: {' '.join(str(problem).split())}"]) from problem
    if content is not None and not isinstance(content, dict):
        raise ConfigError([f"{path}: expected settings (KEY: VALUE), found {type(content).__name__}"])
    return content or {}


def recipe_task(path: Path, recipes: Mapping[str, Path]) -> str:
    """The task that a recipe names, or one of the recipes it builds upon (``defaults: [/recipes/tagging/demo]``).

    Raises:
        ConfigError: a file cannot be read, or there is no such task.
    """
    task = _named_task(path, recipes, _MAX_DEPTH) or _FIRST_TASK
    if task not in TASKS:
        close = did_you_mean(task, TASKS)
        raise ConfigError([f"{path}: task: expected one of {', '.join(TASKS)}; found '{task}'{close}"])
    return task


def _named_task(path: Path, recipes: Mapping[str, Path], depth: int) -> str:
    """As :func:`recipe_task`; empty if no file names one. The last of several defaults wins."""
    content = read_recipe(path)
    if "task" in content:
        return str(content["task"])
    defaults = content.get("defaults")
    if depth == 0 or not isinstance(defaults, list):
        return ""
    names = [name.removeprefix("/recipes/") for name in defaults if isinstance(name, str)]
    bases = [recipes.get(with_new_recipes(name, recipes), path.parent / f"{name}.yaml") for name in names]
    named = [_named_task(base, recipes, depth - 1) for base in bases if base.is_file()]
    return next((task for task in reversed(named) if task), "")
