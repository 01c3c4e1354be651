"""Where the splits are, and which part of train is held out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from seqnlp.config.loop import OptimizerConfig
from seqnlp.config.named_files import absolute
from seqnlp.config.schema import setting


@dataclass
class SplitsConfig:
    """Where the splits are; each task's data settings add how they are written."""

    dir: str = setting("", "folder the paths below are relative to; empty: $SEQNLP_DATA, else the current folder")
    train: str = setting("", "the training split")
    dev: str = setting("", "the development split")
    test: str = setting("", "the test split; 2/5: the second of five equal parts of train, for cross-validation")
    share: float = setting(
        1.0, "part of the training examples that is used; a larger part has those of a smaller", above=0, high=1
    )

    @property
    def languages(self) -> tuple[str, ...]:
        """Of sentence pairs, the source's and the target's."""
        return ()

    def name_runs_absolutely(self) -> None:
        """Make the paths of other runs absolute, where there are such."""


@dataclass
class HubDataConfig(SplitsConfig):
    """Examples that files or a hub hold, and of which a part may be held out."""

    dev_seed: int = setting(
        1, "seed of what is held out as dev, or made up; apart from `seed`, so that all seeds share it", low=0
    )
    hub: str = setting("", "format=hub: a `datasets` name, or a local dataset folder", only="format=hub")
    hub_config: str = setting("", "format=hub: the data set's configuration name, if it has several", only="format=hub")

    def hub_problems(self, format: str) -> list[str]:
        """What to say of a hub without a name."""
        if format == "hub" and not self.hub:
            return ["data.hub: missing; data.format=hub needs a `datasets` name or a local dataset folder"]
        return []


@dataclass
class LabelledDataConfig(HubDataConfig):
    """Sentences or texts with labels, from which the last model may learn in dev, too."""

    train_on_dev: str = setting(
        "",
        "learn from dev too, labelled so: a finished run of the same settings, trained on train alone, which lends its "
        "number of epochs (of its best model; where trainer.epochs is another, that counts) and what was fitted on dev",
    )

    def name_runs_absolutely(self) -> None:
        """The path of the run that lends."""
        self.train_on_dev = absolute(self.train_on_dev)

    def train_on_dev_problems(self, optimizer: OptimizerConfig) -> list[str]:
        """What cannot be where the dev split is learnt from."""
        if not self.train_on_dev:
            return []
        problems = [] if self.dev else ["data.train_on_dev: there is no data.dev to learn from"]
        if optimizer.schedule == "plateau" or (optimizer.name == "asgd" and optimizer.trigger_epochs):
            needs = "optimizer.schedule=plateau and optimizer.trigger_epochs need dev scores"
            problems.append(f"data.train_on_dev: there are no dev scores then; {needs}")
        return problems


def held_out_part(data: SplitsConfig) -> float | None:
    """The part of train, between 0 and 1, that ``data.dev`` holds out; None if it names a file, or is no such part."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)%", data.dev)
    return float(match[1]) / 100 if match and 0 < float(match[1]) < 100 else None


class Fold(NamedTuple):
    """The ``number``-th, from 1, of ``total`` equal parts of train."""

    number: int
    total: int


def fold_of(data: SplitsConfig) -> Fold | None:
    """The part of train that ``data.test`` takes out, as in ``2/5``; None if it names a file, or is no such part."""
    match = re.fullmatch(r"(\d+)/(\d+)", data.test)
    fold = Fold(int(match[1]), int(match[2])) if match else None
    return fold if fold and fold.total >= 2 and 1 <= fold.number <= fold.total else None


def source_split(data: SplitsConfig, split: str) -> str:
    """The split whose files hold the examples of a split: ``train`` for what is taken out of it."""
    taken = (split == "dev" and held_out_part(data) is not None) or (split == "test" and fold_of(data) is not None)
    return "train" if taken else split


def train_is_cut(data: SplitsConfig) -> bool:
    """Whether not all examples of train's files are trained on."""
    return held_out_part(data) is not None or fold_of(data) is not None or data.share < 1


def held_out_problems(data: SplitsConfig) -> list[str]:
    """What to say of a part of train that cannot be, or is not for dev."""
    problems = []
    if data.dev.endswith("%") and held_out_part(data) is None:
        problems.append(f"data.dev: expected a part of more than 0% and less than 100%, found '{data.dev}'")
    if re.fullmatch(r"\d+/\d+", data.test) and fold_of(data) is None:
        problems.append(f"data.test: expected a fold such as 2/5, from 1 of at least 2, found '{data.test}'")
    for split in ("train", "test"):
        if getattr(data, split).endswith("%"):
            problems.append(f"data.{split}: only data.dev can be a part of train; found '{getattr(data, split)}'")
    return problems
