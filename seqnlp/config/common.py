"""What the configuration of every task shares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from seqnlp.config.loop import LoopConfig, OptimizerConfig
from seqnlp.config.named_files import absolute
from seqnlp.config.schema import setting
from seqnlp.config.splits import SplitsConfig
from seqnlp.task_table import TASKS


@dataclass
class AboutConfig:
    """What a recipe says of itself; shown by ``seqnlp recipes`` and in the model card."""

    data: str = setting("", "the data set, in a few words")
    source: str = setting("", "how a user gets the data")
    licence: str = setting("", "the licence of the data")
    results: str = setting("", "the measured results, as in the recipe's README")


@dataclass
class Config(ABC):
    """What every run has; each task's own configuration adds its sections. Written to ``RUN/config.yaml``."""

    task: str = setting("", "what the model does", choices=tuple(TASKS))
    name: str = setting("", "the recipe's name, for tables and model cards")
    seed: int = setting(1, "seed of the initial weights, the order of the data and the dropout", low=0, high=2**31 - 1)
    start_from: str = setting(
        "",
        "fine-tuning: a run or model folder whose weights, words, labels and tokenizer this run begins with; new words "
        "and labels are added, sizes must be the same",
    )
    run: str = setting("", "run directory; made by this run and refused if it already holds something")
    about: AboutConfig = field(default_factory=AboutConfig)
    data: SplitsConfig = field(default_factory=SplitsConfig)
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    trainer: LoopConfig = field(default_factory=LoopConfig)
    trained_on: ClassVar[str] = "a training file"

    @property
    def dev_score_names(self) -> tuple[str, ...]:
        """What the scores of dev may be called, by one of which ``trainer.objective`` may go."""
        return ()

    def problems(self) -> list[str]:
        """Settings that are fine alone and make no sense together."""
        problems = []
        if self.optimizer.momentum and self.optimizer.name != "sgd":
            problems.append(f"optimizer.momentum: only for optimizer.name=sgd, found '{self.optimizer.name}'")
        if self.optimizer.name == "asgd" and self.trainer.ema_decay:
            problems.append("trainer.ema_decay: expected 0 with optimizer.name=asgd, which averages the weights itself")
        if not self.data.train:
            start = f"choose a recipe (recipe={self.task}/demo) or name {self.trained_on}"
            problems.append(f"data.train: missing; {start}")
        return problems

    @property
    @abstractmethod
    def width(self) -> int:
        """The width of the products that dominate a step: what decides whether bf16 pays on a CPU."""

    def name_runs_absolutely(self) -> None:
        """Make the paths of other runs absolute, so that the run can be resumed from anywhere."""
        self.start_from = absolute(self.start_from)
        self.data.name_runs_absolutely()

    def test_on(self, name: str) -> None:
        """Put a file in the place of the test split."""
        self.data.test = absolute(name)

    def needs_dev(self) -> list[str]:
        """What to say if there is no development split."""
        if self.trainer.patience or self.optimizer.schedule == "plateau":
            return ["data.dev: missing; trainer.patience and optimizer.schedule=plateau need a development split"]
        if self.optimizer.name == "asgd" and self.optimizer.trigger_epochs:
            return ["data.dev: missing; optimizer.name=asgd needs a development split, or optimizer.trigger_epochs=0"]
        return []
