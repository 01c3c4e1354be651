"""The command line, recipes and Hydra become one plain :class:`Config`. The only file that imports Hydra.

A recipe is chosen as ``recipe=tagging/demo``; its file is ``recipes/tagging/demo.yaml``, so Hydra's group is ``recipes``.
What was typed is checked here before Hydra sees it: Hydra stops at the first mistake and knows no close names.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqnlp.config import Config, config_to_dict, read_config
from seqnlp.errors import ConfigError, did_you_mean
from seqnlp.resources import CONF, RECIPES, ROOT, find_options, no_such_option

if TYPE_CHECKING:
    from hydra.core.override_parser.types import Override
    from omegaconf import DictConfig

GROUPS = ("recipes", "data", "model", "optimizer", "trainer")
"""The groups in the list of defaults of ``conf/train.yaml``."""

PRIMARY = "train"


def compose_config(overrides: Sequence[str], config_dir: str | None = None) -> Config:
    """The configuration of one run.

    Args:
        overrides: ``recipe=tagging/demo``, ``optimizer=sgd``, ``trainer.epochs=3``, in Hydra's grammar.
        config_dir: a user's folder; its ``recipes/`` and groups come before ours.

    Raises:
        ConfigError: every mistake in the overrides or, if there is none, in the settings.
    """
    checked = _check(overrides, config_dir)
    sweeps = [f"{o.key_or_group}: several values need --multirun; quote a text with commas" for o in checked if _sweeps(o)]
    if sweeps:
        raise ConfigError(sweeps)
    with _hydra(config_dir) as lines:
        return _compose([*lines, *map(_line, checked)])


def train_with_hydra(
    overrides: Sequence[str], config_dir: str | None, run: Callable[[Config], object], multirun: bool = False
) -> None:
    """Call ``run`` with the configuration; with ``multirun`` once a job of Hydra's sweeper, started by Hydra's launcher.

    Raises:
        ConfigError: as :func:`compose_config`, for all jobs before the first of them begins.
    """
    if not multirun:
        run(compose_config(overrides, config_dir))
        return
    from hydra.core.global_hydra import GlobalHydra

    checked = _check(overrides, config_dir)
    unswept = ",".join(override.key_or_group for override in checked if not _sweeps(override))
    with _hydra(config_dir) as lines:
        for sample in _samples(checked):
            _compose([*lines, *sample])
        hydra = GlobalHydra.instance().hydra
        assert hydra is not None
        lines += [f"hydra.job.config.override_dirname.exclude_keys=[{unswept}]", *map(_line, checked)]
        hydra.multirun(PRIMARY, functools.partial(_job, run), lines)


def _job(run: Callable[[Config], object], settings: DictConfig) -> object:
    """One job of a sweep, in whatever process the launcher runs it; its directory is inside the sweep's."""
    from hydra.core.hydra_config import HydraConfig

    return run(_read(settings, {"run": os.path.relpath(HydraConfig.get().runtime.output_dir)}))


def _compose(lines: Sequence[str]) -> Config:
    from hydra import compose

    return _read(compose(PRIMARY, overrides=list(lines)), {})


def _read(settings: DictConfig, changes: Mapping[str, str]) -> Config:
    """Leave Hydra: interpolations resolved, plain dictionaries only."""
    from omegaconf import OmegaConf

    raw: Any = OmegaConf.to_container(settings, resolve=True)
    if "recipes" in raw:
        raise ConfigError(["recipe: expected `# @package _global_` as the file's first line; its values are lost without"])
    del raw["recipes_dir"]
    return read_config({**raw, **changes})


@contextmanager
def _hydra(config_dir: str | None) -> Iterator[list[str]]:
    """Hydra set up with the overrides that make it find our files; what it raises becomes a :class:`ConfigError`."""
    import yaml
    from hydra import initialize_config_dir
    from hydra.core.config_store import ConfigStore
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    defaults = {**config_to_dict(Config()), "recipes_dir": str(RECIPES)}  # recipes may refer to ${recipes_dir}
    ConfigStore.instance().store(name="seqnlp_defaults", node=defaults)
    first, *others = [Path(config_dir).resolve(), CONF, ROOT] if config_dir else [CONF, ROOT]
    searchpath = ",".join("'file://{}'".format(str(folder).replace("'", r"\'")) for folder in others)
    try:
        with initialize_config_dir(str(first), job_name="seqnlp", version_base="1.3"):
            yield [f"hydra.searchpath=[{searchpath}]"]
    except (HydraException, OmegaConfBaseException, yaml.YAMLError) as problem:
        reasons = [" ".join(str(reason).split()) for reason in (problem, problem.__cause__) if reason]
        raise ConfigError([": ".join(reasons)]) from problem


def _check(overrides: Sequence[str], config_dir: str | None) -> list[Override]:
    """The overrides as Hydra reads them.

    Raises:
        ConfigError: all that cannot be read, and all keys, recipes and options that do not exist.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    parser = OverridesParser.create()
    checked: list[Override] = []
    problems: list[str] = []
    for text in overrides:
        try:
            override = parser.parse_override("recipes" + text.removeprefix("recipe") if text.startswith("recipe=") else text)
            if override.key_or_group in GROUPS:
                override = _without_glob(override, config_dir, parser.parse_override)
            problems += _unknown_names(override, config_dir)
            checked.append(override)
        except HydraException as problem:
            problems.append(_unreadable(text, problem))
    if problems:
        raise ConfigError(problems)
    return checked


def _unreadable(text: str, problem: Exception) -> str:
    reason = str(problem).splitlines()[0]
    return f"'{text}': expected KEY=VALUE; quote a value that has special characters, 'KEY=\"a(b)\"' ({reason})"


def _unknown_names(override: Override, config_dir: str | None) -> list[str]:
    """What is wrong with the key or with the chosen options of its group."""
    key = override.key_or_group
    if override.is_hydra_override():
        return []
    if key in GROUPS:
        options = find_options(key, config_dir)
        return [no_such_option(key, name, options) for name in _chosen(override) if name not in options]
    known = [*_keys(config_to_dict(Config()), ""), "recipe"]
    return [] if key in known else [f"{key}: unknown key{did_you_mean(key, known)}"]


def _keys(settings: Mapping[str, Any], prefix: str) -> Iterator[str]:
    """Every key, dotted."""
    for key, value in settings.items():
        yield prefix + key
        if isinstance(value, dict):
            yield from _keys(value, f"{prefix}{key}.")


def _chosen(override: Override) -> list[str]:
    """The options that an override of a group names."""
    if _sweeps(override):
        return _values(override)
    value = override.value()
    if value is None or isinstance(value, dict):  # no option, or settings: model={hidden_dim: 50}
        return []
    return [str(name) for name in value] if isinstance(value, list) else [str(value)]


def _without_glob(override: Override, config_dir: str | None, parse: Callable[[str], Override]) -> Override:
    """``recipe=glob(tagging/*)`` written out, because Hydra's own glob does not look into folders."""
    from hydra.core.override_parser.types import Glob

    value: object = override.value()
    if not isinstance(value, Glob):
        return override
    names = value.filter(list(find_options(override.key_or_group, config_dir)))
    if not names:
        raise ConfigError([f"'{override.input_line}': nothing matches"])
    return parse(f"{override.key_or_group}={','.join(names)}")


def _samples(checked: Sequence[Override]) -> Iterator[list[str]]:
    """Overrides that show every value of every sweep at least once, without trying all combinations."""
    columns = [_values(override) if _sweeps(override) else [] for override in checked]
    choices = [
        [f"{override.get_key_element()}={value}" for value in values] if values else [_line(override)]
        for override, values in zip(checked, columns, strict=True)
        if values or not _sweeps(override)
    ]
    first = [lines[0] for lines in choices]
    yield first
    for place, lines in enumerate(choices):
        for line in lines[1:]:
            yield [*first[:place], line, *first[place + 1 :]]


def _sweeps(override: Override) -> bool:
    return override.is_sweep_override()


def _values(override: Override) -> list[str]:
    """The values of a sweep; none for an interval, which a sweeper draws from."""
    return list(override.sweep_string_iterator()) if override.is_discrete_sweep() else []


def _line(override: Override) -> str:
    return override.input_line or ""
