"""Learn the lexicon of reranking from the training split of a translator."""

from __future__ import annotations

import time
from collections.abc import Callable

from seqnlp.config.translation import TranslationConfig
from seqnlp.data.pairs import training_pairs
from seqnlp.models.translation_lexicon import LexiconLearner
from seqnlp.tasks.splits import require_split
from seqnlp.tasks.translation.text_lexicon import TextLexicon, lexicon_words


def learn_lexicon(config: TranslationConfig, say: Callable[[str], None]) -> TextLexicon:
    """A lexicon of the words of the training pairs; those with more words than ``data.max_tokens`` are left out.

    Raises:
        ConfigError: the run has no training split.
        DataError: it cannot be read.
    """
    require_split(config, "train")
    data, learner, started = config.data, LexiconLearner(), time.perf_counter()
    for pair in training_pairs(data, say):
        if learner.takes_next():
            source, target = lexicon_words(pair.source, data.source), lexicon_words(pair.target, data.target)
            if max(len(source), len(target)) <= data.max_tokens:
                learner.add(source, target)
    lexicon, likelihoods = learner.learned()
    say(
        f"lexicon: {learner.pairs:,} training pairs, {len(lexicon.sources):,} and {len(lexicon.targets):,} words, "
        f"{len(lexicon.table.targets):,} translations; log-likelihood {likelihoods[0]:,.0f} to {likelihoods[-1]:,.0f}; "
        f"{time.perf_counter() - started:.1f} s"
    )
    return TextLexicon(lexicon, data.source, data.target)
