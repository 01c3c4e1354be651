"""The settings of a language model."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from seqnlp.config.cell import CellConfig
from seqnlp.config.common import Config
from seqnlp.config.loop import LoopConfig
from seqnlp.config.schema import setting
from seqnlp.config.splits import SplitsConfig, held_out_problems


@dataclass
class TextDataConfig(SplitsConfig):
    """Running text: every line, blank ones too, ends with one end mark, which is predicted as well."""

    train: str = setting(
        "",
        "training text (gzip or plain), `A + B` for several files; of .conll and .conllu files the words, "
        "a sentence a line; of .jsonl and .json files the field `text`",
    )
    dev: str = setting(
        "",
        "development text: early stopping, choice of the best model; or a part of train to hold out, such as 10%: the "
        "last lines, from a blank line on if one is near",
    )
    test: str = setting("", "test text; read only by `seqnlp evaluate`")
    limit: int = setting(0, "use only the first N lines of each split; 0: all", low=0)
    lowercase: bool = setting(False, "lower-case all text; perplexities then compare with lower-cased text only")


@dataclass
class LanguageTokensConfig:
    """What the model reads and predicts one after the other."""

    kind: Literal["words", "bpe", "unigram", "characters"] = setting(
        "words", "words, subwords (SentencePiece) or characters"
    )
    splitter: Literal["whitespace", "words", "split", "english"] = setting(
        "whitespace",
        "words: how a line is cut; a prompt is cut the same way",
    )
    min_count: int = setting(
        1, "words, characters: rarer ones are read as the unknown one, as `<unk>` is wherever a text has it", low=1
    )
    vocabulary_size: int = setting(
        8000,
        "bpe, unigram: subwords, 256 bytes and 4 special ones among them",
        low=270,
        high=64000,
        only="kind=bpe,unigram",
    )


@dataclass
class RecurrentLanguageModelConfig(CellConfig):
    """Embedding, recurrent layers whose state is carried from window to window, output embedding."""

    direction: Literal["forward", "backward"] = setting(
        "forward", "forward predicts the next token, backward the one before"
    )
    embedding_dim: int = setting(
        256, "width of the embedding, and with tie_embeddings of the last layer", low=1, high=4096
    )
    hidden_dim: int = setting(
        512, "width of the recurrent layers; with tie_embeddings of all but the last", low=1, high=8192
    )
    num_layers: int = setting(2, "recurrent layers", low=1, high=8)
    tie_embeddings: bool = setting(True, "one table for reading and predicting (Press & Wolf 2017)")
    adaptive_head: int = setting(
        0,
        "adaptive softmax: so many of the most frequent tokens are scored always, the rest only where needed; 0: off",
        low=0,
    )
    embedding_dropout: float = setting(
        0.1, "chance that a token is not read, wherever it occurs in a window", low=0, below=1
    )
    input_dropout: float = setting(0.3, "locked dropout on the embeddings", low=0, below=1)
    hidden_dropout: float = setting(0.2, "locked dropout between recurrent layers", low=0, below=1)
    output_dropout: float = setting(0.3, "locked dropout on the last layer", low=0, below=1)
    weight_drop: float = setting(
        0.2, "dropout on the recurrent weights (DropConnect), drawn for each window", low=0, below=1
    )
    activation_penalty: float = setting(0.0, "AR: weight of the mean square of the (dropped) outputs", low=0)
    change_penalty: float = setting(0.0, "TAR: weight of the mean squared change of the outputs in time", low=0)


@dataclass
class StreamTrainerConfig(LoopConfig):
    """The training loop over streams of text read side by side."""

    streams: int = setting(32, "parts of the text that are read side by side; short texts have fewer", low=1)
    window: int = setting(
        70, "tokens of each stream in one optimizer step: truncated back-propagation through time", low=1
    )


@dataclass
class LanguageModelConfig(Config):
    """Everything that decides the training of a language model."""

    task: str = setting("language_model", "what the model does", choices=("language_model",))
    data: TextDataConfig = field(default_factory=TextDataConfig)
    tokenizer: LanguageTokensConfig = field(default_factory=LanguageTokensConfig)
    model: RecurrentLanguageModelConfig = field(default_factory=RecurrentLanguageModelConfig)
    trainer: StreamTrainerConfig = field(default_factory=StreamTrainerConfig)
    trained_on = "a training text"

    @property
    def width(self) -> int:
        """The width of the recurrent layers."""
        return self.model.hidden_dim

    @property
    def dev_score_names(self) -> tuple[str, ...]:
        """As :meth:`Config.dev_score_names`."""
        return ("perplexity",)

    def problems(self) -> list[str]:
        """Settings that are fine alone and make no sense together."""
        data, model, tokens = self.data, self.model, self.tokenizer
        problems = super().problems() + model.cell_problems()
        problems += held_out_problems(data)
        if model.adaptive_head and tokens.kind in ("bpe", "unigram"):
            problems.append(
                "model.adaptive_head: only for tokenizer.kind=words or characters, which are numbered by frequency; "
                f"found '{tokens.kind}'"
            )
        if model.tie_embeddings and model.num_layers == 1 and model.hidden_dim != model.embedding_dim:
            problems.append(
                "model.hidden_dim: with tie_embeddings the only layer is as wide as the embedding "
                f"({model.embedding_dim}), found {model.hidden_dim}"
            )
        if tokens.splitter != "whitespace" and tokens.kind != "words":
            problems.append(f"tokenizer.splitter: only for tokenizer.kind=words, found '{tokens.kind}'")
        if tokens.min_count > 1 and tokens.kind in ("bpe", "unigram"):
            problems.append(f"tokenizer.min_count: only for words and characters, found '{tokens.kind}'")
        return problems if data.dev else problems + self.needs_dev()


def cluster_sizes(num_tokens: int, head: int) -> list[int]:
    """Tokens of the head and of two clusters, cut at the geometric mean; all in the head if nothing is left."""
    if head == 0 or head + 2 > num_tokens:
        return [num_tokens]
    middle = min(max(round(math.sqrt(head * num_tokens)), head + 1), num_tokens - 1)
    return [head, middle - head, num_tokens - middle]
