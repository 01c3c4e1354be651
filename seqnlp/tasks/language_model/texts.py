"""The texts of a language model's split, for ``seqnlp data check``."""

from __future__ import annotations

from collections.abc import Callable

from seqnlp.config.language_model import LanguageModelConfig
from seqnlp.data.corpus import load_text
from seqnlp.data.overlap import Text


def texts(config: LanguageModelConfig, split: str, say: Callable[[str], None]) -> dict[str, list[Text]]:
    """Lines that are not blank."""
    lines = enumerate(load_text(config.data, split), start=1)
    return {"text": [Text(line, number) for number, line in lines if line]}
