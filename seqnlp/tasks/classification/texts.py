"""The texts of a classifier's split, for ``seqnlp data check``."""

from __future__ import annotations

from collections.abc import Callable

from seqnlp.config.classification import ClassificationConfig
from seqnlp.data.documents import load_documents
from seqnlp.data.overlap import Text
from seqnlp.text.tokenize import DEFAULT


def texts(config: ClassificationConfig, split: str, say: Callable[[str], None]) -> dict[str, list[Text]]:
    """Whole documents; labels take no part, and phrases of trees are left out."""
    config.data.phrases = "none"
    return {"text": [Text(document.text, document.line) for document in load_documents(config.data, split, say)]}


def splitter(config: ClassificationConfig) -> str:
    """What cuts these texts into words; those that become subwords have the usual words."""
    return config.tokenizer.splitter if config.tokenizer.kind == "words" else DEFAULT
