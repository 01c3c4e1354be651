"""The settings of a tagger."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from seqnlp.config.common import Config
from seqnlp.config.loop import TrainerConfig
from seqnlp.config.named_files import AND, absolute, side_by_side
from seqnlp.config.schema import setting
from seqnlp.config.splits import LabelledDataConfig, held_out_problems
from seqnlp.config.teacher import TextTeacherConfig
from seqnlp.config.words import WordModelConfig
from seqnlp.errors import did_you_mean

TOKENIZERS = ("auto", "words", "split", "english", "whitespace", "characters")
FILE_FORMATS = ("conll", "conllu", "jsonl", "json", "doccano", "prodigy", "label_studio", "spacy", "csv", "brat")
SPACY_TOKENIZER = re.compile(r"spacy:[a-z]{2,3}")


@dataclass
class DataConfig(LabelledDataConfig):
    """Where labelled sentences come from."""

    train: str = setting("", "training file (gzip or plain), or the hub split's name")
    dev: str = setting(
        "",
        "development file or split: early stopping, choice of the best model, temperature; or a part of train to hold "
        "out, such as 10%: whole documents where the file marks them, else sentences, equal ones together",
    )
    test: str = setting("", "test file or split; read only by `seqnlp evaluate`")
    format: str = setting(
        "auto",
        "how the files are written; auto: as each one's name and content look (jsonl, json: rows with words and tags "
        "or with text and spans; csv: a word a row; brat: a folder)",
        choices=("auto", *FILE_FORMATS, "hub"),
    )
    token_column: str = setting("0", "conll: column of the token, from 0, negative from the end; others: its name")
    tag_column: str = setting("-1", "conll: column of the tag; conllu: upos, xpos, feats or misc:KEY; others: its name")
    sentence_column: str = setting(
        "", "csv: column whose values tell sentences apart (empty ones go on); empty: Sentence #, sentence_id or such"
    )
    tag_names: str = setting(
        "",
        "names of numbered tags, with spaces between them, or a file of them; empty: what dataset_info.json or "
        "README.md beside the file says",
    )
    comment: str = setting(
        "auto",
        "conll: what comment lines begin with ('# ': # and a space or tab); none: every line is a word; auto: # where "
        "the line has other columns than words have",
    )
    scheme: Literal["iob1", "iob2", "bioes", "bilou", "none"] = setting(
        "iob2",
        "tag scheme of the files; none: plain tags such as POS",
    )
    repair: bool = setting(False, "mend tags that are illegal in the scheme, and say what changed, instead of stopping")
    partial: bool = setting(
        False,
        "training tags may be unknown (`?`) or one of several (`B-PER|B-ORG`): all that they allow is summed over; "
        "only of iob2, bioes, bilou and plain tags",
    )
    weight_column: str = setting(
        "",
        "jsonl, json: field that says how much a training sentence or text counts (a number of 0 or more; else 1)",
    )
    limit: int = setting(0, "use only the first N sentences of each split; 0: all", low=0)
    tokenizer: str = setting(
        "auto",
        "how raw text is split into words once the model is used: words, split, english, whitespace, characters, or "
        "the rules of a language such as spacy:fr; auto: what fits a corpus that has its text best (words of CoNLL-U, "
        "edges of character spans), else words",
    )
    offsets: Literal["codepoints", "utf16", "bytes"] = setting(
        "codepoints",
        "what spans count; utf16: units as in browsers, Java and C#, where an emoji is two; bytes: those of UTF-8",
    )
    accept_cut_words: bool = setting(
        False, "jsonl: go on although many spans begin or end inside words of the tokenizer; they count as missed"
    )


@dataclass
class ModelConfig(WordModelConfig):
    """The tagger: words and characters -> recurrent layers -> CRF or softmax."""

    scheme: Literal["iob2", "bioes", "none"] = setting("bioes", "tag scheme inside the model; none: plain tags")
    word_dim: int = setting(
        100, "width of the word embedding; with `vectors` or `piece_vectors` theirs is used", low=0, high=4096
    )
    character_model: Literal["cnn", "lstm", "none"] = setting("cnn", "word features from characters")
    casing_dim: int = setting(10, "width of the casing feature's embedding; 0: none", low=0, high=256)
    context: str = setting(
        "",
        "contextual string embeddings: language models of characters, `FORWARD + BACKWARD` or one of them; runs or "
        "model folders, relative to the current folder",
    )
    context_dim: int = setting(
        0, "context: width to which a learned projection brings it; 0: as it is", low=0, high=4096
    )
    context_dropout: float = setting(0.0, "context: locked dropout before the projection", low=0, below=1)
    hidden_dim: int = setting(200, "width of each direction of a recurrent layer", low=1, high=4096)
    fit_outside: bool = setting(
        True,
        "entities: after training, fit on dev how readily words are taken for entities, for the best F1; false: the "
        "most probable tags",
    )
    output: Literal["crf", "softmax"] = setting("crf", "output layer; softmax decodes greedily, legal tags only")

    @property
    def context_runs(self) -> list[str]:
        """The folders that ``context`` names."""
        return side_by_side(self.context)


@dataclass
class TaggingConfig(Config):
    """Everything that decides the training of a tagger."""

    task: str = setting("tagging", "what the model does", choices=("tagging",))
    data: DataConfig = field(default_factory=DataConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    teacher: TextTeacherConfig = field(default_factory=TextTeacherConfig)
    trainer: TrainerConfig = field(default_factory=TrainerConfig)

    def name_runs_absolutely(self) -> None:
        """The paths of character models and teachers, too."""
        super().name_runs_absolutely()
        self.teacher.name_runs_absolutely()
        self.model.context = AND.join(map(absolute, self.model.context_runs))

    @property
    def width(self) -> int:
        """The width of the recurrent layers."""
        return self.model.hidden_dim

    @property
    def dev_score_names(self) -> tuple[str, ...]:
        """As :meth:`Config.dev_score_names`."""
        return ("accuracy",) if self.data.scheme == "none" else ("f1", "precision", "recall")

    def problems(self) -> list[str]:
        """Settings that are fine alone and make no sense together."""
        data, model = self.data, self.model
        problems = (
            super().problems() + model.word_problems(self.start_from) + data.train_on_dev_problems(self.optimizer)
        )
        if data.tokenizer not in TOKENIZERS and not SPACY_TOKENIZER.fullmatch(data.tokenizer):
            expected = f"expected {', '.join(TOKENIZERS)} or spacy:CODE"
            close = did_you_mean(data.tokenizer, TOKENIZERS)
            problems.append(f"data.tokenizer: {expected}, found '{data.tokenizer}'{close}")
        problems += data.hub_problems(data.format) + held_out_problems(data)
        if data.format == "conll":
            for key in ("token_column", "tag_column"):
                value = getattr(data, key)
                if not value.lstrip("-").isdigit():
                    problems.append(f"data.{key}: expected a column number for data.format=conll, found '{value}'")
        if data.partial and data.scheme == "iob1":
            problems.append("data.partial: not for data.scheme=iob1, whose I-X may begin an entity; convert it to iob2")
        if data.weight_column and data.format not in ("auto", "jsonl", "json"):
            problems.append(f"data.weight_column: only for data.format=jsonl and json, found '{data.format}'")
        if not data.comment:
            problems.append("data.comment: expected auto, none or what comment lines begin with, found nothing")
        if data.format == "conllu" and not _is_conllu_column(data.tag_column):
            expected = "expected upos, xpos, feats or misc:KEY for data.format=conllu"
            problems.append(f"data.tag_column: {expected}, found '{data.tag_column}'")
        if (data.scheme == "none") != (model.scheme == "none"):
            problems.append(
                f"model.scheme: '{model.scheme}' does not go with data.scheme '{data.scheme}'; "
                "both are 'none' for plain tags"
            )
        words = model.word_dim or model.reads_vectors or self.start_from
        if not words and model.character_model == "none":
            problems.append("model.word_dim: 0 with no vectors and no character model leaves the tagger without input")
        problems += [
            f"model.{key}: means something only with model.context"
            for key in ("context_dim", "context_dropout")
            if getattr(model, key) and not model.context
        ]
        problems += self.teacher.problems()
        return problems if data.dev else problems + self.needs_dev()


def _is_conllu_column(name: str) -> bool:
    return name in ("upos", "xpos", "feats") or (name.startswith("misc:") and len(name) > 5)
