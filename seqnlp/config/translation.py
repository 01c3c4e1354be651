"""The settings of a translator."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from seqnlp.config.cell import CellConfig
from seqnlp.config.common import Config
from seqnlp.config.delimiter import delimiter_problems
from seqnlp.config.loop import TrainerConfig
from seqnlp.config.named_files import AND, absolute, side_by_side
from seqnlp.config.schema import setting
from seqnlp.config.splits import HubDataConfig, held_out_problems
from seqnlp.config.teacher import TeacherConfig

LANGUAGE = "{lang}"
"""Stands for the language in the names of files."""


@dataclass
class ParallelDataConfig(HubDataConfig):
    """Where sentence pairs come from, and which of them are used for training."""

    train: str = setting(
        "",
        "training files as a pattern (`train.{lang}.gz`), their prefix (`train.clean`) or both (`a.txt + b.txt`); one "
        "file that holds both sides; or a hub split",
    )
    dev: str = setting(
        "",
        "development files or split: early stopping, choice of the best model, tuning; or a part of train to hold out, "
        "such as 10%: pairs with an equal side together",
    )
    test: str = setting("", "test files or split; read only by `seqnlp evaluate` and `seqnlp compare`")
    format: Literal["auto", "files", "tsv", "csv", "jsonl", "json", "tmx", "hub"] = setting(
        "auto",
        "how the splits are written; auto: as each one's name and content look; files: two line-aligned text files; "
        "tsv, csv: columns; jsonl, json: objects; tmx: a translation memory",
    )
    source: str = setting("", "source language, such as de: stands for {lang}; its texts have this name, if no other")
    target: str = setting("", "target language, such as en: stands for {lang}; its texts have this name, if no other")
    source_column: str = setting(
        "",
        "tsv, csv: column of the source, from 0, or its name in the first line; jsonl, json, hub: key of the text; "
        "empty: tsv 0, else data.source",
    )
    target_column: str = setting(
        "",
        "tsv, csv: column of the target, from 0, or its name in the first line; jsonl, json, hub: key of the text; "
        "empty: tsv 1, else data.target",
    )
    delimiter: str = setting(
        "", r"tsv, csv: what stands between columns (`;`, ` ||| `, csv: one character); empty: a tab, csv: a comma"
    )
    limit: int = setting(0, "use only the first N pairs of each split; 0: all", low=0)
    one_sided: Literal["drop", "refuse"] = setting("drop", "training pairs with one empty side")
    max_ratio: float = setting(
        0.0,
        "drop training pairs with a side more than this many times as many words as the other (two letters of a script "
        "without spaces are a word); 0: keep",
        low=0,
    )
    duplicates: Literal["keep", "drop"] = setting("keep", "training pairs that occur again")
    max_tokens: int = setting(
        200, "training pairs with more subwords on a side are left out; longer lines are cut when translating", low=4
    )
    cache: Literal["auto", "always", "never"] = setting(
        "auto",
        "keep the training pairs as subwords in files (in `$SEQNLP_CACHE`, else `~/.cache/seqnlp`), which later runs "
        "on the same data map into memory; auto: those that would take more than 1/256 of this machine's memory",
    )

    @property
    def languages(self) -> tuple[str, ...]:
        """The source's and the target's."""
        return self.source, self.target

    @property
    def columns(self) -> tuple[str, str]:
        """Numbers or names of the two columns of a table."""
        usual = ("0", "1") if self.format == "tsv" else (self.source, self.target)
        return self.source_column or usual[0], self.target_column or usual[1]

    @property
    def keys(self) -> tuple[str, str]:
        """The two texts of an object of JSON or a row of a data set; numbers are columns of another split's table."""
        source, target = ("" if name.isdecimal() else name for name in (self.source_column, self.target_column))
        return source or self.source, target or self.target


@dataclass
class SubwordConfig:
    """SentencePiece, trained on the training split alone."""

    kind: Literal["bpe", "unigram"] = setting("bpe", "how subwords are found")
    vocabulary_size: int = setting(6000, "most subwords, 256 bytes and 4 special ones among them", low=270, high=64000)
    joint: bool = setting(True, "one vocabulary for both languages; false: one a side, each of vocabulary_size")
    normalization: Literal["nmt_nfkc", "nfkc", "nmt_nfkc_cf", "nfkc_cf", "identity"] = setting(
        "nmt_nfkc",
        "what happens to characters: NFKC folds full-width and ligatures, nmt_ also odd spaces, _cf lower-cases",
    )
    character_coverage: float = setting(
        1.0, "part of all characters that get a subword; the rest are written as bytes", above=0.9, high=1
    )
    sampling: float = setting(
        0.0, "subword regularisation of the training text; bpe: chance to skip a merge, unigram: alpha", low=0, below=1
    )


@dataclass
class TranslatorConfig(CellConfig):
    """Recurrent encoder, attention, recurrent decoder, deep output."""

    embedding_dim: int = setting(256, "width of the subword embeddings and of the deep output layer", low=1, high=4096)
    tie_embeddings: Literal["all", "target", "none"] = setting(
        "all",
        "share: all three tables (joint vocabulary), the target's two, or none",
    )
    encoder_hidden_dim: int = setting(256, "width of each direction of an encoder layer", low=1, high=4096)
    encoder_layers: int = setting(1, "encoder layers", low=1, high=8)
    bidirectional: bool = setting(True, "read the source in both directions")
    decoder_hidden_dim: int = setting(512, "width of a decoder layer", low=1, high=4096)
    decoder_layers: int = setting(
        1, "decoder layers; those above the first read the attention's context", low=1, high=8
    )
    attention: Literal["additive", "dot", "general"] = setting(
        "additive", "additive (Bahdanau), dot or general (Luong)"
    )
    attention_dim: int = setting(256, "width of the additive attention", low=1, high=4096, only="attention=additive")
    coverage: bool = setting(False, "attention sees how much each source position was attended so far")
    input_feeding: bool = setting(True, "the context of the last step is fed to the first decoder layer")
    bridge: Literal["mean", "final", "zero"] = setting("mean", "first decoder state from")
    layer_norm: bool = setting(False, "layer normalisation of the memory and of the deep output")
    embedding_dropout: float = setting(0.2, "locked dropout on the embeddings", low=0, below=1)
    hidden_dropout: float = setting(0.3, "locked dropout on the memory and between layers", low=0, below=1)
    output_dropout: float = setting(0.3, "dropout on the deep output", low=0, below=1)
    word_dropout: float = setting(0.0, "chance that a subword's embedding is left out", low=0, below=1)
    label_smoothing: float = setting(0.1, "probability shared among all subwords", low=0, below=1)
    teacher_forcing: Literal["constant", "linear", "inverse_sigmoid"] = setting(
        "constant",
        "how the teacher-forcing ratio falls over training",
    )
    teacher_forcing_start: float = setting(1.0, "chance that the decoder reads the true last subword", low=0, high=1)
    teacher_forcing_end: float = setting(1.0, "linear, inverse_sigmoid: that chance at the end", low=0, high=1)
    metric: Literal["bleu", "chrf"] = setting("bleu", "dev score that chooses the best model (greedy)")


@dataclass
class DecodingConfig:
    """How translations are searched; `seqnlp evaluate --tune` finds beam and length penalty on dev."""

    beam: int = setting(5, "hypotheses kept a sentence; 1: greedy", low=1, high=256)
    length_penalty: Literal["average", "gnmt", "none"] = setting(
        "average",
        "log probability divided by length^alpha, by GNMT's ((5+length)/6)^alpha, or not",
    )
    alpha: float = setting(1.0, "exponent of the length penalty", low=0, high=5, only="length_penalty=average,gnmt")
    coverage_penalty: float = setting(0.0, "GNMT's beta: how much unattended source words cost", low=0, high=5)
    min_ratio: float = setting(0.0, "shortest output in subwords, times the source", low=0, high=10)
    max_ratio: float = setting(2.0, "longest output in subwords, times the source, plus max_extra", low=0, high=20)
    max_extra: int = setting(10, "added to the longest output, so that short lines have room", low=0, high=1000)
    no_repeat_ngram: int = setting(0, "no n-gram of this many subwords occurs twice; 0: allowed", low=0, high=20)


@dataclass
class RiskConfig:
    """Minimum risk training: the last part of a training learns from the model's own translations."""

    part: float = setting(
        0.0,
        "minimum risk training (Shen et al. 2016): part of the epochs, the last ones, in which the model also learns "
        "which of its own translations are better by model.metric, with full teacher forcing, such as 0.1; 0: none",
        low=0,
        high=1,
    )
    candidates: int = setting(
        5, "translations of each source that are compared, a beam's best", low=2, high=256, only="part"
    )
    weight: float = setting(
        0.7, "share of the loss that is theirs, the rest is the references'", above=0, high=1, only="part"
    )
    scale: float = setting(4.0, "what a translation's score above the mean counts", above=0, only="part")


LARGEST_WEIGHT = 1000.0
"""Of a part of a reranked translation's score, either way: beside it the search counts nothing."""


@dataclass(frozen=True)
class RerankWeights:
    """What the parts of a reranked translation's score count; `seqnlp evaluate --rerank --tune` finds it on dev."""

    reverse: float = setting(
        0.2,
        "of the source's log probability, given the translation, by the reverse model",
        low=-LARGEST_WEIGHT,
        high=LARGEST_WEIGHT,
    )
    language_model: float = setting(
        0.0, "of the translation's log probability by the language model", low=-LARGEST_WEIGHT, high=LARGEST_WEIGHT
    )
    length: float = setting(0.0, "of the translation's length in subwords", low=-LARGEST_WEIGHT, high=LARGEST_WEIGHT)
    lexicon: float = setting(
        0.0,
        "of the translation's log probability, given the source, by a lexicon of words (IBM model 1)",
        low=-LARGEST_WEIGHT,
        high=LARGEST_WEIGHT,
    )


@dataclass
class TranslationConfig(Config):
    """Everything that decides the training of a translator."""

    task: str = setting("translation", "what the model does", choices=("translation",))
    data: ParallelDataConfig = field(default_factory=ParallelDataConfig)
    tokenizer: SubwordConfig = field(default_factory=SubwordConfig)
    model: TranslatorConfig = field(default_factory=TranslatorConfig)
    decoding: DecodingConfig = field(default_factory=DecodingConfig)
    teacher: TeacherConfig = field(default_factory=TeacherConfig)
    risk: RiskConfig = field(default_factory=RiskConfig)
    trainer: TrainerConfig = field(default_factory=TrainerConfig)
    trained_on = "the training files"

    def name_runs_absolutely(self) -> None:
        """The paths of teachers, too."""
        super().name_runs_absolutely()
        self.teacher.name_runs_absolutely()

    @property
    def width(self) -> int:
        """The width of the products that dominate a step: what decides whether bf16 pays on a CPU."""
        return max(self.model.encoder_hidden_dim, self.model.decoder_hidden_dim)

    def test_on(self, name: str) -> None:
        """Put a file, or one of each language, in the place of the test split."""
        names = [name] if Path(name).exists() else side_by_side(name)
        self.data.test = AND.join(map(absolute, names))

    @property
    def dev_score_names(self) -> tuple[str, ...]:
        """As :meth:`Config.dev_score_names`."""
        return (self.model.metric,)

    def problems(self) -> list[str]:
        """Settings that are fine alone and make no sense together."""
        data, model = self.data, self.model
        problems = super().problems() + model.cell_problems()
        problems += data.hub_problems(data.format) + held_out_problems(data)
        if data.format != "auto":
            problems += format_problems(data)
        patterns = any(LANGUAGE in getattr(data, split) for split in ("train", "dev", "test"))
        needed = patterns if data.format == "auto" else data.format not in ("tsv", "csv")
        if needed and not (data.source and data.target):
            problems.append("data.source, data.target: missing; name both languages, such as de and en")
        if model.tie_embeddings == "all" and not self.tokenizer.joint:
            problems.append(
                "model.tie_embeddings: 'all' needs tokenizer.joint=true; with one vocabulary a side use 'target'"
            )
        if model.attention == "dot" and model.decoder_hidden_dim != model.encoder_hidden_dim * (
            1 + model.bidirectional
        ):
            problems.append(
                "model.attention: dot needs decoder_hidden_dim equal to the encoder's width "
                f"({model.encoder_hidden_dim * (1 + model.bidirectional)}), found {model.decoder_hidden_dim}"
            )
        if model.coverage and model.attention != "additive":
            problems.append(f"model.coverage: only for model.attention=additive, found '{model.attention}'")
        if model.teacher_forcing == "constant" and model.teacher_forcing_end != 1:
            problems.append(
                "model.teacher_forcing_end: means something only with teacher_forcing=linear or inverse_sigmoid"
            )
        if self.teacher.runs and self.tokenizer.sampling:
            problems.append("tokenizer.sampling: expected 0 with teacher.runs, which answer for one way to cut words")
        if self.teacher.runs and self.risk.part:
            problems.append(
                "risk.part: expected 0 with teacher.runs, which say nothing of the model's own translations"
            )
        return problems if data.dev else problems + self.needs_dev()


def format_problems(data: ParallelDataConfig) -> list[str]:
    """What to say of settings that do not go with the format of a split."""
    problems = delimiter_problems(data.format, data.delimiter)
    if data.format not in ("tsv", "csv"):
        return problems
    source, target = data.columns
    keys = "data.source_column, data.target_column"
    if not (source and target):
        problems.append(f"{keys}: missing; name the columns of data.format=csv, or data.source and data.target")
    elif source == target:
        problems.append(f"{keys}: expected two columns, found {source} for both")
    elif source.isdecimal() != target.isdecimal():
        problems.append(f"{keys}: expected two numbers or two names, found '{source}' and '{target}'")
    return problems
