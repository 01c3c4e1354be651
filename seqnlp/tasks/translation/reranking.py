"""Noisy-channel reranking: the best translations of a search, ordered anew by two models more, and a lexicon.

A translation y of a text x is good if the search ranks it high, if a model of the reverse direction finds x again in
it, and if a language model finds it fluent (Yee, Dauphin & Auli 2019); a lexicon finds words that were left out or
that stand for nothing:

    search(y) + (a * log p(x|y) + b * log p(y) + c * |y| + d * log m(y|x)) / |x|

``search`` is what the beam search ranks by, log p(y|x) / |y|^alpha unless it was told otherwise. |x| and |y| count
subwords and the end: of x those of the reverse model, of y those of the translator. The language model reads the text
of y with tokens of its own; m is IBM model 1 of words (:mod:`seqnlp.models.ibm_model1`). All logarithms are natural.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Protocol

import numpy as np

from seqnlp.arrays import FloatArray
from seqnlp.config.translation import LARGEST_WEIGHT, RerankWeights
from seqnlp.errors import SeqnlpError, WrongTypeError, WrongValueError
from seqnlp.tasks import arguments
from seqnlp.tasks.translation.saved import TunedReranking
from seqnlp.tasks.translation.text_lexicon import TextLexicon

UNTUNED = {False: RerankWeights(), True: RerankWeights(0.6, 0.6, 0.7)}
"""The weights without and with a language model, where none were tuned.

With one those best for image captions; without one nearly those, without the small weight of the length: see
``recipes/translation/README.md``.
"""


class Scored(Protocol):
    """How probable a text is."""

    @property
    def log_probability(self) -> float:
        """Natural, of the whole text."""


class ScoredTokens(Scored, Protocol):
    """The same, and of each token."""

    @property
    def token_log_probabilities(self) -> list[float]:
        """The end's last."""


class ReverseModel(Protocol):
    """A :class:`seqnlp.Translator`."""

    source_language: str
    target_language: str

    def score_lines(self, sources: Iterable[str], targets: Iterable[str]) -> Sequence[ScoredTokens]:
        """An answer a pair."""


class TextModel(Protocol):
    """A :class:`seqnlp.LanguageModel`."""

    def score_texts(self, texts: Iterable[str]) -> Sequence[Scored]:
        """An answer a text."""


@dataclass(frozen=True)
class Reranker:
    """What translations are reranked by: ``translator.translate(text, rerank=Reranker(reverse, language_model))``.

    Args:
        reverse: a translator (or an ensemble) from the target language to the source language.
        language_model: of the target language.
        weights: three numbers, of the reverse model, the language model and the length, or a fourth of the lexicon,
            which the translator must have; default: as ``seqnlp evaluate --rerank --tune`` kept them in its folder,
            else 0.6, 0.6 and 0.7, without a language model 0.2, 0 and 0.

    Raises:
        WrongTypeError, WrongValueError: an argument is not as described, or a weight is of a language model that is
            not given.
    """

    reverse: ReverseModel
    language_model: TextModel | None = None
    weights: Sequence[float] | None = None

    def __post_init__(self) -> None:
        _check_kind(self.reverse, "reverse", "score_lines", "a Translator")
        if self.language_model is not None:
            _check_kind(self.language_model, "language_model", "score_texts", "a LanguageModel")
        if self.weights is None:
            return
        if isinstance(self.weights, str) or not hasattr(self.weights, "__len__") or len(self.weights) not in (3, 4):
            raise WrongValueError(
                "weights: expected three numbers, of the reverse model, the language model and the length, or a fourth "
                f"of the lexicon, found {self.weights!r}"
            )
        given = [
            arguments.number(weight, f"weights[{place}]", -LARGEST_WEIGHT, LARGEST_WEIGHT)
            for place, weight in enumerate(self.weights)
        ]
        if given[1] and self.language_model is None:
            raise WrongValueError(f"weights[1]: expected 0 without a language model, found {given[1]:g}")

    def check_languages(self, source: str, target: str) -> None:
        """Refuse a reverse model of other languages, as far as both models name theirs.

        Raises:
            SeqnlpError: with the languages.
        """
        reverse = self.reverse.source_language, self.reverse.target_language
        if all((source, target, *reverse)) and [*map(_primary, reverse)] != [_primary(target), _primary(source)]:
            raise SeqnlpError(
                f"expected a reverse model that translates {target}-{source}, as this one translates "
                f"{source}-{target}; found {'-'.join(reverse)}"
            )

    def is_tuned_by(self, tuned: TunedReranking | None) -> bool:
        """Whether what was tuned is for this: a language model took part then as it does now."""
        return tuned is not None and tuned.language_model == (self.language_model is not None)

    def chosen_weights(self, tuned: TunedReranking | None) -> RerankWeights:
        """The given weights, else the tuned ones, else others."""
        if self.weights is not None:
            return RerankWeights(*map(float, self.weights))
        return tuned.weights if tuned and self.is_tuned_by(tuned) else UNTUNED[self.language_model is not None]

    def features(
        self,
        source: str,
        texts: Sequence[str],
        scores: Sequence[float],
        lengths: Sequence[int],
        lexicon: TextLexicon | None = None,
    ) -> FloatArray:
        """The parts (N, 4), with a lexicon (N, 5), of the score of a text's translations.

        Without a language model its part is 0.

        They are scored by themselves, so that other texts cannot change a bit of it.

        Args:
            source: the text.
            texts: its translations (N,).
            scores, lengths: (N,) what the search ranks them by, and their subwords, the end counted.
            lexicon: of the translator, if it is to count.
        """
        scored = self.reverse.score_lines(texts, [source] * len(texts))
        columns = [scores, [one.log_probability for one in scored], [0.0] * len(texts), lengths]
        if self.language_model is not None:
            columns[2] = [one.log_probability for one in self.language_model.score_texts(texts)]
        if lexicon is not None:
            columns.append(lexicon.log_probabilities(source, texts))
        features = np.array(columns, np.float64).T  # (N, 4 or 5)
        features[:, 1:] /= len(scored[0].token_log_probabilities)
        return features


def reranked_scores(features: FloatArray, weights: RerankWeights) -> FloatArray:
    """The scores (...) of translations with the features (..., 4), or (..., 5) where the lexicon counts."""
    result: FloatArray = features @ np.array([1.0, *astuple(weights)][: features.shape[-1]])
    return result


def describe_weights(weights: RerankWeights) -> str:
    """As ``--weights`` reads them: ``0.5,0.1,0``, and a fourth where a lexicon counts."""
    return ",".join(f"{weight:g}" for weight in astuple(weights)[: 4 if weights.lexicon else 3])


def _primary(language: str) -> str:
    """``de`` of ``de-AT`` or ``DE``."""
    return language.lower().replace("_", "-").partition("-")[0]


def _check_kind(value: object, name: str, method: str, kind: str) -> None:
    if not hasattr(value, method):
        raise WrongTypeError(f"{name}: expected {kind}, found {type(value).__name__} {str(value)[:40]!r}")
