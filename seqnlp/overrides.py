"""What was typed after ``seqnlp train``, checked before Hydra sees it: Hydra stops at its first complaint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seqnlp.config.reading import config_to_dict, default_config
from seqnlp.errors import ConfigError, did_you_mean
from seqnlp.inherited import task_of_start
from seqnlp.recipe_files import recipe_task
from seqnlp.resources import find_options, no_such_option
from seqnlp.task_table import TASKS

GROUPS = ("recipes", "data", "tokenizer", "model", "optimizer", "trainer")
"""The groups in the list of defaults of ``conf/train.yaml``."""


@dataclass(frozen=True)
class Override:
    """One ``KEY=VALUE``.

    Attributes:
        line: as Hydra reads it.
        key: the dotted key or the group, without a prefix such as ``+``.
        start: what stands before a value in ``line``.
        values: of a sweep that can be counted; else the one value, or none if it is not a text or number.
        sweeps: whether it has several values.
    """

    line: str
    key: str
    start: str
    values: tuple[str, ...]
    sweeps: bool

    @property
    def is_for_hydra(self) -> bool:
        """Whether this sets Hydra itself, such as ``hydra/launcher=joblib``."""
        return self.key.startswith(("hydra.", "hydra/"))


def unknown_options(overrides: Sequence[Override], config_dir: str | None) -> list[str]:
    """What to say about recipes and options of groups that do not exist."""
    problems = []
    for override in overrides:
        if override.key in GROUPS:
            options = find_options(override.key, config_dir)
            problems += [no_such_option(override.key, name, options) for name in override.values if name not in options]
    return problems


_WHERE_DATA_ARE = ("dir", "train", "dev", "test", "hub")


def say_only_what_is_true(raw: Mapping[str, Any], lines: Sequence[str], recipe: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings without what the recipe says of its data (``about``), if other data were typed.

    A recipe without ``data.dir`` leaves to its user where the files are, so typing that changes no data.

    Args:
        raw: all settings, as composed.
        lines: what was typed, ``KEY=VALUE``; what is typed of ``about`` stays.
        recipe: the recipe's own file.
    """
    typed = {line.partition("=")[0].lstrip("+~") for line in lines}
    own, used = (recipe.get("data") or {}), raw.get("data") or {}
    changed = [
        key
        for key in _WHERE_DATA_ARE
        if f"data.{key}" in typed and (own.get(key) or key != "dir") and own.get(key) != used.get(key)
    ]
    if not changed:
        return raw
    about = {key: value if f"about.{key}" in typed else "" for key, value in raw["about"].items()}
    return {**raw, "about": about}


_INSTEAD = {
    "hydra.run.dir": "the directory of a sweep is set with run=DIR or hydra.sweep.dir=DIR",
    "hydra.job.chdir": "relative names are those of the folder where you started, in a sweep as well",
    "hydra.sweep.dir": "the run directory is set with run=DIR",
    "hydra.job.name": "a run is named with name=NAME",
}
"""What to type for settings of Hydra that would change nothing here."""


def idle_hydra_settings(overrides: Sequence[Override], multirun: bool) -> list[str]:
    """What to say about settings of Hydra that have no effect: all of them in a single run, some in a sweep."""
    problems = []
    for override in overrides:
        if override.is_for_hydra and (not multirun or _is_idle_in_sweeps(override, overrides)):
            advice = _INSTEAD.get(override.key, "Hydra's own settings need --multirun (-m)")
            problems.append(f"{override.key}: no effect here; {advice}")
    return problems


def _is_idle_in_sweeps(override: Override, overrides: Sequence[Override]) -> bool:
    """Whether a setting of Hydra changes nothing in a sweep; a job's name may be a part of its directory's."""
    if override.key == "hydra.job.name":
        return not any("hydra.job.name" in other.line.partition("=")[2] for other in overrides)
    return override.key == "hydra.run.dir" or (override.key == "hydra.job.chdir" and override.values != ("False",))


def is_known(override: Override, task: str) -> bool:
    """Whether a task has such a setting."""
    keys = _keys(config_to_dict(default_config(task)))
    return override.is_for_hydra or override.key in GROUPS or override.key in keys


def unknown_key(override: Override, task: str) -> str:
    """What to say about a setting that a task does not have."""
    keys = [*_keys(config_to_dict(default_config(task))), "recipe"]
    if owners := [other for other in TASKS if is_known(override, other)]:
        return f"{override.key}: unknown key for task={task}; it belongs to task={' and '.join(owners)}"
    return f"{override.key}: unknown key{did_you_mean(override.key, keys)}"


def find_task(overrides: Sequence[Override], config_dir: str | None) -> str:
    """The task that was typed, else that of the recipe's file, else of the model to begin with, else the first.

    Raises:
        ConfigError: an unknown task, a recipe that cannot be read, or a sweep over recipes of several tasks.
    """
    typed = [task for override in overrides if override.key == "task" for task in override.values]
    names = [name for override in overrides if override.key == "recipes" for name in override.values]
    recipes = find_options("recipes", config_dir)
    tasks = typed or [recipe_task(recipes[name], recipes) for name in names if name in recipes]
    if not tasks and not names:
        starts = [path for override in overrides if override.key == "start_from" for path in override.values]
        tasks = [task_of_start(path) for path in starts if path]
    tasks = tasks or list(TASKS)[:1]
    if unknown := [task for task in tasks if task not in TASKS]:
        close = did_you_mean(unknown[0], TASKS)
        raise ConfigError([f"task: expected one of {', '.join(TASKS)}; found '{unknown[0]}'{close}"])
    if len(set(tasks)) > 1:
        raise ConfigError([f"recipe: one sweep is for recipes of one task; found {' and '.join(sorted(set(tasks)))}"])
    return tasks[0]


def samples(overrides: Sequence[Override]) -> Iterator[list[str]]:
    """Lines that show every value of every sweep at least once, without trying all combinations.

    A sweep over an interval has no values to show: it is left out.
    """
    choices = [
        [override.start + value for value in override.values] if override.sweeps else [override.line]
        for override in overrides
        if override.values or not override.sweeps
    ]
    first = [lines[0] for lines in choices]
    yield first
    for place, lines in enumerate(choices):
        for line in lines[1:]:
            yield [*first[:place], line, *first[place + 1 :]]


def _keys(settings: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Every key, dotted."""
    for key, value in settings.items():
        yield prefix + key
        if isinstance(value, dict):
            yield from _keys(value, f"{prefix}{key}.")
