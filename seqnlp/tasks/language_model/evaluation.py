"""Evaluate a saved language model on a split of its run's data, its n-gram baseline beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.bundle import load_bundle, record_scores
from seqnlp.config.language_model import LanguageModelConfig
from seqnlp.config.splits import source_split
from seqnlp.data.corpus import Corpus, encode_corpus, load_text, text_digest
from seqnlp.data.text_notes import file_notes, shared_lines
from seqnlp.errors import ConfigError
from seqnlp.metrics.kneser_ney import KneserNey
from seqnlp.metrics.perplexity import perplexity_along, text_scores
from seqnlp.tasks.language_model.adaptation import Adaptation, Subject, adapted_losses
from seqnlp.tasks.language_model.network import saved_network
from seqnlp.tasks.language_model.report import LanguageReport, NamedScores
from seqnlp.tasks.language_model.saved import SavedLanguageModel, in_direction, read_language_model
from seqnlp.tasks.language_model.scoring import score_tokens
from seqnlp.tasks.splits import require_split

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
    _require_texts(config, adaptation)
    saved = read_language_model(load_bundle(run))
    network = saved_network(saved, precision=precision)
    lines = load_text(config.data, split)
    for note in _notes(config, split, lines):
        say(note)
    corpus = encode_corpus(lines, saved.tokens)
    direction = saved.settings.direction
    train = _tokens(saved, config, "train") if config.data.train else None
    ngrams = KneserNey(train, len(saved.tokens), max(ORDERS)) if train is not None else None
    started = time.perf_counter()
    tokens = in_direction(corpus.tokens, direction)
    losses = score_tokens(network, tokens)
    scores = _named_scores("this model", corpus, in_direction(losses, direction))
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
        baselines=_baselines(ngrams, corpus, direction) if ngrams else [],
        seconds=seconds,
    )
    if train is not None and ngrams and adaptation:
        dev = _tokens(saved, config, "dev") if adaptation.searches else train[:0]
        of_model, of_ngrams = partial(score_tokens, network), partial(_ngram_losses, ngrams)
        rows = adapted_losses(Subject(saved, train, dev, tokens, losses, of_model, of_ngrams), adaptation, say)
        named = [_named_scores(row.name, corpus, in_direction(row.losses, direction), row.seconds) for row in rows]
        report = replace(report, adapted=named)
    if keep:
        record_scores(run, split, _summary(report, config), say)
    return report


def _require_texts(config: LanguageModelConfig, adaptation: Adaptation) -> None:
    """Refuse an adaptation without the texts that it needs.

    Raises:
        ConfigError: no training text, or no development text to find settings on.
    """
    if adaptation and not config.data.train:
        raise ConfigError(["data.train: missing; --ngrams, --cache and --dynamic need the run, with its training text"])
    if adaptation.searches and not config.data.dev:
        raise ConfigError(
            ["data.dev: missing; --ngrams, --cache and --dynamic find their settings on a development text"]
        )


def _notes(config: LanguageModelConfig, split: str, lines: Sequence[str]) -> Iterator[str]:
    """What to say of the split's file, and of lines of test that train has, too."""
    yield from file_notes(config, split)
    if split == "test" and config.data.train:
        yield from shared_lines(lines, load_text(config.data, "train"), split)


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


def _named_scores(name: str, corpus: Corpus, losses: FloatArray, seconds: float | None = None) -> NamedScores:
    lines = corpus.line_sums(losses)  # (L,)
    scores = text_scores(lines, len(corpus.tokens), corpus.words, corpus.characters, corpus.bytes)
    return NamedScores(name, scores, perplexity_along(lines, corpus.words), seconds)


def _tokens(saved: SavedLanguageModel, config: LanguageModelConfig, split: str) -> IntArray:
    """The tokens (N,) of a split in the order in which the model reads them."""
    return in_direction(encode_corpus(load_text(config.data, split), saved.tokens).tokens, saved.settings.direction)


def _ngram_losses(ngrams: KneserNey, tokens: IntArray) -> FloatArray:
    """What tokens (N,) cost the n-grams of the highest order, in nats."""
    return -ngrams.log_probabilities(tokens)[-1]


def _baselines(ngrams: KneserNey, corpus: Corpus, direction: str) -> list[NamedScores]:
    """N-gram models over the same tokens, which read in the model's direction."""
    answers = ngrams.log_probabilities(in_direction(corpus.tokens, direction))
    named = {f"Kneser-Ney {order}-gram": in_direction(-answers[order - 1], direction) for order in ORDERS}
    return [_named_scores(name, corpus, losses) for name, losses in named.items()]
