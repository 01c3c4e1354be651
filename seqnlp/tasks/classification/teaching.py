"""``seqnlp teach`` for classifiers: an encoder learns labelled texts and says what it thinks of texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from seqnlp.arrays import FloatArray
from seqnlp.config.classification import ClassificationConfig, TokensConfig
from seqnlp.data.documents import load_documents
from seqnlp.metrics.classification import label_scores
from seqnlp.tasks.classification.data import learn_labels, targets_of
from seqnlp.tasks.classification.fine_tuning import FineTunedEncoder
from seqnlp.tasks.classification.prediction import label_names, predicted
from seqnlp.tasks.classification.text_parts import parts_of
from seqnlp.tasks.fine_tuning import FineTuning, Say
from seqnlp.text.documents import Document


def taught_rows(
    config: ClassificationConfig, encoder: Path, options: FineTuning, lines: Sequence[str], say: Say, parts: int = 0
) -> tuple[int, Iterator[dict[str, Any]]]:
    """Fine-tune, score on dev, and answer each text of train once, then each of some lines: how many, and rows.

    Args:
        lines: texts without labels.
        parts: so many runs of words out of each text are answered, too.

    Raises:
        DataError: a file cannot be read, or the encoder.
        TrainingError: the loss is not a number any more.
    """
    train, dev = (load_documents(config.data, split, say) for split in ("train", "dev"))
    if config.data.train_on_dev:
        train, dev = [*train, *dev], []
    labels, several = learn_labels(train, config.data.multi_label), config.data.multi_label
    teacher = FineTunedEncoder(encoder, len(labels), several, options, config.seed, config.trainer)
    say(f"{len(train):,} texts with {len(labels)} labels are learnt by {encoder}; {teacher.where}")
    teacher.learn([document.text for document in train], targets_of(train, labels), say)
    if dev:
        say(f"dev: {_score(dev, teacher.answers([document.text for document in dev]), labels, several)}")
    whole = [*(document.text for document in train), *lines]
    splitter = config.tokenizer.splitter if config.tokenizer.kind == "words" else TokensConfig.splitter
    texts = list(dict.fromkeys([*whole, *parts_of(whole, parts, splitter, config.seed)]))
    say(f"{len(texts):,} texts are answered ...")
    return len(texts), _rows(texts, teacher.answers(texts, say), labels)


def _score(dev: Sequence[Document], said: FloatArray, labels: Sequence[str], several: bool) -> str:
    """How good it is on dev, whose texts have probabilities (N, K)."""
    chosen = predicted(said - 0.5 if several else said, several)
    scores = label_scores([document.labels for document in dev], label_names(chosen, labels))
    name, value = ("micro F1", scores.micro.f1) if several else ("accuracy", scores.accuracy)
    return f"{name} {100 * value:.2f}, macro F1 {100 * scores.macro.f1:.2f}"


def _rows(texts: Sequence[str], said: FloatArray, labels: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The rows of a file as ``teacher.answers`` reads it."""
    for text, row in zip(texts, said, strict=True):
        named = zip(labels, row, strict=True)
        yield {"text": text, "probabilities": {label: round(float(value), 5) for label, value in named}}
