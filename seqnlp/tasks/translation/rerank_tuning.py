"""Find the weights of a noisy channel: each of a grid is tried on the same n-best lists of dev."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from itertools import product
from pathlib import Path

import numpy as np

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.bundle import load_bundle, save_lexicon
from seqnlp.bundle_files import find_model
from seqnlp.config.translation import RerankWeights, TranslationConfig
from seqnlp.data.pairs import load_pairs
from seqnlp.metrics.translation_scores import BleuCounts, bleu, scored_language
from seqnlp.tasks.splits import require_split
from seqnlp.tasks.translation.answers import Hypothesis
from seqnlp.tasks.translation.api import Translator
from seqnlp.tasks.translation.candidates import reranked
from seqnlp.tasks.translation.lexicon_learning import learn_lexicon
from seqnlp.tasks.translation.reranking import Reranker, describe_weights, reranked_scores
from seqnlp.tasks.translation.saved import TunedReranking
from seqnlp.tasks.translation.text_lexicon import TextLexicon

MODELS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.5, 2.0)
"""Weights of the reverse model, of the language model and of the lexicon that are tried."""
LENGTHS = (-1.0, -0.5, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.25, 1.5, 2.0, 3.0)
"""Weights of the length that are tried."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class NBest:
    """The best translations of S texts, N each, as numbers; short lists are filled up with ones that never win.

    Attributes:
        features: (S, N, 4 or 5) see :meth:`Reranker.features`.
        counts: (S, N, C) what BLEU counts of each.
    """

    features: FloatArray
    counts: IntArray
    measure: BleuCounts

    @property
    def with_lexicon(self) -> bool:
        """Whether the features have a lexicon's."""
        return bool(self.features.shape[-1] == 5)

    def part(self, first: int) -> NBest:
        """Every second text."""
        return NBest(self.features[first::2], self.counts[first::2], self.measure)

    def chosen(self, weights: RerankWeights) -> IntArray:
        """(S,) the best translation of each text by these weights."""
        best: IntArray = reranked_scores(self.features, weights).argmax(axis=1)
        return best

    def bleu(self, weights: RerankWeights) -> float:
        """Of the best translations by these weights."""
        return self.bleu_of(self.chosen(weights))

    def oracle(self) -> float:
        """BLEU of the translations that are best by their references, each text alone: weights rarely reach more."""
        alone = np.full(self.counts.shape[:2], -np.inf)  # (S, N)
        for place in zip(*np.nonzero(np.isfinite(self.features[..., 0])), strict=True):
            alone[place] = self.measure.sentence_bleu(self.counts[place])
        return self.bleu_of(alone.argmax(axis=1))

    def bleu_of(self, chosen: IntArray) -> float:
        """Of one translation a text (S,)."""
        total: IntArray = self.counts[np.arange(len(chosen)), chosen].sum(axis=0)  # (C,)
        return self.measure.bleu(total)


def tune_reranking(
    run: Path,
    config: TranslationConfig,
    reranker: Reranker,
    candidates: int | None,
    say: Say,
    lexicon: bool = False,
) -> TunedReranking:
    """Find the weights with the best dev BLEU and keep them in the model folder, where they replace earlier ones.

    Args:
        lexicon: learn one from train, weigh it, too, and keep it with them; one of an earlier time goes in any case.

    Raises:
        ConfigError: the run has no dev split, or no train split for the lexicon.
        SeqnlpError: the reverse model translates other languages.
    """
    require_split(config, "dev")
    pairs = load_pairs(config.data, "dev", say)
    translator = Translator(run)
    reranker.check_languages(translator.source_language, translator.target_language)
    choice, learned = reranked(reranker, candidates), learn_lexicon(config, say) if lexicon else None
    sources, references = [pair.source for pair in pairs], [pair.target for pair in pairs]
    plain = bleu([each.text for each in translator.translate_lines(sources)], references, config.data.target)
    say(f"dev BLEU {plain:.2f}  beam {translator.decoding.beam}, not reranked")
    decoding = choice.search(translator.decoding)
    answers = translator.translate_lines(sources, decoding=decoding, nbest=choice.candidates)
    hypotheses = [each.hypotheses for each in answers]
    lists = nbest_of(reranker, sources, hypotheses, references, config.data.target, learned)
    say(f"dev BLEU {lists.bleu(RerankWeights(0, 0, 0)):.2f}  the first of the {choice.candidates} best")
    say(f"dev BLEU {lists.oracle():.2f}  the best of them by the reference (oracle)")
    with_language_model = reranker.language_model is not None
    halves = halves_bleu(lists, with_language_model=with_language_model)
    say(f"dev BLEU {halves:.2f}  each half of dev by weights of the other")
    weights = best_weights(lists, with_language_model=with_language_model)
    say(f"dev BLEU {lists.bleu(weights):.2f}  --candidates {choice.candidates} --weights {describe_weights(weights)}")
    tuned = TunedReranking(weights, choice.candidates, with_language_model)
    folder = find_model(run)
    kept = learned.lexicon.to_bytes() if learned and weights.lexicon else b""
    save_lexicon(folder, {**load_bundle(run).description, "reranking": tuned.described()}, kept)
    say(f"kept in {folder}")
    return tuned


def nbest_of(
    reranker: Reranker,
    sources: Sequence[str],
    hypotheses: Sequence[Sequence[Hypothesis]],
    references: Sequence[str],
    language: str,
    lexicon: TextLexicon | None = None,
) -> NBest:
    """The translations of texts as numbers."""
    measure, width = BleuCounts(scored_language(language, references)), max(map(len, hypotheses))
    features, counts = [], []
    for source, each, reference in zip(sources, hypotheses, references, strict=True):
        texts, lengths = [one.text for one in each], [len(one.token_log_probabilities) for one in each]
        found = reranker.features(source, texts, [one.score for one in each], lengths, lexicon)  # (n, 4 or 5)
        missing = np.zeros((width - len(each), found.shape[1]))
        missing[:, 0] = -np.inf
        features.append(np.concatenate([found, missing]))
        counted = measure.of(texts, [reference] * len(texts))  # (n, C)
        counts.append(np.concatenate([counted, np.zeros((width - len(each), counted.shape[1]), np.int64)]))
    return NBest(np.stack(features), np.stack(counts), measure)


def best_weights(lists: NBest, *, with_language_model: bool) -> RerankWeights:
    """Those of the grid with the highest BLEU; of equal ones the smallest."""
    models, lexicons = MODELS if with_language_model else (0.0,), MODELS if lists.with_lexicon else (0.0,)
    grid = [RerankWeights(*each) for each in product(MODELS, models, LENGTHS, lexicons)]
    return max(sorted(grid, key=lambda one: sum(map(abs, astuple(one)))), key=lists.bleu)


def halves_bleu(lists: NBest, *, with_language_model: bool) -> float:
    """BLEU of every second text by weights found on the others, and these by those: as of texts that were not seen."""
    chosen = np.zeros(len(lists.features), np.int64)
    for half in (0, 1):
        weights = best_weights(lists.part(1 - half), with_language_model=with_language_model)
        chosen[half::2] = lists.part(half).chosen(weights)
    return lists.bleu_of(chosen)
