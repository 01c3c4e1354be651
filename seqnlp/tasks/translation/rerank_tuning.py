"""Find the weights of a noisy channel: each of a grid is tried on the same n-best lists of dev."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple, dataclass
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray
from seqnlp.bundle import load_bundle, save_description
from seqnlp.bundle_files import find_model
from seqnlp.config.translation import RerankWeights, TranslationConfig
from seqnlp.data.pairs import load_pairs
from seqnlp.metrics.translation_scores import BleuCounts, bleu
from seqnlp.tasks.splits import require_split
from seqnlp.tasks.translation.answers import Hypothesis
from seqnlp.tasks.translation.api import Translator
from seqnlp.tasks.translation.candidates import reranked
from seqnlp.tasks.translation.reranking import Reranker, describe_weights, reranked_scores
from seqnlp.tasks.translation.saved import TunedReranking

MODELS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.5, 2.0)
"""Weights of the reverse model, and of the language model, that are tried."""
LENGTHS = (-1.0, -0.5, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.25, 1.5, 2.0, 3.0)
"""Weights of the length that are tried."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class NBest:
    """The best translations of S texts, N each, as numbers; short lists are filled up with ones that never win.

    Attributes:
        features: (S, N, 4) see :meth:`Reranker.features`.
        counts: (S, N, C) what BLEU counts of each.
    """

    features: FloatArray
    counts: NDArray[np.int64]
    measure: BleuCounts

    def bleu(self, weights: RerankWeights) -> float:
        """Of the best translations by these weights."""
        return self._chosen(reranked_scores(self.features, weights))

    def oracle(self) -> float:
        """BLEU of the translations that are best by their references, each text alone: no weights reach more."""
        alone = np.full(self.counts.shape[:2], -np.inf)  # (S, N)
        for place in zip(*np.nonzero(np.isfinite(self.features[..., 0])), strict=True):
            alone[place] = self.measure.sentence_bleu(self.counts[place])
        return self._chosen(alone)

    def _chosen(self, scores: FloatArray) -> float:
        best = scores.argmax(axis=1)  # (S,)
        total: NDArray[np.int64] = self.counts[np.arange(len(best)), best].sum(axis=0)  # (C,)
        return self.measure.bleu(total)


def tune_reranking(
    run: Path, config: TranslationConfig, reranker: Reranker, candidates: int | None, say: Say
) -> TunedReranking:
    """Find the weights with the best dev BLEU and keep them in the model folder.

    Raises:
        ConfigError: the run has no dev split.
        SeqnlpError: the reverse model translates other languages.
    """
    require_split(config, "dev")
    pairs = load_pairs(config.data, "dev", say)
    translator = Translator(run)
    reranker.check_languages(translator.source_language, translator.target_language)
    choice = reranked(reranker, candidates)
    sources, references = [pair.source for pair in pairs], [pair.target for pair in pairs]
    plain = bleu([each.text for each in translator.translate_lines(sources)], references, config.data.target)
    say(f"dev BLEU {plain:.2f}  beam {translator.decoding.beam}, not reranked")
    decoding = choice.search(translator.decoding)
    answers = translator.translate_lines(sources, decoding=decoding, nbest=choice.candidates)
    lists = nbest_of(reranker, sources, [each.hypotheses for each in answers], references, config.data.target)
    say(f"dev BLEU {lists.bleu(RerankWeights(0, 0, 0)):.2f}  the first of the {choice.candidates} best")
    say(f"dev BLEU {lists.oracle():.2f}  the best of them by the reference (oracle)")
    weights = best_weights(lists, with_language_model=reranker.language_model is not None)
    say(f"dev BLEU {lists.bleu(weights):.2f}  --candidates {choice.candidates} --weights {describe_weights(weights)}")
    tuned = TunedReranking(weights, choice.candidates, reranker.language_model is not None)
    folder = find_model(run)
    save_description(folder, {**load_bundle(run).description, "reranking": asdict(tuned)})
    say(f"kept in {folder}")
    return tuned


def nbest_of(
    reranker: Reranker,
    sources: Sequence[str],
    hypotheses: Sequence[Sequence[Hypothesis]],
    references: Sequence[str],
    language: str,
) -> NBest:
    """The translations of texts as numbers."""
    measure, width = BleuCounts(language), max(map(len, hypotheses))
    features, counts = [], []
    for source, each, reference in zip(sources, hypotheses, references, strict=True):
        texts, lengths = [one.text for one in each], [len(one.token_log_probabilities) for one in each]
        found = reranker.features(source, texts, [one.score for one in each], lengths)  # (n, 4)
        missing = np.tile([-np.inf, 0.0, 0.0, 0.0], (width - len(each), 1))
        features.append(np.concatenate([found, missing]))
        counted = measure.of(texts, [reference] * len(texts))  # (n, C)
        counts.append(np.concatenate([counted, np.zeros((width - len(each), counted.shape[1]), np.int64)]))
    return NBest(np.stack(features), np.stack(counts), measure)


def best_weights(lists: NBest, *, with_language_model: bool) -> RerankWeights:
    """Those of the grid with the highest BLEU; of equal ones the smallest."""
    models = MODELS if with_language_model else (0.0,)
    grid = [RerankWeights(*each) for each in product(MODELS, models, LENGTHS)]
    return max(sorted(grid, key=lambda one: sum(map(abs, astuple(one)))), key=lists.bleu)
