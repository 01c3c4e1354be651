"""The settings that every task shares."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple

from seqnlp.config.schema import setting
from seqnlp.task_table import TASKS

_WITH_FORGET_GATE = ("lstm", "peephole")


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


def delimiter_of(written: str) -> str:
    r"""The characters that a setting such as ``data.delimiter`` stands for: ``\t`` and ``tab`` are a tab."""
    return "\t" if written in (r"\t", "tab") else written


def delimiter_problems(format: str, written: str) -> list[str]:
    """What to say of a ``data.delimiter`` that cannot be."""
    if not written:
        return []
    if format not in ("tsv", "csv"):
        return [f"data.delimiter: only for data.format=csv and tsv, found '{format}'"]
    if format == "csv" and (len(delimiter_of(written)) != 1 or delimiter_of(written) in '"\r\n'):
        return [f"data.delimiter: expected one character for data.format=csv (tsv takes any text), found '{written}'"]
    return []


@dataclass
class AboutConfig:
    """What a recipe says of itself; shown by ``seqnlp recipes`` and in the model card."""

    data: str = setting("", "the data set, in a few words")
    source: str = setting("", "how a user gets the data")
    licence: str = setting("", "the licence of the data")
    results: str = setting("", "the measured results, as in the recipe's README")


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

    def train_on_dev_problems(self, optimizer: OptimizerConfig) -> list[str]:
        """What cannot be where the dev split is learnt from."""
        if not self.train_on_dev:
            return []
        problems = [] if self.dev else ["data.train_on_dev: there is no data.dev to learn from"]
        if optimizer.schedule == "plateau" or (optimizer.name == "asgd" and optimizer.trigger_epochs):
            needs = "optimizer.schedule=plateau and optimizer.trigger_epochs need dev scores"
            problems.append(f"data.train_on_dev: there are no dev scores then; {needs}")
        return problems


@dataclass
class CellConfig:
    """The recurrent cell of a model, and how it begins."""

    cell: Literal["lstm", "gru", "rnn", "peephole"] = setting("lstm", "recurrent cell")
    forget_bias: float = setting(
        1.0, "lstm, peephole: bias of the forget gates at the start (Jozefowicz et al. 2015)", low=-10, high=10
    )

    def cell_problems(self) -> list[str]:
        """What to say of a bias other than the usual one for a cell that has no forget gate."""
        if self.forget_bias == 1 or self.cell in _WITH_FORGET_GATE:
            return []
        return [f"model.forget_bias: only for model.cell={' and '.join(_WITH_FORGET_GATE)}, found '{self.cell}'"]


def side_by_side(files: str) -> list[str]:
    """The names in ``FILE + FILE``."""
    return [name.strip() for name in files.split(" + ")]


@dataclass
class WordModelConfig(CellConfig):
    """What taggers and classifiers share: words and their characters -> recurrent layers."""

    word_dim: int = setting(100, "width of the word embedding; with `vectors` their width is used", low=1, high=4096)
    vectors: str = setting(
        "",
        "text vectors (GloVe, word2vec, fastText .txt/.vec, gzip too), relative to data.dir; `a.txt + b.txt`: side by "
        "side, zeros for a word that one of them lacks",
    )
    fine_tune: bool = setting(True, "learn a correction to the pretrained vector of each training word")
    lowercase: bool = setting(True, "look words up lower-cased; characters and casing keep the case")
    min_count: int = setting(1, "training words seen less often share the unknown word's embedding", low=1)
    character_model: Literal["cnn", "lstm", "none"] = setting("none", "word features from characters")
    character_dim: int = setting(
        30, "width of a character's embedding", low=1, high=1024, only="character_model=cnn,lstm"
    )
    character_hidden_dim: int = setting(
        50, "width of the word's character features", low=1, high=1024, only="character_model=cnn,lstm"
    )
    casing_dim: int = setting(0, "width of the casing feature's embedding; 0: none", low=0, high=256)
    hidden_dim: int = setting(150, "width of each direction of a recurrent layer", low=1, high=4096)
    num_layers: int = setting(1, "recurrent layers, stacked", low=1, high=8)
    bidirectional: bool = setting(True, "read in both directions")
    word_dropout: float = setting(0.05, "chance that a training word is read as unknown", low=0, below=1)
    input_dropout: float = setting(
        0.33, "locked dropout on the recurrent input, one mask a sentence or window", low=0, below=1
    )
    hidden_dropout: float = setting(0.33, "locked dropout after each recurrent layer", low=0, below=1)

    @property
    def vectors_files(self) -> list[str]:
        """The files that ``vectors`` names."""
        return side_by_side(self.vectors) if self.vectors else []

    def word_problems(self) -> list[str]:
        """Settings of words that make no sense together."""
        problems = self.cell_problems()
        files = self.vectors_files
        if not all(files) or len(set(files)) < len(files):
            problems.append(
                f"model.vectors: expected a file, or `FILE + FILE` of different ones, found '{self.vectors}'"
            )
        if self.fine_tune is False and not self.vectors:
            problems.append("model.fine_tune: false means something only with model.vectors")
        return problems


@dataclass
class TeacherConfig:
    """Trained models whose answers are learnt beside the labels: knowledge distillation (Hinton et al. 2015)."""

    runs: str = setting(
        "",
        "knowledge distillation: models of the same labels whose mean probabilities are learnt, `RUN1 + RUN2`; runs or "
        "model folders, relative to the current folder",
    )
    weight: float = setting(
        0.5, "share of the loss that is the teachers'; 1: the labels do not count", above=0, high=1, only="runs"
    )

    texts: str = setting(
        "",
        "a text file without labels, one sentence (tagging) or text a line (gzip or plain): what teachers say of it is "
        "learnt as well; relative to the current folder",
        only="runs",
    )

    @property
    def folders(self) -> list[str]:
        """The folders that ``runs`` names."""
        return [name.strip() for name in self.runs.split(" + ")] if self.runs else []

    def name_runs_absolutely(self) -> None:
        """Make all paths absolute."""
        self.texts = str(Path(self.texts).expanduser().absolute()) if self.texts else ""
        self.runs = " + ".join(str(Path(name).expanduser().absolute()) for name in self.folders)


@dataclass
class OptimizerConfig:
    """How weights follow gradients."""

    name: Literal["adam", "adamw", "sgd", "asgd"] = setting("adam", "update rule; asgd: SGD with averaged weights")
    learning_rate: float = setting(2e-3, "peak learning rate", above=0, high=100)
    weight_decay: float = setting(
        0.0, "adamw: decoupled decay; others: L2 (adam, adamw: not on a tagger's words)", low=0, high=1
    )
    trigger_epochs: int = setting(
        5,
        "asgd: average from when the dev score is worse than this many epochs ago or before; 0: from the start",
        low=0,
        only="name=asgd",
    )
    momentum: float = setting(0.0, "sgd: part of the last update that is kept in the next", low=0, below=1)
    beta1: float = setting(0.9, "adam, adamw: decay of the gradient's mean", low=0, below=1, only="name=adam,adamw")
    beta2: float = setting(
        0.999, "adam, adamw: decay of the squared gradient's mean", low=0, below=1, only="name=adam,adamw"
    )
    schedule: Literal["constant", "linear", "cosine", "step", "plateau"] = setting(
        "linear", "shape of the learning rate over training"
    )
    warmup_steps: int = setting(0, "steps over which the learning rate rises from 0", low=0)
    final_factor: float = setting(
        0.0, "linear, cosine: last learning rate as a part of the peak", low=0, high=1, only="schedule=linear,cosine"
    )
    factor: float = setting(
        0.5, "step, plateau: the learning rate is multiplied by this", above=0, below=1, only="schedule=step,plateau"
    )
    every_epochs: int = setting(
        10,
        "step: epochs between multiplications; plateau: epochs without a better score",
        low=1,
        only="schedule=step,plateau",
    )


@dataclass
class LoopConfig:
    """The training loop; each task's settings add what a batch is."""

    epochs: int = setting(30, "passes over the training split", low=1)
    accumulation: int = setting(1, "pieces a step's batch is cut into, to save memory; the result is the same", low=1)
    clip_norm: float = setting(5.0, "largest gradient norm; 0: no clipping", low=0)
    ema_decay: float = setting(
        0.99, "decay of the running mean of the weights that is evaluated and saved; 0: off", low=0, below=1
    )
    patience: int = setting(0, "stop after this many epochs without a better dev score; 0: never", low=0)
    precision: Literal["auto", "fp32", "bf16"] = setting("auto", "arithmetic of the matrix products")
    device: str = setting("auto", "where to compute: auto, cpu, cuda or cuda:N")
    threads: int = setting(0, "CPU threads of each process; 0: torch's choice", low=0, high=1024)
    freeze: str = setting(
        "",
        "groups of parameters that are not trained, such as [embeddings, encoder]; a wrong name lists those that exist",
        several=True,
    )
    checkpoint_steps: int = setting(
        1000, "steps between checkpoints inside an epoch; each epoch's end has one too", low=1
    )
    objective: str = setting(
        "score",
        "the dev score, by its name in log.csv, that a job of a sweep gives to Hydra's sweeper (hydra/sweeper=optuna); "
        "score is the one that chooses the best epoch: higher is better",
    )
    tensorboard: bool = setting(False, "also write TensorBoard logs (extra `tensorboard`)")
    progress: bool = setting(True, "draw a progress bar when standard error is a terminal")


@dataclass
class TrainerConfig(LoopConfig):
    """The training loop over batches of sentences."""

    batch_sentences: int = setting(32, "most sentences in one optimizer step", low=1)
    batch_tokens: int = setting(4096, "most padded tokens in one optimizer step (a longer sentence goes alone)", low=1)


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
        if self.start_from:
            self.start_from = str(Path(self.start_from).expanduser().absolute())
        if isinstance(self.data, LabelledDataConfig) and self.data.train_on_dev:
            self.data.train_on_dev = str(Path(self.data.train_on_dev).expanduser().absolute())

    def test_on(self, name: str) -> None:
        """Put a file in the place of the test split."""
        self.data.test = str(Path(name).expanduser().absolute())

    def needs_dev(self) -> list[str]:
        """What to say if there is no development split."""
        if self.trainer.patience or self.optimizer.schedule == "plateau":
            return ["data.dev: missing; trainer.patience and optimizer.schedule=plateau need a development split"]
        if self.optimizer.name == "asgd" and self.optimizer.trigger_epochs:
            return ["data.dev: missing; optimizer.name=asgd needs a development split, or optimizer.trigger_epochs=0"]
        return []
