"""Where the files are that a configuration names."""

from __future__ import annotations

import os
from pathlib import Path

from seqnlp.config.splits import SplitsConfig
from seqnlp.errors import DataError, did_you_mean


def resolve_path(config: SplitsConfig, name: str) -> Path:
    """Where a file of the configuration is: in ``config.dir``, else in ``$SEQNLP_DATA``, else in the current folder."""
    folder = config.dir or os.environ.get("SEQNLP_DATA", "")
    return Path(folder).expanduser() / Path(name).expanduser()


def existing_path(config: SplitsConfig, setting: str, value: str, name: str | None = None, advice: str = "") -> Path:
    """The file that the value of a setting names: ``name`` where the value stands for several files.

    Raises:
        DataError: there is none; says how the name was resolved, and gives the ``advice``.
    """
    path = resolve_path(config, name or value)
    if not path.exists():
        close = did_you_mean(path.name, os.listdir(path.parent)) if path.parent.is_dir() else ""
        origin = "data.dir" if config.dir else "$SEQNLP_DATA" if os.environ.get("SEQNLP_DATA") else "the current folder"
        raise DataError(
            f"no such file{close}; {setting} is '{value}', looked up in {origin}; "
            f"set data.dir or $SEQNLP_DATA to the folder that holds it{advice}",
            path,
        )
    return path
