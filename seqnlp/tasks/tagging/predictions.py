"""What is right beside what a tagger says, a sentence each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from seqnlp.config.tagging import TaggingConfig
from seqnlp.data.sources import load_split
from seqnlp.tasks.tagging.api import Tagger


def predictions(run: Path, config: TaggingConfig, split: str, say: Callable[[str], None]) -> Iterator[dict[str, Any]]:
    """Tag the sentences of a split as ``seqnlp tag`` does."""
    tagger = Tagger(run)
    sentences = load_split(replace(config.data, tokenizer=tagger.tokenizer, accept_cut_words=True), split, say)
    answers = tagger.tag_words([sentence.tokens for sentence in sentences])
    for sentence, answer in zip(sentences, answers, strict=True):
        yield {
            "line": sentence.line,
            "tokens": list(sentence.tokens),
            "gold": list(sentence.tags),
            "predicted": answer.tags,
        }
