"""Evaluate a saved translator on a split of its run's data, and tune how it searches on dev."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from seqnlp.bundle import load_bundle, record_scores, save_description
from seqnlp.bundle_files import find_model
from seqnlp.config.translation import DecodingConfig, TranslationConfig
from seqnlp.data.pairs import load_pairs, pairs_digest, training_pairs
from seqnlp.data.repeated_texts import shared
from seqnlp.data.split_sources import source_name
from seqnlp.errors import DataError
from seqnlp.metrics.translation_health import health
from seqnlp.metrics.translation_scores import bleu, corpus_scores
from seqnlp.metrics.translation_worst import worst_sentences
from seqnlp.tasks.splits import require_split
from seqnlp.tasks.translation.api import Translator
from seqnlp.tasks.translation.candidates import reranked
from seqnlp.tasks.translation.network import TranslatorPrecision
from seqnlp.tasks.translation.report import RerankedScores, TranslationReport
from seqnlp.tasks.translation.reranking import Reranker, describe_weights
from seqnlp.text.parallel import SentencePair

ALPHAS = (0.6, 0.8, 1.0, 1.2, 1.4)
BEAMS = (1, 3, 5, 8)
"""What is tried, one after the other: first the length penalty's exponent with the model's beam, then the beam."""

Say = Callable[[str], None]


def evaluate(
    run: Path,
    config: TranslationConfig,
    split: str,
    say: Say,
    keep: bool = True,
    precision: TranslatorPrecision = "auto",
    rerank: Reranker | None = None,
    candidates: int | None = None,
) -> TranslationReport:
    """Score the run's model on a split and, where asked to ``keep`` them, add the scores to ``metrics.json``.

    Args:
        rerank, candidates: score translations that are reranked, too; those scores are not kept.

    Raises:
        ConfigError: the run has no such split.
        DataError: the split cannot be read.
        SeqnlpError: the reverse model translates other languages.
    """
    pairs = _pairs(config, split, say)
    if split == "test":
        for warning in learnt(config, pairs):
            say(warning)
    translator = Translator(run, precision=precision)
    if rerank:
        rerank.check_languages(translator.source_language, translator.target_language)
        reranked(rerank, candidates, tuned=translator.reranking, lexicon=translator.lexicon)
    sources, references = [pair.source for pair in pairs], [pair.target for pair in pairs]
    if unequal := translator.unwritable(references):
        what = f"{len(unequal):,} of {len(references):,} references have characters that the model never writes"
        say(f"{split}: {what} (tokenizer.normalization), so no translation can be equal to them: {unequal[0][:60]}")
    started = time.perf_counter()
    answers = translator.translate_lines(sources, attention=True)
    seconds = time.perf_counter() - started
    hypotheses, best = [answer.text for answer in answers], [answer.hypotheses[0] for answer in answers]
    report = TranslationReport(
        title=config.name or str(run),
        split=split,
        sentences=len(pairs),
        source_tokens=sum(len(answer.source_pieces) - 1 for answer in answers),
        target_tokens=sum(len(one.pieces) for one in best),
        scores=corpus_scores(hypotheses, references, config.data.target),
        health=health(sources, hypotheses, references, [one.attention for one in best]),
        decoding=describe_search(translator.decoding),
        seconds=seconds,
        worst=worst_sentences(sources, hypotheses, references),
        reranked=_reranked(translator, rerank, candidates, sources, references) if rerank else None,
    )
    scores = report.scores
    summary = {
        "bleu": round(scores.bleu.value, 4),
        "interval": [round(scores.bleu.low, 2), round(scores.bleu.high, 2)],
        "signature": scores.bleu.signature,
        "chrf": round(scores.chrf.value, 4),
        "ter": round(scores.ter.value, 4),
        "decoding": asdict(translator.decoding),
        "file": Path(source_name(config.data, split)).name,
        "sha256": pairs_digest(config.data, split),
    }
    if keep:
        record_scores(run, split, summary, say)
    return report


def learnt(config: TranslationConfig, pairs: Sequence[SentencePair]) -> list[str]:
    """What to say of a test split of which many pairs were learnt; nothing where the training pairs are gone."""
    sides = [(pair.source, pair.target) for pair in pairs if pair.source and pair.target]
    try:
        train = training_pairs(config.data, lambda text: None) if config.data.train else iter(())
        return shared(sides, ((pair.source, pair.target) for pair in train), "test")
    except DataError:
        return []


def _reranked(
    translator: Translator,
    rerank: Reranker,
    candidates: int | None,
    sources: list[str],
    references: list[str],
) -> RerankedScores:
    choice = reranked(rerank, candidates, tuned=translator.reranking, lexicon=translator.lexicon)
    started = time.perf_counter()
    answers = translator.translate_lines(sources, rerank=rerank, candidates=candidates)
    seconds = time.perf_counter() - started
    scores = corpus_scores([answer.text for answer in answers], references, translator.target_language)
    settings = f"{choice.candidates} candidates, weights {describe_weights(choice.weights)}"
    return RerankedScores(settings, scores.bleu, scores.chrf, seconds)


def tune(run: Path, config: TranslationConfig, say: Say) -> DecodingConfig:
    """Find the length penalty and the beam with the best dev BLEU and keep them in the model folder.

    Raises:
        ConfigError: the run has no dev split.
    """
    pairs = _pairs(config, "dev", say)
    translator = Translator(run)
    tried: dict[tuple[int, float], float] = {}

    def score(decoding: DecodingConfig) -> float:
        key = (decoding.beam, decoding.alpha)
        if key not in tried:
            answers = translator.translate_lines([pair.source for pair in pairs], decoding=decoding)
            tried[key] = bleu([answer.text for answer in answers], [pair.target for pair in pairs], config.data.target)
            say(f"dev BLEU {tried[key]:.2f}  {describe_search(decoding)}")
        return tried[key]

    best = replace(translator.decoding, length_penalty="average")
    best = max((replace(best, alpha=alpha) for alpha in ALPHAS), key=score)
    best = max((replace(best, beam=beam) for beam in (best.beam, *BEAMS)), key=score)
    folder = find_model(run)
    save_description(folder, {**load_bundle(run).description, "decoding": asdict(best)})
    say(f"kept in {folder}: {describe_search(best)}")
    return best


def describe_search(decoding: DecodingConfig) -> str:
    """The settings of a search in words."""
    penalties = {
        "average": f"log probability / length^{decoding.alpha:g}",
        "gnmt": f"GNMT length penalty {decoding.alpha:g}",
        "none": "no length penalty",
    }
    parts = [f"beam {decoding.beam}", penalties[decoding.length_penalty]]
    if decoding.coverage_penalty:
        parts.append(f"coverage penalty {decoding.coverage_penalty:g}")
    if decoding.no_repeat_ngram:
        parts.append(f"no {decoding.no_repeat_ngram}-gram twice")
    return ", ".join(parts)


def _pairs(config: TranslationConfig, split: str, say: Say) -> list[SentencePair]:
    require_split(config, split)
    return load_pairs(config.data, split, say)
