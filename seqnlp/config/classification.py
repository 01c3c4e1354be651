"""The settings of a classifier."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from seqnlp.config.common import Config
from seqnlp.config.delimiter import delimiter_problems
from seqnlp.config.loop import TrainerConfig
from seqnlp.config.schema import names_in, setting
from seqnlp.config.splits import LabelledDataConfig, held_out_problems
from seqnlp.config.teacher import TextTeacherConfig
from seqnlp.config.words import WordModelConfig

MIN_DISTANCE = 5
"""The smallest ``data.distance``: `Paris . I speak fluent French`."""


AUTO_NGRAMS = -1
"""``model.ngrams`` that depends on the size of the training split."""

FEW_DOCUMENTS = 20_000
"""Training documents up to which n-grams know what a network has not seen often enough."""


@dataclass
class DocumentDataConfig(LabelledDataConfig):
    """Where labelled documents come from, and what their labels become."""

    train: str = setting("", "training file (gzip or plain), or the hub split's name")
    dev: str = setting(
        "", "development file or split; or a part of train to hold out, such as 10%: stratified, equal texts together"
    )
    test: str = setting("", "test file or split; read only by `seqnlp evaluate`")
    format: Literal["auto", "tsv", "csv", "jsonl", "json", "fasttext", "folder", "trees", "hub", "long_range"] = (
        setting(
            "auto",
            "how the files are written; auto: as each one's name and content look (tsv, csv: columns; jsonl, json: "
            "objects; fasttext: `__label__X text` lines; folder: a folder per class, dir/X/*.txt; trees: labelled "
            "trees); long_range: no files, train, dev and test are numbers of sentences to make up",
        )
    )
    text_column: str = setting(
        "",
        "tsv, csv: column of the text, from 0, or its name in the first line; jsonl, json, hub: field; "
        "empty: 1 or text",
    )
    label_column: str = setting(
        "",
        "tsv, csv: column of the label, from 0, or its name in the first line; jsonl, json, hub: field; "
        "empty: 0 or label",
    )
    label_columns: str = setting(
        "",
        "instead of label_column: names of columns that hold 0 or 1, a label each, as [toxic, insult]; the labels of a "
        "text are those with 1",
        several=True,
    )
    delimiter: str = setting(
        "", r"tsv, csv: what stands between columns (`;`, `\t`, csv: one character); empty: a tab, csv: a comma"
    )
    multi_label: bool = setting(False, "a document has any number of labels, also none")
    label_separator: str = setting(
        ",", "multi_label: what stands between labels in tsv and csv", only="multi_label=true"
    )
    label_map: str = setting(
        "", "labels renamed, `0:negative,4:positive`; one mapped to nothing (`2:`) drops its documents, counted"
    )
    phrases: Literal["none", "distinct", "all"] = setting(
        "none",
        "trees: the labelled phrases inside training sentences are examples too; distinct: each once",
    )
    distance: int = setting(
        20,
        f"long_range: words from what decides to the answer; at least {MIN_DISTANCE}, which is no word between",
        low=MIN_DISTANCE,
        high=10_000,
        only="format=long_range",
    )
    training_distances: Literal["up_to", "exact"] = setting(
        "up_to",
        "long_range: up_to: training sentences have every distance up to `distance`; exact: that one, as dev and test",
        only="format=long_range",
    )
    limit: int = setting(0, "use only N documents of each split, spread evenly over it; 0: all", low=0)

    @property
    def marks(self) -> tuple[str, ...]:
        """The names in ``label_columns``."""
        return names_in(self.label_columns)


@dataclass
class TokensConfig:
    """What the model reads one after the other."""

    kind: Literal["words", "bpe", "unigram"] = setting("words", "words, or subwords (SentencePiece)")
    splitter: Literal["words", "split", "english", "whitespace"] = setting(
        "words",
        "words: how a text is cut, in training and in use",
    )
    vocabulary_size: int = setting(
        4000,
        "bpe, unigram: most subwords, 256 bytes and 4 special ones among them",
        low=270,
        high=64000,
        only="kind=bpe,unigram",
    )


@dataclass
class ClassifierConfig(WordModelConfig):
    """Embeddings -> convolution, if any -> recurrent layers -> pooling -> classes; beside it n-grams, if any."""

    convolution_dim: int = setting(0, "filters of a convolution before the recurrent layers; 0: none", low=0, high=4096)
    convolution_width: int = setting(3, "words that a filter sees; odd", low=1, high=31, only="convolution_dim")
    convolution_pool: int = setting(
        2, "neighbours of which the largest is kept: shortens the sequence", low=1, high=64, only="convolution_dim"
    )
    pooling: Literal["last", "mean", "max", "attention"] = setting(
        "max", "how the outputs of all words become one vector"
    )
    window: int = setting(
        400, "most words read at once; longer documents are treated as `long` says", low=4, high=65536
    )
    long: Literal["strided", "hierarchical", "truncated"] = setting(
        "strided",
        "strided: the windows' scores are averaged; hierarchical: a layer over windows; truncated: the first window",
    )
    overlap: int = setting(0, "strided: words that neighbouring windows share", low=0)
    ngrams: int = setting(
        AUTO_NGRAMS,
        "the scores of a bag of n-grams up to this length are added to the network's; 0: the network alone; "
        f"-1: 2 for up to {FEW_DOCUMENTS:,} training documents, 0 for more",
        low=AUTO_NGRAMS,
        high=5,
    )
    ngrams_first: bool = setting(
        True,
        "the network starts from what the n-grams say and learns what they leave (of training documents by bags "
        "that were fitted on others); false: it is trained as if there were none",
        only="ngrams",
    )
    output_dropout: float = setting(0.33, "dropout on the pooled vector", low=0, below=1)
    class_weights: Literal["equal", "balanced"] = setting(
        "equal",
        "equal: every document counts alike; balanced: every label counts alike (not for multi_label)",
    )
    metric: Literal["accuracy", "macro_f1"] = setting(
        "accuracy",
        "dev score that chooses the best model; multi_label: micro or macro F1",
    )


@dataclass
class LabelTeacherConfig(TextTeacherConfig):
    """Trained classifiers whose answers are learnt beside the labels and for texts without any."""

    temperature: float = setting(
        1.0,
        "divides the scores of teachers and model in the teachers' share of the loss; above 1 the labels that are not "
        "the best count for more",
        above=0,
        high=100,
        only="runs,answers",
    )


@dataclass
class ClassificationConfig(Config):
    """Everything that decides the training of a classifier."""

    task: str = setting("classification", "what the model does", choices=("classification",))
    data: DocumentDataConfig = field(default_factory=DocumentDataConfig)
    tokenizer: TokensConfig = field(default_factory=TokensConfig)
    model: ClassifierConfig = field(default_factory=ClassifierConfig)
    teacher: LabelTeacherConfig = field(default_factory=LabelTeacherConfig)
    trainer: TrainerConfig = field(default_factory=TrainerConfig)

    def name_runs_absolutely(self) -> None:
        """The paths of teachers, too."""
        super().name_runs_absolutely()
        self.teacher.name_runs_absolutely()

    @property
    def width(self) -> int:
        """The width of the recurrent layers."""
        return self.model.hidden_dim

    @property
    def dev_score_names(self) -> tuple[str, ...]:
        """As :meth:`Config.dev_score_names`."""
        return ("micro_f1" if self.data.multi_label else "accuracy", "macro_f1")

    def problems(self) -> list[str]:
        """Settings that are fine alone and make no sense together."""
        problems = [*super().problems(), *self._data_problems(), *self._model_problems()]
        return problems if self.data.dev else problems + self.needs_dev()

    def _data_problems(self) -> list[str]:
        data, problems = self.data, []
        if data.format == "long_range":
            problems += _numbers_of_sentences(data)
        problems += data.hub_problems(data.format) + held_out_problems(data)
        problems += data.train_on_dev_problems(self.optimizer)
        problems += _label_columns_problems(data)
        if data.format != "auto":
            problems += format_problems(data)
        if data.multi_label and not data.label_separator:
            problems.append("data.label_separator: expected a text that stands between labels, found nothing")
        try:
            read_label_map(data.label_map)
        except ValueError as problem:
            problems.append(f"data.label_map: {problem}")
        return problems

    def _model_problems(self) -> list[str]:
        model = self.model
        problems = model.word_problems(self.start_from)
        if self.tokenizer.kind != "words":
            problems += [
                f"model.{name}: they are of words; found tokenizer.kind='{self.tokenizer.kind}'"
                for name in ("vectors", "piece_vectors")
                if getattr(model, name)
            ]
        if self.tokenizer.kind != "words" and self.tokenizer.splitter != TokensConfig.splitter:
            problems.append(f"tokenizer.splitter: only for tokenizer.kind=words, found '{self.tokenizer.kind}'")
        if model.convolution_width % 2 == 0:
            problems.append(f"model.convolution_width: expected an odd number, found {model.convolution_width}")
        if model.overlap and model.long != "strided":
            problems.append(f"model.overlap: only for model.long=strided, found '{model.long}'")
        if model.overlap >= model.window:
            problems.append(f"model.overlap: expected less than model.window ({model.window}), found {model.overlap}")
        if self.data.format == "long_range" and model.window < self.data.distance + 20:
            expected = f"expected at least {self.data.distance + 20} for data.distance={self.data.distance}"
            problems.append(f"model.window: {expected}, so that a sentence is read at once; found {model.window}")
        if model.class_weights == "balanced" and self.data.multi_label:
            problems.append("model.class_weights: balanced is for one label a document, found data.multi_label=true")
        return problems + self.teacher.problems()


def format_problems(data: DocumentDataConfig) -> list[str]:
    """What to say of settings that do not go with the format of a file."""
    problems = delimiter_problems(data.format, data.delimiter)
    if data.phrases != "none" and data.format != "trees":
        problems.append(f"data.phrases: only for data.format=trees, found '{data.format}'")
    if data.multi_label and data.format in ("trees", "folder"):
        has_one = "a tree has" if data.format == "trees" else "a file in a folder of its class has"
        problems.append(f"data.multi_label: {has_one} one label; use another data.format")
    if data.marks and data.format not in ("tsv", "csv", "jsonl", "json", "hub"):
        problems.append(f"data.label_columns: only for tables, JSON and data.hub, found data.format={data.format}")
    return problems


def _label_columns_problems(data: DocumentDataConfig) -> list[str]:
    """What to say of columns of 0 and 1 that cannot be read beside other settings, or of a single one."""
    if not data.label_columns:
        return []
    problems = []
    if data.label_column:
        problems.append("data.label_columns: expected it or data.label_column, found both")
    if len(set(data.marks)) < max(2, len(data.marks)):
        expected = "expected different names of at least two columns, such as [toxic, insult]"
        problems.append(f"data.label_columns: {expected}, found '{data.label_columns}'")
    if (text := data.text_column or "text") in data.marks:
        problems.append(f"data.label_columns: '{text}' is the column of the text (data.text_column)")
    return problems


def _numbers_of_sentences(data: DocumentDataConfig) -> list[str]:
    """What to say of splits that are to be made up and are no numbers."""
    return [
        f"data.{split}: expected a number of sentences to make up for data.format=long_range, found '{name}'"
        for split, name in (("train", data.train), ("dev", data.dev), ("test", data.test))
        if name and not (name.isdecimal() and int(name))
    ]


def read_label_map(text: str) -> dict[str, str]:
    """The new name of each label; an empty one drops its documents.

    Raises:
        ValueError: not of the form ``a:b,c:d``, or a label twice.
    """
    names: dict[str, str] = {}
    for item in text.split(",") if text else ():
        old, colon, new = (part.strip() for part in item.partition(":"))
        if not old or not colon:
            raise ValueError(f"expected OLD:NEW between commas, found '{item}'")
        if old in names:
            raise ValueError(f"the label '{old}' is named twice")
        names[old] = new
    return names
