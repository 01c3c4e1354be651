"""Evaluate a saved language model on a split of its run's data, its n-gram baseline beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.bundle import load_bundle, record_scores
from seqnlp.config.language_model import LanguageModelConfig
from seqnlp.config.splits import source_split
from seqnlp.data.corpus import Corpus, encode_corpus, load_text, text_digest
from seqnlp.errors import ConfigError
from seqnlp.metrics.kneser_ney import KneserNey
from seqnlp.metrics.perplexity import perplexity_along, text_scores
from seqnlp.tasks.language_model.adaptation import Adaptation, adapted_losses
from seqnlp.tasks.language_model.network import saved_network
from seqnlp.tasks.language_model.report import LanguageReport, NamedScores
from seqnlp.tasks.language_model.saved import SavedLanguageModel, in_direction, read_language_model
from seqnlp.tasks.language_model.scoring import score_tokens
from seqnlp.tasks.splits import require_split

Losses = Callable[[NDArray[np.int64]], NDArray[np.float64]]

ORDERS = (1, 3, 5)
"""Of the n-gram models that are shown."""

_AS_TRAINED = Adaptation()


def evaluate(
    run: Path,
    config: LanguageModelConfig,
    split: str,
    say: Callable[[str], None],
    adaptation: Adaptation = _AS_TRAINED,
    keep: bool = True,
    precision: str = "auto",
) -> LanguageReport:
    """Score the run's model on a split and, where asked to ``keep`` them, add the scores to ``metrics.json``.

    Raises:
        ConfigError: the run has no such split, or none to tune an adaptation on.
        DataError: the split cannot be read.
    """
    require_split(config, split)
    saved = read_language_model(load_bundle(run))
    network = saved_network(saved, precision=precision)
    corpus = encode_corpus(load_text(config.data, split), saved.tokens)
    if adaptation and not config.data.train:
        raise ConfigError(["data.train: missing; a cache and dynamic evaluation need the run, with its training text"])
    if adaptation.searches and not config.data.dev:
        raise ConfigError(["data.dev: missing; --cache and --dynamic find their settings on a development text"])
    train = encode_corpus(load_text(config.data, "train"), saved.tokens) if config.data.train else None
    started = time.perf_counter()
    scores = _scores("this model", corpus, saved.settings.direction, lambda tokens: score_tokens(network, tokens))
    seconds = time.perf_counter() - started
    kind = config.tokenizer.kind
    report = LanguageReport(
        title=config.name or str(run),
        split=split,
        token_name=kind if kind in ("words", "characters") else "subwords",
        lines=len(corpus.starts),
        words=int(corpus.words.sum()),
        tokens=len(corpus.tokens),
        characters=int(corpus.characters.sum()),
        bytes=int(corpus.bytes.sum()),
        unknown=corpus.unknown,
        scores=scores.scores,
        along=scores.along,
        adapted=[],
        baselines=_baselines(train, corpus, len(saved.tokens)) if train else [],
        seconds=seconds,
    )
    if train and adaptation:
        report = replace(report, adapted=_adapted(saved, config, train, corpus, adaptation, say))
    if keep:
        record_scores(run, split, _summary(report, config), say)
    return report


def _summary(report: LanguageReport, config: LanguageModelConfig) -> dict[str, Any]:
    """What ``metrics.json`` keeps of a report."""
    return {
        "perplexity": round(report.score, 4),
        "interval": [round(end, 2) for end in report.scores.interval],
        "bits_per_character": round(report.scores.bits_per_character, 5),
        "bits_per_byte": round(report.scores.bits_per_byte, 5),
        "kneser_ney": {one.name: round(one.scores.per_word, 2) for one in report.baselines},
        "adapted": {one.name: round(one.scores.per_word, 2) for one in report.adapted},
        "file": Path(getattr(config.data, source_split(config.data, report.split))).name,
        "sha256": text_digest(config.data, report.split),
    }


def _scores(name: str, corpus: Corpus, direction: str, losses_of: Losses) -> NamedScores:
    """What the text costs, read in the model's direction."""
    losses = in_direction(losses_of(in_direction(corpus.tokens, direction)), direction)  # (N,)
    return _named_scores(name, corpus, losses)


def _named_scores(name: str, corpus: Corpus, losses: NDArray[np.float64], seconds: float | None = None) -> NamedScores:
    lines = corpus.line_sums(losses)  # (L,)
    scores = text_scores(lines, len(corpus.tokens), corpus.words, corpus.characters, corpus.bytes)
    return NamedScores(name, scores, perplexity_along(lines, corpus.words), seconds)


def _baselines(train: Corpus, corpus: Corpus, num_tokens: int) -> list[NamedScores]:
    """N-gram models over the same tokens."""
    answers = KneserNey(train.tokens, num_tokens, max(ORDERS)).log_probabilities(corpus.tokens)
    return [_named_scores(f"Kneser-Ney {order}-gram", corpus, -answers[order - 1]) for order in ORDERS]


def _adapted(
    saved: SavedLanguageModel,
    config: LanguageModelConfig,
    train: Corpus,
    corpus: Corpus,
    adaptation: Adaptation,
    say: Callable[[str], None],
) -> list[NamedScores]:
    """See :func:`~seqnlp.tasks.language_model.adaptation.adapted_losses`."""
    dev = encode_corpus(load_text(config.data, "dev"), saved.tokens).tokens if adaptation.searches else train.tokens[:0]
    rows = adapted_losses(saved, train.tokens, dev, corpus.tokens, adaptation, say)
    return [_named_scores(row.name, corpus, row.losses, row.seconds) for row in rows]
