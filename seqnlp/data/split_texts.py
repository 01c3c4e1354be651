"""The texts of a split, whatever the task: what ``seqnlp data check`` compares."""

from __future__ import annotations

from collections.abc import Callable

from seqnlp.config import (
    ClassificationConfig,
    Config,
    LanguageModelConfig,
    SeriesDataConfig,
    TaggingConfig,
    TranslationConfig,
)
from seqnlp.data.corpus import load_text
from seqnlp.data.documents import load_documents
from seqnlp.data.overlap import Text
from seqnlp.data.pairs import load_pairs
from seqnlp.data.sources import load_split
from seqnlp.errors import DataError

Say = Callable[[str], None]


def split_texts(config: Config, split: str, say: Say) -> dict[str, list[Text]]:
    """The texts of a split by side: ``text``, or ``source`` and ``target`` of sentence pairs. Empty without the split.

    Tags and labels take no part; a tagger's words are joined by spaces. Phrases of trees and blank lines are left out.

    Raises:
        DataError: the split cannot be read, or is no text.
    """
    if not getattr(config.data, split):
        return {}
    if isinstance(config.data, SeriesDataConfig):
        raise DataError("expected texts, found a series of numbers; its parts follow each other and share no row")
    if isinstance(config, TranslationConfig):
        pairs = load_pairs(config.data, split, say)
        return {side: [Text(getattr(pair, side), pair.line) for pair in pairs] for side in ("source", "target")}
    if isinstance(config, ClassificationConfig):
        config.data.phrases = "none"
        return {"text": [Text(document.text, document.line) for document in load_documents(config.data, split, say)]}
    if isinstance(config, LanguageModelConfig):
        lines = enumerate(load_text(config.data, split), start=1)
        return {"text": [Text(line, number) for number, line in lines if line]}
    assert isinstance(config, TaggingConfig)
    return {"text": [Text(" ".join(s.tokens), s.line) for s in load_split(config.data, split, say)]}
