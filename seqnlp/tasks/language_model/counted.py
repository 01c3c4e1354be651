"""What a text costs a language model, line by line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from seqnlp.bundle import load_bundle
from seqnlp.config.language_model import LanguageModelConfig
from seqnlp.data.corpus import encode_corpus, load_text
from seqnlp.metrics.paired_counts import CountedScore, perplexity_of
from seqnlp.tasks.counted import CountedAnswers
from seqnlp.tasks.language_model.network import saved_network
from seqnlp.tasks.language_model.saved import in_direction, read_language_model
from seqnlp.tasks.language_model.scoring import score_tokens
from seqnlp.tasks.splits import require_split
from seqnlp.text.language_tokens import read_as


def counted_losses(run: Path, config: LanguageModelConfig, split: str, say: Callable[[str], None]) -> CountedAnswers:
    """Nats and words of each line: perplexity per word compares between vocabularies where no word is unknown.

    Raises:
        ConfigError: the run has no such split.
        DataError: the split cannot be read.
    """
    require_split(config, split)
    saved = read_language_model(load_bundle(run))
    lines = load_text(config.data, split)
    corpus, direction = encode_corpus(lines, saved.tokens), saved.settings.direction
    read = in_direction(corpus.tokens, direction)
    losses = corpus.line_sums(in_direction(score_tokens(saved_network(saved), read), direction))  # (L,)
    counts = np.stack([losses, corpus.words], axis=1).astype(np.float64)  # (L, 2)
    return CountedAnswers(
        unit="lines",
        examples=lines,
        answers=losses.tolist(),
        scores=[CountedScore("perplexity", counts, perplexity_of, higher_is_better=False)],
        read=read_as(lines, saved.tokens),
    )
