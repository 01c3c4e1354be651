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
from seqnlp.metrics.conformal import DIGITS, LEVELS, printed_quantile, thinned
from seqnlp.metrics.scores import ratio
from seqnlp.tasks.tagging.prediction import SentencePrediction
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import Span

ENTITIES, TEXTS = "review.entities", "review.texts"
"""Names in ``model.safetensors``."""


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
        mistakes = dev.probabilities[~dev.correct], dev.entropies[~dev.faultless]
        return cls(*(np.round(thinned(numbers), DIGITS) for numbers in mistakes))

    def doubtful(self, probabilities: FloatArray, level: float) -> BoolArray:
        """Which entities (N,) must be looked at; all of them if dev has too few wrong ones for the level."""
        marked: BoolArray = np.round(probabilities, DIGITS) <= printed_quantile(self.entities, level)
        return marked

    def unsure(self, entropies: FloatArray, level: float) -> BoolArray:
        """Which texts (S,) must be read; all of them if dev has too few with a mistake for the level."""
        marked: BoolArray = np.round(entropies, DIGITS) >= -printed_quantile(-self.texts, level)
        return marked


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
