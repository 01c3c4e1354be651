"""A run is evaluated where its training data are not: what is learnt from them is left out, and that is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from seqnlp.config.common import Config
from seqnlp.config.named_files import side_by_side
from seqnlp.config.splits import source_split
from seqnlp.data.paths import resolve_path
from seqnlp.task_table import TASKS

_NO_FILES = ("hub", "long_range")
"""Formats whose splits are not named by files."""


def without_missing_training(config: Config, split: str, say: Callable[[str], None]) -> Config:
    """The configuration, without a training split of which a file is not there.

    Training data of which the evaluated split is a part stay, and so do those that are there and cannot be read.

    Args:
        split: what is evaluated.
        say: told what is left out.
    """
    data = config.data
    if not TASKS[config.task].baselines or getattr(data, "format", "") in _NO_FILES:
        return config
    if source_split(data, split) == "train":
        return config
    for name in ("train", "dev"):  # of the baselines, some are tuned on dev
        if name == split or source_split(data, name) != name:
            continue
        for file in side_by_side(getattr(data, name)):
            path = resolve_path(data, file)
            if not path.exists():
                say(f"{path} is not there (data.{name}), so what learns from train is left out: no baselines")
                return replace(config, data=replace(data, train=""))
    return config
