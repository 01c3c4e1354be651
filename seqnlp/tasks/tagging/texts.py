"""The texts of a tagger's split, for ``seqnlp data check``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from seqnlp.config.tagging import TaggingConfig
from seqnlp.data.overlap import Text
from seqnlp.data.sources import load_split


def texts(config: TaggingConfig, split: str, say: Callable[[str], None]) -> dict[str, list[Text]]:
    """Words joined by spaces; tags take no part."""
    data = replace(config.data, accept_cut_words=True)
    return {"text": [Text(" ".join(s.tokens), s.line) for s in load_split(data, split, say)]}


def splitter(config: TaggingConfig) -> str:
    """What cuts these texts: they are words already, with spaces between them."""
    return "whitespace"
