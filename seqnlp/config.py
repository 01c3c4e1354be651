"""The configuration: one plain dataclass, every field with its meaning, unit and range.

YAML files, recipes and command-line overrides are merged elsewhere (compose.py); here a nested dictionary becomes a
:class:`Config`, and :func:`read_config` reports every unknown key, wrong type, value out of range and impossible
combination at once, before any data is read. Nothing below this file sees a dictionary or a Hydra object.
"""

from __future__ import annotations

import dataclasses
import operator
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from seqnlp.errors import ConfigError, did_you_mean


def setting(
    default: Any,
    help: str,
    *,
    choices: tuple[str, ...] = (),
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    below: float | None = None,
) -> Any:
    """A documented field: ``low``/``high`` are inclusive bounds, ``above``/``below`` exclusive ones."""
    bounds = {"choices": choices, "low": low, "high": high, "above": above, "below": below}
    return field(default=default, metadata={"help": help, **bounds})


Section = typing.TypeVar("Section")


@dataclass
class AboutConfig:
    """What a recipe says of itself; shown by ``seqnlp recipes`` and in the model card."""

    data: str = setting("", "the data set, in a few words")
    obtain: str = setting("", "how a user gets the data")
    licence: str = setting("", "the licence of the data")
    reaches: str = setting("", "the measured result, as in the recipe's README")


@dataclass
class DataConfig:
    """Where labelled sentences come from."""

    dir: str = setting("", "folder the paths below are relative to; empty: $SEQNLP_DATA, else the current folder")
    train: str = setting("", "training file (gzip or plain), or the hub split's name")
    dev: str = setting("", "development file or split: early stopping, choice of the best model, temperature")
    test: str = setting("", "test file or split; read only by `seqnlp evaluate`")
    format: str = setting("conll", "how the files are written", choices=("conll", "conllu", "jsonl", "hub"))
    hub: str = setting("", "format=hub: a `datasets` name, or a local dataset folder")
    hub_config: str = setting("", "format=hub: the data set's configuration name, if it has several")
    token_column: str = setting("0", "conll: column of the token, from 0, negative from the end; jsonl, hub: field")
    tag_column: str = setting(
        "-1", "conll: column of the tag; conllu: upos, xpos, feats or misc:KEY; jsonl, hub: field name"
    )
    scheme: str = setting(
        "iob2",
        "tag scheme of the files; none: plain tags such as POS",
        choices=("iob1", "iob2", "bioes", "bilou", "none"),
    )
    repair: bool = setting(False, "mend tags that are illegal in the scheme, and say what changed, instead of stopping")
    limit: int = setting(0, "use only the first N sentences of each split; 0: all", low=0)
    tokenizer: str = setting(
        "words",
        "how raw text is split into words once the model is used",
        choices=("words", "split", "english", "whitespace"),
    )


@dataclass
class ModelConfig:
    """The tagger: words and characters -> recurrent layers -> CRF or softmax."""

    scheme: str = setting("bioes", "tag scheme inside the model; none: plain tags", choices=("iob2", "bioes", "none"))
    word_dim: int = setting(100, "width of the word embedding; with `vectors` their width is used", low=0, high=4096)
    vectors: str = setting("", "text vectors (GloVe, word2vec, fastText .txt/.vec, gzip too), relative to data.dir")
    fine_tune: bool = setting(True, "learn a correction to the pretrained vector of each training word")
    lowercase: bool = setting(True, "look words up lower-cased; characters and casing keep the case")
    min_count: int = setting(1, "training words seen less often share the unknown word's embedding", low=1)
    character_model: str = setting("cnn", "word features from characters", choices=("cnn", "lstm", "none"))
    character_dim: int = setting(30, "width of a character's embedding", low=1, high=1024)
    character_hidden_dim: int = setting(50, "width of the word's character features", low=1, high=1024)
    casing_dim: int = setting(10, "width of the casing feature's embedding; 0: none", low=0, high=256)
    cell: str = setting("lstm", "recurrent cell", choices=("lstm", "gru", "rnn"))
    hidden_dim: int = setting(200, "width of each direction of a recurrent layer", low=1, high=4096)
    num_layers: int = setting(1, "recurrent layers, stacked", low=1, high=8)
    bidirectional: bool = setting(True, "read the sentence in both directions")
    word_dropout: float = setting(0.05, "chance that a training word is read as unknown", low=0, below=1)
    input_dropout: float = setting(0.33, "locked dropout on the recurrent input, one mask a sentence", low=0, below=1)
    hidden_dropout: float = setting(0.33, "locked dropout after each recurrent layer", low=0, below=1)
    fit_outside: bool = setting(
        True, "entities: after training, fit on dev how readily words are taken for entities, for the best F1"
    )
    output: str = setting("crf", "output layer; softmax decodes greedily, legal tags only", choices=("crf", "softmax"))


@dataclass
class OptimizerConfig:
    """How weights follow gradients."""

    name: str = setting("adam", "update rule", choices=("adam", "adamw", "sgd"))
    learning_rate: float = setting(2e-3, "peak step size", above=0, high=10)
    weight_decay: float = setting(
        0.0, "adamw: decoupled decay; adam, sgd: L2 (adam, adamw: not on words)", low=0, high=1
    )
    momentum: float = setting(0.0, "sgd: part of the last update that is kept in the next", low=0, below=1)
    beta1: float = setting(0.9, "adam, adamw: decay of the gradient's mean", low=0, below=1)
    beta2: float = setting(0.999, "adam, adamw: decay of the squared gradient's mean", low=0, below=1)
    schedule: str = setting(
        "linear", "shape of the step size over training", choices=("constant", "linear", "cosine", "step", "plateau")
    )
    warmup_steps: int = setting(0, "steps over which the step size rises from 0", low=0)
    final_factor: float = setting(0.0, "linear, cosine: last step size as a part of the peak", low=0, high=1)
    factor: float = setting(0.5, "step, plateau: the step size is multiplied by this", above=0, below=1)
    every_epochs: int = setting(
        10, "step: epochs between multiplications; plateau: epochs without a better score", low=1
    )


@dataclass
class TrainerConfig:
    """The training loop."""

    epochs: int = setting(30, "passes over the training split", low=1)
    batch_sentences: int = setting(32, "most sentences in one optimizer step", low=1)
    batch_tokens: int = setting(4096, "most padded tokens in one optimizer step (a longer sentence goes alone)", low=1)
    accumulation: int = setting(1, "pieces a step's batch is cut into, to save memory; the result is the same", low=1)
    clip_norm: float = setting(5.0, "largest gradient norm; 0: no clipping", low=0)
    ema_decay: float = setting(
        0.99, "decay of the running mean of the weights that is evaluated and saved; 0: off", low=0, below=1
    )
    patience: int = setting(0, "stop after this many epochs without a better dev score; 0: never", low=0)
    precision: str = setting("auto", "arithmetic of the matrix products", choices=("auto", "fp32", "bf16"))
    device: str = setting("auto", "where to compute: auto, cpu, cuda or cuda:N")
    threads: int = setting(0, "CPU threads of each process; 0: torch's choice", low=0, high=1024)
    checkpoint_steps: int = setting(
        1000, "steps between checkpoints inside an epoch; each epoch's end has one too", low=1
    )
    tensorboard: bool = setting(False, "also write TensorBoard logs (extra `tensorboard`)")
    progress: bool = setting(True, "draw a progress bar when standard error is a terminal")


@dataclass
class Config:
    """Everything that decides a run. Written to ``RUN/config.yaml`` before anything is read."""

    task: str = setting("tagging", "what the model does", choices=("tagging",))
    name: str = setting("", "the recipe's name, for tables and model cards")
    seed: int = setting(1, "seed of the initial weights, the order of the data and the dropout", low=0, high=2**31 - 1)
    run: str = setting("", "run directory; made by this run and refused if it already holds something")
    about: AboutConfig = field(default_factory=AboutConfig)
    data: DataConfig = field(default_factory=DataConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    trainer: TrainerConfig = field(default_factory=TrainerConfig)


def read_config(raw: Mapping[str, Any]) -> Config:
    """Turn a nested mapping into a validated :class:`Config`.

    Raises:
        ConfigError: with every unknown key, wrong type, value out of range and impossible combination.
    """
    problems: list[str] = []
    config = typing.cast(Config, _read_section(Config, raw, "", problems))
    problems += _impossible_combinations(config)
    if problems:
        raise ConfigError(problems)
    return config


def read_section(schema: type[Section], raw: Mapping[str, Any], prefix: str = "") -> Section:
    """One validated section (say, :class:`ModelConfig`) from its mapping; ``prefix`` stands before keys in messages.

    Raises:
        ConfigError: with every problem of this section.
    """
    problems: list[str] = []
    section = typing.cast(Section, _read_section(schema, raw, prefix, problems))
    if problems:
        raise ConfigError(problems)
    return section


def config_to_dict(config: Config) -> dict[str, Any]:
    """The nested dictionary that :func:`read_config` reads back to an equal :class:`Config`."""
    return dataclasses.asdict(config)


def _read_section(schema: type, raw: Mapping[str, Any], prefix: str, problems: list[str]) -> object:
    """One dataclass from one mapping; problems are appended, and the default stands in for what was wrong."""
    fields = {item.name: item for item in dataclasses.fields(schema)}
    hints = typing.get_type_hints(schema)
    values: dict[str, Any] = {}
    for key, value in raw.items():
        where = f"{prefix}{key}"
        if key not in fields:
            problems.append(f"{where}: unknown key{did_you_mean(str(key), fields)}")
        elif dataclasses.is_dataclass(hints[key]):
            if isinstance(value, Mapping):
                values[key] = _read_section(typing.cast(type, hints[key]), value, f"{where}.", problems)
            else:
                problems.append(f"{where}: expected a group of settings, found {value!r}")
        else:
            accepted, problem = _read_value(hints[key], value, fields[key].metadata)
            if problem:
                problems.append(f"{where}: {problem}")
            else:
                values[key] = accepted
    make: Callable[..., object] = schema
    return make(**values)


_TYPE_NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}


def _read_value(
    hint: type, value: Any, bounds: Mapping[str, Any] | types.MappingProxyType[Any, Any]
) -> tuple[Any, str]:
    """The value as ``hint``, and what is wrong with it (empty if nothing)."""
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if hint is str and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)  # a column number
    if hint is str and value is None:
        value = ""
    if type(value) is not hint:
        return None, f"expected {_TYPE_NAMES[hint]}, found {value!r}"
    choices = bounds["choices"]
    if choices and value not in choices:
        return None, f"expected one of {', '.join(choices)}; found '{value}'{did_you_mean(str(value), choices)}"
    outside: tuple[tuple[Any, str, Callable[[Any, Any], bool]], ...] = (
        (bounds["low"], "at least", operator.lt),
        (bounds["high"], "at most", operator.gt),
        (bounds["above"], "more than", operator.le),
        (bounds["below"], "less than", operator.ge),
    )
    wrong = [f"{word} {limit}" for limit, word, breaks in outside if limit is not None and breaks(value, limit)]
    return value, f"expected {' and '.join(wrong)}, found {value!r}" if wrong else ""


def _impossible_combinations(config: Config) -> list[str]:
    """Settings that are fine alone and make no sense together."""
    data, model, optimizer, trainer = config.data, config.model, config.optimizer, config.trainer
    problems = []
    if not data.train:
        problems.append("data.train: missing; choose a recipe (recipe=tagging/demo) or name a training file")
    if data.format == "hub" and not data.hub:
        problems.append("data.hub: missing; data.format=hub needs a `datasets` name or a local dataset folder")
    if data.format == "conll":
        for key in ("token_column", "tag_column"):
            value = getattr(data, key)
            if not value.lstrip("-").isdigit():
                problems.append(f"data.{key}: expected a column number for data.format=conll, found '{value}'")
    if data.format == "conllu" and not _is_conllu_column(data.tag_column):
        problems.append(
            f"data.tag_column: expected upos, xpos, feats or misc:KEY for data.format=conllu, found '{data.tag_column}'"
        )
    if (data.scheme == "none") != (model.scheme == "none"):
        problems.append(
            f"model.scheme: '{model.scheme}' does not go with data.scheme '{data.scheme}'; "
            "both are 'none' for plain tags"
        )
    if model.word_dim == 0 and not model.vectors and model.character_model == "none":
        problems.append("model.word_dim: 0 with no vectors and no character model leaves the tagger without input")
    if model.fine_tune is False and not model.vectors:
        problems.append("model.fine_tune: false means something only with model.vectors")
    if optimizer.momentum and optimizer.name != "sgd":
        problems.append(f"optimizer.momentum: only for optimizer.name=sgd, found '{optimizer.name}'")
    if not data.dev and (trainer.patience or optimizer.schedule == "plateau"):
        problems.append("data.dev: missing; trainer.patience and optimizer.schedule=plateau need a development split")
    return problems


def _is_conllu_column(name: str) -> bool:
    return name in ("upos", "xpos", "feats") or (name.startswith("misc:") and len(name) > 5)
