"""What is right beside what a translator says, a pair each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from seqnlp.config.translation import TranslationConfig
from seqnlp.data.pairs import load_pairs
from seqnlp.tasks.translation.api import Translator


def predictions(
    run: Path, config: TranslationConfig, split: str, say: Callable[[str], None]
) -> Iterator[dict[str, Any]]:
    """Translate the sources of a split as ``seqnlp translate`` does."""
    pairs = load_pairs(config.data, split, say)
    answers = Translator(run).translate_lines([pair.source for pair in pairs])
    for pair, answer in zip(pairs, answers, strict=True):
        yield {"line": pair.line, "source": pair.source, "gold": pair.target, "predicted": answer.text}
