"""The splits that a run has."""

from __future__ import annotations

from seqnlp.config.common import Config
from seqnlp.errors import ConfigError


def require_split(config: Config, split: str) -> None:
    """Pass if the run has the split.

    Raises:
        ConfigError: it was trained without.
    """
    if not getattr(config.data, split):
        raise ConfigError([f"data.{split}: this run was trained without a {split} split; choose another split"])
