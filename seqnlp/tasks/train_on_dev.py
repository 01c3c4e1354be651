"""Training on the development split too (``data.train_on_dev``): what an earlier run, which did not, has to lend.

Nothing may be chosen by a score on what was learnt from. So the earlier run says how many epochs there are, and its
numbers that were fitted on dev (temperature, outside penalty and the like) are taken over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from seqnlp.bundle import Bundle, load_bundle
from seqnlp.config.common import Config
from seqnlp.config.splits import source_split
from seqnlp.errors import ConfigError, RunError
from seqnlp.tasks.saved_evaluation import config_of

LABEL = "(trained on dev too)"
"""Stands in the name of the run, and so wherever its score is printed."""

INHERITED = "(from a model trained on dev too)"
"""The same of a run that begins with such a model, or learns what it says."""

_FREE = ("dir", "train", "test", "train_on_dev")
"""Settings of the data in which the two runs may differ; the training data are compared by what they hold, and test
too where it is a part of them."""


def lent_by(config: Config) -> str:
    """The earlier run; nothing where dev is not trained on."""
    return str(getattr(config.data, "train_on_dev", ""))


def begin(config: Config, say: Callable[[str], None]) -> None:
    """Give a run that is to learn from dev too the epochs of the earlier run's best model, and its label.

    With other ``trainer.epochs`` than the earlier run has, these count. A run whose start or teacher learnt from dev is
    labelled as well.

    Raises:
        RunError: the earlier run is not finished, had no dev scores, or learnt from dev itself.
        ConfigError: its model or data are set otherwise.
    """
    name = lent_by(config)
    if not name:
        if sources := [source for source in _sources(config) if _learnt_from_dev(source)]:
            config.name = f"{config.name or config.task} {INHERITED}"
            say(f"{sources[0]} learnt from its dev split too: if dev is the same here, scores on it tell nothing")
        return
    earlier, theirs = _earlier(config), config_of(name)
    _refuse_other_settings(config, theirs)
    if config.trainer.epochs == theirs.trainer.epochs:
        config.trainer.epochs = int(earlier.metrics["epoch"])
        say(f"epochs: {config.trainer.epochs}, as the best model of {name} on dev had")
    config.trainer.patience = 0
    config.name = f"{config.name or config.task} {LABEL}"


def lender(config: Config, train_digest: str) -> Bundle | None:
    """The earlier run's model, if dev is trained on.

    Args:
        train_digest: of this run's training data.

    Raises:
        RunError: there is none, or it learnt from other data.
    """
    if not lent_by(config):
        return None
    earlier = _earlier(config)
    if earlier.metrics.get("train_sha256") != train_digest:
        raise RunError(f"data.train_on_dev: {lent_by(config)} was trained on other data than data.train")
    return earlier


def warn_of(config: Config, split: str, say: Callable[[str], None]) -> None:
    """Say that a score on dev is none of new text, where the model learnt from it."""
    if split == "dev" and lent_by(config):
        say("warning: dev: the model learnt from this split; its score says nothing of new text")


def _earlier(config: Config) -> Bundle:
    name = lent_by(config)
    try:
        earlier = load_bundle(name)
    except RunError as problem:
        raise RunError(f"data.train_on_dev: {problem}; expected a finished run, trained on train alone") from None
    if earlier.task != config.task:
        raise RunError(f"data.train_on_dev: expected a run of task={config.task}, found {earlier.task} in {name}")
    if earlier.metrics.get("trained_on_dev"):
        raise RunError(f"data.train_on_dev: expected a run trained on train alone, {name} learnt from dev too")
    if not earlier.metrics.get("dev"):
        raise RunError(f"data.train_on_dev: expected a run with scores on dev, {name} has none")
    return earlier


def _refuse_other_settings(config: Config, theirs: Config) -> None:
    mine, other = asdict(config), asdict(theirs)
    cut = any(source_split(one.data, "test") == "train" for one in (config, theirs))
    free = [name for name in _FREE if not (cut and name == "test")]
    different = [
        f"{group}.{name}: expected {_shown(other[group].get(name))}, as {lent_by(config)} has, found {_shown(value)}"
        for group in ("data", "model", "tokenizer", "teacher")
        for name, value in mine.get(group, {}).items()
        if name not in free and _shown(value) != _shown(other[group].get(name))
    ]
    if different:
        raise ConfigError(different)


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value) or "nothing"


def label_of(config: Config) -> str:
    """What must be known of its scores; nothing of most runs."""
    if lent_by(config):
        return LABEL
    return INHERITED if config.name.endswith(INHERITED) else ""


def metrics_of(config: Config) -> dict[str, Any]:
    """What ``metrics.json`` says of it."""
    if lent_by(config):
        return {"trained_on_dev": True, "fitted_by": Path(lent_by(config)).name}
    return {"trained_on_dev": True} if label_of(config) else {}


def _sources(config: Config) -> list[str]:
    """The models that a run begins with or learns from."""
    teacher = getattr(config, "teacher", None)
    return [*([config.start_from] if config.start_from else []), *(teacher.folders if teacher else [])]


def _learnt_from_dev(model: str) -> bool:
    try:
        return bool(load_bundle(model).metrics.get("trained_on_dev"))
    except RunError:  # the task says it, and what to do
        return False
