"""What a run that begins with another model (``start_from``) need not be told: the task, and the model's settings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from seqnlp.bundle import Bundle, load_bundle
from seqnlp.errors import ConfigError, RunError

_OF_DATA = ("multi_label", "lowercase", "source", "target")
"""Settings of the data that are the model's as well, as its description has them."""


def task_of_start(path: str) -> str:
    """The task of a run or model folder.

    Raises:
        ConfigError: there is no model.
    """
    return _bundle(path).task


def with_settings_of_start(raw: Mapping[str, Any], typed: Collection[str]) -> Mapping[str, Any]:
    """Settings in which the model is like the one that the run begins with, but for what was typed.

    Without ``start_from``, or if that is of another task, they stay as they are.

    Args:
        raw: all settings, as composed without a recipe.
        typed: keys and groups that were typed.

    Raises:
        ConfigError: there is no model.
    """
    if not raw.get("start_from"):
        return raw
    bundle = _bundle(str(raw["start_from"]))
    description, training = bundle.description, bundle.training or {}
    if bundle.task != raw.get("task"):
        return raw  # who builds the model says so
    plain = description.get("data_scheme") == "none"
    data = {name: description[name] for name in _OF_DATA if name in description}
    data |= description.get("data") or {}  # of series: how they are read
    begun = {
        "model": training.get("model") or description.get("model") or {},
        "tokenizer": training.get("tokenizer") or {},
        "data": {**data, **({"scheme": "none"} if plain else {})},
    }
    merged = dict(raw)
    for section, values in begun.items():
        own = raw.get(section)
        if isinstance(own, dict) and (section == "data" or section not in typed):
            taken = {name: value for name, value in values.items() if name in own and f"{section}.{name}" not in typed}
            merged[section] = {**own, **taken}
    return merged


def _bundle(path: str) -> Bundle:
    try:
        return load_bundle(Path(path).expanduser())
    except RunError as problem:
        raise ConfigError([f"start_from: {problem}"]) from None
