"""Where the files are that a configuration names."""

from __future__ import annotations

import os
from pathlib import Path

from seqnlp.config.splits import SplitsConfig
from seqnlp.errors import DataError, did_you_mean

_HOW_TO_NAME_FOLDER = "set data.dir or $SEQNLP_DATA to the folder that holds it"


def resolve_path(config: SplitsConfig, name: str) -> Path:
    """Where a file of the configuration is: in ``config.dir``, else in ``$SEQNLP_DATA``, else in the current folder."""
    folder = config.dir or os.environ.get("SEQNLP_DATA", "")
    return Path(folder).expanduser() / Path(name).expanduser()


def _origin(config: SplitsConfig) -> str:
    """Who named the folder; a run that has begun has it in ``data.dir``, whoever did."""
    folder, environment = resolve_path(config, "").absolute(), os.environ.get("SEQNLP_DATA")
    if environment and folder == Path(environment).expanduser().absolute():
        return "$SEQNLP_DATA"
    return "the current folder" if folder == Path.cwd() else "data.dir"


def existing_path(config: SplitsConfig, setting: str, value: str, name: str | None = None, advice: str = "") -> Path:
    """The file that the value of a setting names: ``name`` where the value stands for several files.

    Raises:
        DataError: there is none; says how the name was resolved, and that the current folder has it or the ``advice``.
    """
    path = resolve_path(config, name or value)
    if not path.exists():
        close = did_you_mean(path.name, os.listdir(path.parent)) if path.parent.is_dir() else ""
        is_here = Path(name or value).exists()
        remedy = "the current folder has it: data.dir=." if is_here else _HOW_TO_NAME_FOLDER + advice
        if Path(name or value).expanduser().is_absolute():
            raise DataError(f"no such file{close}; it is {setting}{advice}", path)
        meant = _part_hint(value) if setting == "data.dev" else ""
        found = f"{setting} is '{value}', looked up in {_origin(config)}{meant}"
        raise DataError(f"no such file{close}; {found}; {remedy}", path)
    return path


def _part_hint(value: str) -> str:
    """What a number in the place of a file's name means, probably."""
    try:
        part = float(value)
    except ValueError:
        return ""
    percent = 100 * part if part < 1 else part
    return f" (a part of train to hold out is {percent:g}%)" if 0 < percent < 100 else ""
