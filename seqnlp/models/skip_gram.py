"""Word vectors learned from running text: skip-gram with negative sampling (Mikolov et al. 2013), by gensim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import DataError, SeqnlpError


@dataclass(frozen=True)
class SkipGramSettings:
    """Width of the vectors, words to each side, the fewest times a word must occur, passes over the text."""

    width: int = 100
    window: int = 5
    min_count: int = 5
    epochs: int = 5
    seed: int = 1
    threads: int = 1


def train_skip_gram(
    texts: Sequence[Sequence[str]], settings: SkipGramSettings
) -> tuple[list[str], NDArray[np.float32]]:
    """Words, the most frequent first, and their vectors (N, D); with one thread always the same ones.

    Raises:
        DataError: no word occurs often enough.
        SeqnlpError: gensim is not installed.
    """
    try:
        from gensim.models import Word2Vec
    except ModuleNotFoundError:
        raise SeqnlpError("training word vectors needs gensim: pip install 'seqnlp[vectors]'") from None
    model = Word2Vec(
        vector_size=settings.width,
        window=settings.window,
        min_count=settings.min_count,
        sg=1,
        workers=settings.threads,
        seed=settings.seed,
        epochs=settings.epochs,
    )
    model.build_vocab(texts)
    if not len(model.wv):
        raise DataError(f"no word occurs {settings.min_count} times; give more text, or a smaller --min-count")
    model.train(texts, total_examples=model.corpus_count, epochs=settings.epochs)
    return list(model.wv.index_to_key), np.asarray(model.wv.vectors, dtype=np.float32)
