"""What was typed, read by Hydra's grammar: renamed settings, patterns of names, sweeps."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from seqnlp.compose.files import read_file
from seqnlp.config.renamed import old_names, renamed_override
from seqnlp.config.typed import quoted
from seqnlp.errors import ConfigError
from seqnlp.overrides import GROUPS, Override, find_task, idle_hydra_settings, is_known, unknown_key, unknown_options
from seqnlp.recipe_files import read_recipe
from seqnlp.recipe_safety import refuse_code
from seqnlp.resources import current_recipes, find_options, find_recipes

if TYPE_CHECKING:
    from hydra.core.override_parser import types


def read_overrides(overrides: Sequence[str], config_dir: str | None, *, multirun: bool) -> tuple[list[Override], str]:
    """What was typed, by Hydra's grammar, and the task it is about.

    Raises:
        ConfigError: something is not KEY=VALUE, a recipe or option does not exist, a setting of Hydra's would
            change nothing (names unknown keys as well), or a file would do more than set settings.
    """
    from hydra.errors import HydraException

    typed, problems = [], []
    for text in overrides:
        bare = text.lstrip("+")
        if not multirun and bare.startswith("hydra.run.dir="):  # what users of Hydra call the run directory
            text = f"run={bare.removeprefix('hydra.run.dir=')}"
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
    refuse_code([recipes[name] for name in names if name in recipes], config_dir, read_file)
    if problems:  # what is left would not make a whole configuration
        raise ConfigError([*problems, *(unknown_key(one, task) for one in typed if not is_known(one, task))])
    return typed, task


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
        parsed = parse(f"{start}={quoted(value)}")  # a path such as a=b(c) is text that has none of Hydra's meaning
    given: object = parsed.value()
    if isinstance(given, Glob) and start in GROUPS:  # Hydra's own glob does not look into the recipes' folders
        value = ",".join(given.filter(list(find_options(start, config_dir)))) or quoted(value)
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
