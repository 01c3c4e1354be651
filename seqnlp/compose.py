"""The command line, recipes and Hydra become one plain :class:`Config`. The only file that imports Hydra.

A recipe is chosen as ``recipe=tagging/demo``; its file is ``recipes/tagging/demo.yaml``, so to Hydra the group is
``recipes``. What was typed is looked at first (overrides.py), because Hydra stops at its first complaint.
"""

from __future__ import annotations

import functools
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from seqnlp.config import CONFIGS, Config, config_to_dict, default_config, read_config
from seqnlp.config.renamed import old_names, renamed_override
from seqnlp.errors import ConfigError
from seqnlp.inherited import with_settings_of_start
from seqnlp.overrides import (
    GROUPS,
    Override,
    find_task,
    idle_hydra_settings,
    is_known,
    samples,
    say_only_what_is_true,
    unknown_key,
    unknown_options,
)
from seqnlp.recipe_files import read_recipe
from seqnlp.recipe_names import RENAMED, with_moved_data
from seqnlp.recipe_safety import refuse_code
from seqnlp.resources import CONF, RECIPES, ROOT, current_recipes, find_options, find_recipes, folders_of
from seqnlp.storage import write_atomically

if TYPE_CHECKING:
    from hydra.core.override_parser import types
    from omegaconf import DictConfig

Result = TypeVar("Result")

_COMPOSING = threading.Lock()
"""Hydra is one for the whole process: threads that train compose one after the other."""

PRIMARY = "train"
"""``conf/train.yaml``, where composition begins."""


def compose_config(overrides: Sequence[str], config_dir: str | None = None) -> Config:
    """The configuration of one run.

    Args:
        overrides: ``recipe=tagging/demo``, ``optimizer=sgd``, ``trainer.epochs=3``, in Hydra's grammar.
        config_dir: a user's folder; its ``recipes/`` and groups come before ours.

    Raises:
        ConfigError: every mistake in the overrides and the settings they lead to.
    """
    typed, task = _read_overrides(overrides, config_dir, multirun=False)
    if sweeps := [one for one in typed if one.sweeps]:
        raise ConfigError(
            [f"{one.key}: several values need --multirun; quote a text that has commas" for one in sweeps]
        )
    with _hydra(config_dir, task) as settings:
        return _compose(settings, [one.line for one in typed if is_known(one, task)], typed, task, config_dir)


def compose_settings(recipe: str, task: str, settings: Mapping[str, object], config_dir: str | None = None) -> Config:
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
    chosen = [f"recipes={_quoted(recipe)}"] if recipe else []
    chosen += [f"task={task}"] if task else []
    chosen += [f"{group}={_quoted(option)}" for group, option in groups.items()]
    with _COMPOSING:
        typed, task = _read_overrides(chosen, config_dir, multirun=False)
        known = [Override(f"{key}=", key, f"{key}=", (), False) for key in values]
        with _hydra(config_dir, task) as own:
            return _compose(own, chosen, [*typed, *known], task, config_dir, values)


def _flat(settings: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """Settings by dotted name."""
    flat: dict[str, object] = {}
    for key, value in settings.items():
        nested = isinstance(value, Mapping)
        flat |= _flat(cast("Mapping[str, object]", value), f"{prefix}{key}.") if nested else {f"{prefix}{key}": value}
    return flat


def hydra_settings(overrides: Sequence[str], config_dir: str | None = None) -> dict[str, Any]:
    """Hydra's own settings with which a sweep would run, references unresolved.

    Raises:
        ConfigError: as :func:`compose_config`.
    """
    from omegaconf import OmegaConf

    with _composed_with_hydra(overrides, config_dir) as (composed, _):
        return cast("dict[str, Any]", OmegaConf.to_container(composed.hydra, resolve=False))


def composition(overrides: Sequence[str], config_dir: str | None = None) -> dict[str, list[str]]:
    """How settings come about: where Hydra looks for files, which it merged in their order, and its plugins.

    Raises:
        ConfigError: as :func:`compose_config`.
    """
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.plugins import Plugins
    from hydra.types import RunMode

    with _composed_with_hydra(overrides, config_dir) as (composed, lines):
        places = [f"{one.provider}: {one.schema}://{one.path}" for one in composed.hydra.runtime.config_sources]
        loader = GlobalHydra.instance().config_loader()
        merged = loader.compute_defaults_list(PRIMARY, lines, RunMode.RUN).defaults
        return {
            "search path": places,
            "merged, later ones win": [f"{one.config_path} -> {one.package or 'the top'}" for one in merged],
            "plugins": sorted(plugin.__name__ for plugin in Plugins.instance().discover()),
        }


@contextmanager
def _composed_with_hydra(overrides: Sequence[str], config_dir: str | None) -> Iterator[tuple[DictConfig, list[str]]]:
    """The settings with Hydra's own, of a sweep those of its first job, and the lines that lead to them."""
    from hydra import compose

    typed, task = _read_overrides(overrides, config_dir, multirun=True)
    known = next(samples([one for one in typed if is_known(one, task)]))
    with _hydra(config_dir, task) as settings:
        lines = [*settings, *known]
        yield compose(PRIMARY, overrides=lines, return_hydra_config=True), lines


def hydra_files(config: Config, overrides: Sequence[str]) -> dict[str, bytes]:
    """What Hydra's users expect in a run: the settings, and what was typed, by name below the run."""
    import yaml

    written = {"config": config_to_dict(config), "overrides": list(overrides)}
    return {
        f".hydra/{name}.yaml": yaml.safe_dump(content, sort_keys=False, allow_unicode=True).encode()
        for name, content in written.items()
    }


def task_of(overrides: Sequence[str], config_dir: str | None = None) -> str:
    """The task that a command line is about.

    Raises:
        ConfigError: no such recipe or task.
    """
    return _read_overrides(overrides, config_dir, multirun=True)[1]


def train_with_hydra(
    overrides: Sequence[str], config_dir: str | None, run: Callable[[Config], Result], multirun: bool = False
) -> list[Result]:
    """Call ``run`` with the configuration; with ``multirun`` once a job of Hydra's sweeper, by Hydra's launcher.

    Returns what ``run`` returned, of each job; nothing where the sweeper searches, as Optuna's does.

    Raises:
        ConfigError: as :func:`compose_config`, for all jobs before the first of them begins.
    """
    if not multirun:
        return [run(compose_config(overrides, config_dir))]
    from hydra.core.global_hydra import GlobalHydra

    typed, task = _read_overrides(overrides, config_dir, multirun=True)
    known = [one for one in typed if is_known(one, task)]
    unswept = ",".join(one.key for one in known if not one.sweeps)
    with _hydra(config_dir, task) as settings:
        for lines in samples(known):
            _compose(settings, lines, typed, task, config_dir)
        hydra = GlobalHydra.instance().hydra
        assert hydra is not None
        naming = f"hydra.job.config.override_dirname.exclude_keys=[{unswept}]"
        swept = [*settings, naming, *(one.line for one in known)]
        logger = logging.getLogger("seqnlp")
        disabled = logger.disabled
        try:
            batches = hydra.multirun(PRIMARY, functools.partial(_job, run, config_dir), swept)
        finally:
            logger.disabled = disabled  # Hydra's logging switches off those that it does not know
    return [job.return_value for batch in batches or () for job in batch]


def _job(run: Callable[[Config], Result], config_dir: str | None, composed: DictConfig) -> Result:
    """One job of a sweep, in whatever process the launcher runs it; its directory is inside the sweep's."""
    from hydra.core.hydra_config import HydraConfig

    job = HydraConfig.get()
    lines = list(job.overrides.task)
    raw = _leave_hydra(composed)
    _leave_out_other_tasks(raw, lines, config_dir)
    raw = _completed(raw, lines, config_dir)
    config = read_config({**raw, "run": os.path.relpath(job.runtime.output_dir)})
    result = run(config)
    if Path(config.run).is_dir():
        for name, content in hydra_files(config, lines).items():
            write_atomically(Path(config.run) / name, content)
    return result


def _compose(
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
    raw = _leave_hydra(compose(PRIMARY, overrides=[*settings, *lines]))
    _leave_out_other_tasks(raw, lines, config_dir)
    for one in typed:
        if values and one.key in values and is_known(one, task):
            _put(raw, one.key, values[one.key])
    raw = _completed(raw, [*lines, *(f"{key}=" for key in values or ())], config_dir)
    try:
        config = read_config(raw)
    except ConfigError as error:
        raise ConfigError([*unknown, *error.problems]) from None
    if unknown:
        raise ConfigError(unknown)
    return config


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


def _leave_out_other_tasks(raw: Mapping[str, Any], lines: Sequence[str], config_dir: str | None) -> None:
    """Take out what a data group (``data=jsonl``) sets and only other tasks have; a format must be one of this task."""
    names = [value.strip("'") for key, _, value in (line.partition("=") for line in lines) if key == "data"]
    path = find_options("data", config_dir).get(names[-1]) if names else None
    content = _read_file(path) if path else None
    if not isinstance(content, dict) or str(raw.get("task")) not in CONFIGS:
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
    content = _read_file(path) if path else None
    return cast("Mapping[str, Any]", content) if isinstance(content, dict) else {}


def _leave_hydra(composed: DictConfig) -> Mapping[str, Any]:
    """Plain dictionaries only, interpolations resolved."""
    from omegaconf import OmegaConf

    raw = cast("dict[str, Any]", OmegaConf.to_container(composed, resolve=True))
    if "recipes" in raw:
        raise ConfigError(["recipe: the first line of its file must be `# @package _global_`, or its values are lost"])
    del raw["recipes_dir"]
    return with_moved_data(raw)


@contextmanager
def _hydra(config_dir: str | None, task: str) -> Iterator[list[str]]:
    """Hydra, and the settings of its own that make it find our files; what it raises becomes a :class:`ConfigError`."""
    import yaml
    from hydra import initialize_config_dir
    from hydra.core.config_store import ConfigStore
    from hydra.core.global_hydra import GlobalHydra
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    # What recipes may refer to: every setting, and the folder with the data that ships with them.
    defaults = {**config_to_dict(default_config(task)), "recipes_dir": str(RECIPES)}
    ConfigStore.instance().store(name="seqnlp_defaults", node=defaults)
    _store_old_recipes(config_dir)
    try:
        with initialize_config_dir(str(CONF), job_name="seqnlp", version_base="1.3"):
            if config_dir:
                searched = GlobalHydra.instance().config_loader().get_search_path()
                for folder in reversed(folders_of(config_dir)):  # the last one stands first
                    searched.prepend("user", f"file://{folder.resolve()}", anchor="main")
            yield [f"hydra.searchpath=[{_quoted(f'file://{ROOT}')}]"]  # after conf/; makes Hydra look at the path anew
    except (HydraException, OmegaConfBaseException, yaml.YAMLError) as problem:
        reasons = [" ".join(str(reason).split()) for reason in (problem, problem.__cause__) if reason]
        raise ConfigError([": ".join(reasons).partition(" Config search path")[0]]) from problem


def _store_old_recipes(config_dir: str | None) -> None:
    """Let recipes build upon others by their old names, unless a user has one of such a name."""
    from hydra.core.config_store import ConfigStore

    store, recipes = ConfigStore.instance(), find_recipes(config_dir)
    store.repo.pop("recipes", None)  # of another user's folder
    for folder, new in RENAMED.items():
        for name in recipes:
            file = name.removeprefix(f"{new}/")
            if file != name and f"{folder}/{file}" not in recipes:
                base = {"defaults": [f"/recipes/{name}"]}
                store.store(file, base, group=f"recipes/{folder}", package="_global_")


def _read_overrides(overrides: Sequence[str], config_dir: str | None, *, multirun: bool) -> tuple[list[Override], str]:
    """What was typed, by Hydra's grammar, and the task it is about.

    Raises:
        ConfigError: something is not KEY=VALUE, a recipe or option does not exist, a setting of Hydra's would
            change nothing (names unknown keys as well), or a file would do more than set settings.
    """
    from hydra.errors import HydraException

    typed, problems = [], []
    for text in overrides:
        text, notice = renamed_override(text)
        if notice:
            print(f"note: {notice}", file=sys.stderr)
        try:
            typed.append(_read_override(text, config_dir))
        except HydraException:
            problems.append(f"'{text}': expected KEY=VALUE, such as recipe=tagging/demo or trainer.epochs=3")
    problems += unknown_options(typed, config_dir) + idle_hydra_settings(typed, multirun)
    task = find_task(typed, config_dir)
    recipes = find_options("recipes", config_dir)
    names = [name for one in typed if one.key == "recipes" for name in one.values]
    for name in names:
        for notice in old_names(read_recipe(recipes[name]) if name in recipes else {}):
            print(f"note: {recipes[name]}: {notice}", file=sys.stderr)
    refuse_code([recipes[name] for name in names if name in recipes], config_dir, _read_file)
    if problems:  # what is left would not make a whole configuration
        raise ConfigError([*problems, *(unknown_key(one, task) for one in typed if not is_known(one, task))])
    return typed, task


def _read_file(path: Path) -> object:
    """A settings file as Hydra reads it, references unresolved."""
    from omegaconf import OmegaConf

    return OmegaConf.to_container(OmegaConf.load(path), resolve=False)


def _read_override(text: str, config_dir: str | None) -> Override:
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.core.override_parser.types import Glob
    from hydra.errors import HydraException

    parse = OverridesParser.create().parse_override
    start, equals, value = text.partition("=")
    if start in ("recipe", "recipes"):
        start, value = "recipes", current_recipes(value, find_recipes(config_dir))
    try:
        parsed = parse(start + equals + value)
    except HydraException:
        if not equals:
            raise
        parsed = parse(f"{start}={_quoted(value)}")  # a path such as a=b(c) is text that has none of Hydra's meaning
    given: object = parsed.value()
    if isinstance(given, Glob) and start in GROUPS:  # Hydra's own glob does not look into the recipes' folders
        value = ",".join(given.filter(list(find_options(start, config_dir)))) or _quoted(value)
        parsed = parse(f"{start}={value}")
    return Override(
        line=parsed.input_line or text,
        key=parsed.key_or_group,
        start=f"{parsed.get_key_element()}=",
        values=_values(parsed),
        sweeps=parsed.is_sweep_override(),
    )


def _values(parsed: types.Override) -> tuple[str, ...]:
    """The values of a sweep that can be counted; else the one value, unless it is a mapping or an interval."""
    if parsed.is_sweep_override():
        return tuple(parsed.sweep_string_iterator()) if parsed.is_discrete_sweep() else ()
    value = parsed.value()
    if isinstance(value, dict):
        return ()
    return tuple(map(str, value)) if isinstance(value, list) else ("null" if value is None else str(value),)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", r"\'") + "'"
