"""``seqnlp evaluate --predictions FILE``: what is right beside what the model says, one JSON object an example."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqnlp.cli.json_text import json_line

if TYPE_CHECKING:
    from seqnlp.config import ClassificationConfig, Config, TaggingConfig, TranslationConfig

Say = Callable[[str], None]
Rows = Iterator[dict[str, Any]]


def write_predictions(path: Path, run: Path, config: Config, split: str, say: Say) -> None:
    """Answer the examples of a split as the verbs for use do, and write them with their gold answers.

    Raises:
        SeqnlpError: the task has no gold answers an example, or the split cannot be read.
        TrainingError: the file cannot be written.
    """
    from seqnlp.storage import write_pieces_atomically

    rows = _rows(run, config, split, say)
    write_pieces_atomically(path, (json_line(row).encode() for row in rows))


def refuse_tasks_without(config: Config) -> None:
    """Stop before anything is computed.

    Raises:
        SeqnlpError: the task has no gold answers an example.
    """
    from seqnlp.config import ClassificationConfig, TaggingConfig, TranslationConfig
    from seqnlp.errors import SeqnlpError

    if not isinstance(config, ClassificationConfig | TaggingConfig | TranslationConfig):
        raise SeqnlpError(
            f"--predictions is for taggers, classifiers and translators; this run's task is {config.task}"
        )


def _rows(run: Path, config: Config, split: str, say: Say) -> Rows:
    from seqnlp.config import ClassificationConfig, TaggingConfig, TranslationConfig

    if isinstance(config, ClassificationConfig):
        return _classified(run, config, split, say)
    if isinstance(config, TranslationConfig):
        return _translated(run, config, split, say)
    assert isinstance(config, TaggingConfig)
    return _tagged(run, config, split, say)


def _classified(run: Path, config: ClassificationConfig, split: str, say: Say) -> Rows:
    from seqnlp.api import Classifier
    from seqnlp.data.documents import load_documents

    documents = load_documents(config.data, split, say)
    answers = Classifier(run).classify_texts([document.text for document in documents])
    for document, answer in zip(documents, answers, strict=True):
        sure = {label: round(value, 4) for label, value in answer.probabilities.items()}
        yield {
            "line": document.line,
            "text": document.text,
            "gold": list(document.labels),
            "predicted": answer.labels,
            "probabilities": sure,
        }


def _translated(run: Path, config: TranslationConfig, split: str, say: Say) -> Rows:
    from seqnlp.api import Translator
    from seqnlp.data.pairs import load_pairs

    pairs = load_pairs(config.data, split, say)
    answers = Translator(run).translate_lines([pair.source for pair in pairs])
    for pair, answer in zip(pairs, answers, strict=True):
        yield {"line": pair.line, "source": pair.source, "gold": pair.target, "predicted": answer.text}


def _tagged(run: Path, config: TaggingConfig, split: str, say: Say) -> Rows:
    from seqnlp.api import Tagger
    from seqnlp.data.sources import load_split

    sentences = load_split(config.data, split, say)
    answers = Tagger(run).tag_words([sentence.tokens for sentence in sentences])
    for sentence, answer in zip(sentences, answers, strict=True):
        yield {
            "line": sentence.line,
            "tokens": list(sentence.tokens),
            "gold": list(sentence.tags),
            "predicted": answer.tags,
        }
