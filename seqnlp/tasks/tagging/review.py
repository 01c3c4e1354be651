"""What a person must look at so that most mistakes are seen (split conformal prediction).

How probable were the wrong entities of dev? Whoever looks at every entity that is no more probable than all but a
twentieth of these were, sees a wrong entity of a new text with a probability of 95 % or more, if the text is of the
same kind as dev's. Entities that were missed are among no answers: for them whole texts are marked, by the entropy of
all answers to a text against that of dev's texts with any mistake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seqnlp.arrays import BoolArray, FloatArray
from seqnlp.metrics.conformal import conformal_quantile
from seqnlp.metrics.scores import ratio
from seqnlp.tasks.tagging.prediction import SentencePrediction
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import Span

DIGITS = 4
"""After the point, of a printed probability."""

LEVELS = (0.8, 0.9, 0.95, 0.99)
"""That an evaluation shows."""

ENTITIES, TEXTS = "review.entities", "review.texts"
"""Names in ``model.safetensors``."""

MOST = 5000
"""Mistakes of dev that are kept, of each kind: of more of them as many, evenly spaced."""


@dataclass(frozen=True)
class Answers:
    """Probability and rightness (N,) of each entity that was found, entropy and rightness (S,) of each text."""

    probabilities: FloatArray
    correct: BoolArray
    entropies: FloatArray
    faultless: BoolArray


def compared(
    predictions: Sequence[SentencePrediction], entropies: FloatArray, sentences: Sequence[TaggedSentence], scheme: str
) -> Answers:
    """Answers to sentences beside their gold entities, in ``scheme``."""
    probabilities: list[float] = []
    correct: list[bool] = []
    faultless: list[bool] = []
    for prediction, sentence in zip(predictions, sentences, strict=True):
        gold = set(sentence.entities(scheme))
        found = sentence.placed([Span(span.start, span.end, span.label) for span in prediction.spans])
        probabilities += [span.probability for span in prediction.spans]
        correct += [span in gold for span in found]
        faultless.append(set(found) == gold)
    return Answers(np.array(probabilities), np.array(correct, bool), entropies, np.array(faultless, bool))


@dataclass(frozen=True)
class Review:
    """Bounds from dev's mistakes: probabilities (N,) of wrong entities, entropies (M,) of texts with any mistake.

    Numbers are compared with as many digits as are printed, so that a mark never depends on a batch.
    """

    entities: FloatArray
    texts: FloatArray

    @classmethod
    def of_dev(cls, dev: Answers) -> Review:
        """From what dev's mistakes look like."""
        return cls(_kept(dev.probabilities[~dev.correct]), _kept(dev.entropies[~dev.faultless]))

    def doubtful(self, probabilities: FloatArray, level: float) -> BoolArray:
        """Which entities (N,) must be looked at; all of them if dev has too few wrong ones for the level."""
        marked: BoolArray = np.round(probabilities, DIGITS) <= conformal_quantile(self.entities, level) + 1e-9
        return marked

    def unsure(self, entropies: FloatArray, level: float) -> BoolArray:
        """Which texts (S,) must be read; all of them if dev has too few with a mistake for the level."""
        marked: BoolArray = np.round(entropies, DIGITS) >= -conformal_quantile(-self.texts, level) - 1e-9
        return marked


def _kept(numbers: FloatArray) -> FloatArray:
    places = np.linspace(0, len(numbers) - 1, min(len(numbers), MOST)).round().astype(np.int64)
    return np.round(numbers[places], DIGITS)


@dataclass(frozen=True, slots=True)
class SeenMistakes:
    """Of a level: the shares of wrong entities and of texts with a mistake that are marked, and of all that are."""

    level: float
    wrong_entities_seen: float
    entities_marked: float
    wrong_texts_seen: float
    texts_marked: float


def measure_review(review: Review, answers: Answers) -> list[SeenMistakes]:
    """Of each level, on a split; a share of nothing is 0."""
    return [_seen(review, answers, level) for level in LEVELS]


def _seen(review: Review, answers: Answers, level: float) -> SeenMistakes:
    entities = review.doubtful(answers.probabilities, level)  # (N,)
    texts = review.unsure(answers.entropies, level)  # (S,)
    return SeenMistakes(
        level,
        _share(entities[~answers.correct]),
        _share(entities),
        _share(texts[~answers.faultless]),
        _share(texts),
    )


def _share(marked: BoolArray) -> float:
    return ratio(int(marked.sum()), len(marked))
