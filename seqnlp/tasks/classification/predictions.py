"""What is right beside what a classifier says, a document each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from seqnlp.config.classification import ClassificationConfig
from seqnlp.data.documents import load_documents
from seqnlp.tasks.classification.api import Classifier


def predictions(
    run: Path, config: ClassificationConfig, split: str, say: Callable[[str], None]
) -> Iterator[dict[str, Any]]:
    """Classify the documents of a split as ``seqnlp classify`` does."""
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
