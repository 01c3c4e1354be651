"""Whether the settings of a run are still those that its model was trained with: a file can be edited, or damaged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from seqnlp.bundle_files import FOLDER, TRAINING
from seqnlp.config.common import Config
from seqnlp.config.reading import config_without_places, settings_without_places
from seqnlp.errors import ConfigError, RunError, shortened
from seqnlp.stored import read_bytes, settings_of

_CHOSEN = {"model.lags": 0}
"""What lets the program choose, where it is not ``auto``; models of older versions say what was chosen."""


def changed_settings(run: Path, config: Config) -> str:
    """A sentence on the settings that are not those of the run's model; empty if all are, or it has no model yet.

    Args:
        config: what the run's ``config.yaml`` says now.
    """
    path = run / FOLDER / TRAINING
    if not path.is_file():
        return ""
    try:
        saved = settings_without_places(config_without_places(settings_of(read_bytes(path, ""), path, "")))
    except (ConfigError, RunError):  # damaged, or of another version: whoever loads the model says so
        return ""
    changes = ", ".join(_changes(saved, settings_without_places(config)))
    return f"note: {run / 'config.yaml'} is not what the model was trained with: {changes}" if changes else ""


def _changes(saved: Mapping[str, Any], now: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in now.items():
        if isinstance(value, Mapping):
            yield from _changes(saved.get(name, {}), value, f"{prefix}{name}.")
        elif name in saved and saved[name] != value and value != _CHOSEN.get(f"{prefix}{name}", "auto"):
            yield f"{prefix}{name} was {shortened(saved[name])}, is {shortened(value)}"
