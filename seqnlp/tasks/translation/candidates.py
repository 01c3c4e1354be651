"""Which of a search's best translations comes first: the most alike (minimum Bayes risk), or the best one reranked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from seqnlp.arrays import FloatArray
from seqnlp.config.translation import DecodingConfig, RerankWeights
from seqnlp.decode.hypotheses import Decoded
from seqnlp.decode.mbr import Utility, expected_utilities
from seqnlp.errors import SeqnlpError, WrongValueError
from seqnlp.metrics.translation_scores import sentence_utility
from seqnlp.tasks import arguments
from seqnlp.tasks.translation.reranking import Reranker, reranked_scores
from seqnlp.tasks.translation.saved import TunedReranking
from seqnlp.tasks.translation.text_lexicon import TextLexicon

UTILITIES = ("chrf", "bleu")
"""What translations may be compared by."""
CANDIDATES = 10
"""How many, unless told otherwise."""


@dataclass(frozen=True)
class Choice(ABC):
    """Orders the best translations of a text anew.

    Attributes:
        candidates: how many it needs.
    """

    candidates: int

    @abstractmethod
    def order(self, source: str, hypotheses: Sequence[Decoded], texts: Sequence[str]) -> list[Decoded]:
        """Translations of a text, and how they read, the best first."""

    def search(self, decoding: DecodingConfig) -> DecodingConfig:
        """A search that finds so many."""
        return replace(decoding, beam=max(decoding.beam, self.candidates))


@dataclass(frozen=True)
class MostAlike(Choice):
    """By their expected utility, if the others stood for references."""

    utility: Utility

    def order(self, source: str, hypotheses: Sequence[Decoded], texts: Sequence[str]) -> list[Decoded]:
        """See :meth:`Choice.order`."""
        utilities = expected_utilities(texts, [one.log_probability for one in hypotheses], self.utility)
        return [hypotheses[place] for place in _falling(utilities)]


@dataclass(frozen=True)
class Reranked(Choice):
    """By the scores of a noisy channel, which become theirs."""

    reranker: Reranker
    weights: RerankWeights
    lexicon: TextLexicon | None = None

    def order(self, source: str, hypotheses: Sequence[Decoded], texts: Sequence[str]) -> list[Decoded]:
        """See :meth:`Choice.order`."""
        lengths = [len(one.token_log_probs) for one in hypotheses]
        lexicon = self.lexicon if self.weights.lexicon else None
        features = self.reranker.features(source, texts, [one.score for one in hypotheses], lengths, lexicon)
        scores = reranked_scores(features, self.weights)
        return [replace(hypotheses[place], score=float(scores[place])) for place in _falling(scores)]


def most_alike(utility: str, candidates: int | None, nbest: int, language: str) -> MostAlike:
    """Minimum Bayes risk.

    Raises:
        WrongTypeError, WrongValueError: another utility, or ``candidates`` is no number of them or below ``nbest``.
    """
    arguments.choice(utility, "mbr", UTILITIES)
    count = _count(max(nbest, CANDIDATES) if candidates is None else candidates, nbest)
    return MostAlike(count, sentence_utility(utility, language))


def reranked(
    reranker: Reranker,
    candidates: int | None,
    nbest: int = 1,
    tuned: TunedReranking | None = None,
    lexicon: TextLexicon | None = None,
) -> Reranked:
    """Noisy-channel reranking, as it was tuned where nothing else is said.

    Args:
        tuned, lexicon: of the translator.

    Raises:
        SeqnlpError: the weight of a lexicon without one.
        WrongTypeError, WrongValueError: ``candidates`` is no number of them or below ``nbest``, ``reranker`` no
            :class:`Reranker`.
    """
    arguments.of_class(reranker, "rerank", Reranker)
    if candidates is None:
        candidates = max(nbest, tuned.candidates if tuned and reranker.is_tuned_by(tuned) else CANDIDATES)
    weights = reranker.chosen_weights(tuned)
    if weights.lexicon and lexicon is None:
        raise SeqnlpError(
            f"weights: the fourth, {weights.lexicon:g}, is of a lexicon, but this model has none; learn one with "
            "`seqnlp evaluate RUN --rerank REVERSE_RUN --lexicon --tune`, or make the weight 0"
        )
    return Reranked(_count(candidates, nbest), reranker, weights, lexicon)


def _count(candidates: int, nbest: int) -> int:
    candidates = arguments.count(candidates, "candidates", 2, arguments.MAX_ANSWERS)
    if candidates < nbest:
        raise WrongValueError(f"expected at least {nbest} candidates for {nbest} translations, found {candidates}")
    return candidates


def _falling(scores: FloatArray) -> list[int]:
    """Places, the highest score first; of equal ones the first."""
    places: list[int] = np.argsort(-scores, kind="stable").tolist()
    return places
