"""The texts of a translator's split, for ``seqnlp data check``."""

from __future__ import annotations

from collections.abc import Callable

from seqnlp.config.translation import TranslationConfig
from seqnlp.data.overlap import Text
from seqnlp.data.pairs import load_pairs


def texts(config: TranslationConfig, split: str, say: Callable[[str], None]) -> dict[str, list[Text]]:
    """Both sides of the pairs."""
    pairs = load_pairs(config.data, split, say)
    return {side: [Text(getattr(pair, side), pair.line) for pair in pairs] for side in ("source", "target")}
