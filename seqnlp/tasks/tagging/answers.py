"""What a tagger answers: the entities or tags of a text, with probabilities."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from seqnlp.plots.answers import entities_html, pairs_html
from seqnlp.tasks.tagging.review import Review
from seqnlp.text.tokenize import Token


@dataclass(frozen=True, slots=True)
class Span:
    """An entity in a text.

    Attributes:
        start, end: character offsets, end exclusive: ``text[start:end]`` is the entity.
        label: its type.
        text: the words themselves.
        probability: how sure the model is that exactly this is an entity of exactly this type, between 0 and 1.
        first, last: its token positions, last exclusive.
        review: if asked for, whether a person must look at it for the promised share of wrong entities to be seen.
    """

    start: int
    end: int
    label: str
    text: str
    probability: float
    first: int
    last: int
    review: bool | None = None


@dataclass(frozen=True, slots=True)
class TagSequence:
    """One of the most probable answers for a whole text."""

    probability: float
    tags: list[str]


@dataclass(frozen=True, slots=True)
class TaggedText:
    """The answer for one text.

    Attributes:
        text: the text as given (words joined by spaces, if words were given).
        tokens: its words with character offsets.
        tags: one tag a word, in the scheme of the training data.
        spans: the entities (empty for plain tags such as parts of speech).
        probabilities: of each tag (plain tags only; entities carry their own).
        nbest: the most probable answers for the whole text, best first, if they were asked for. The first need not be
            the answer itself: that one is chosen for the best F1 (``model.fit_outside``).
        plain: whether the model gives plain tags.
        review: if asked for, whether a person must read the text for the promised share of texts with any mistake,
            also a missed entity, to be read.
    """

    text: str
    tokens: list[Token]
    tags: list[str]
    spans: list[Span]
    probabilities: list[float]
    nbest: list[TagSequence]
    plain: bool = False
    review: bool | None = None

    def to_dict(self) -> dict[str, Any]:
        """The answer as ``seqnlp tag --output jsonl`` writes it."""
        answer: dict[str, Any] = {
            "text": self.text,
            "tokens": [{"text": token.text, "start": token.start, "end": token.end} for token in self.tokens],
            "tags": self.tags,
        }
        if self.plain:
            answer["probabilities"] = [round(probability, 4) for probability in self.probabilities]
        else:
            answer["spans"] = [
                {
                    "start": s.start,
                    "end": s.end,
                    "label": s.label,
                    "text": s.text,
                    "probability": round(s.probability, 4),
                    **({} if s.review is None else {"review": s.review}),
                }
                for s in self.spans
            ]
        if self.review is not None:
            answer["review"] = self.review
        if self.nbest:
            answer["nbest"] = [{"probability": round(n.probability, 6), "tags": n.tags} for n in self.nbest]
        return answer

    def _repr_html_(self) -> str:
        if self.plain:
            return pairs_html([(token.text, tag) for token, tag in zip(self.tokens, self.tags, strict=True)])
        return entities_html(self.text, [(span.start, span.end, span.label, span.probability) for span in self.spans])


def marked(answer: TaggedText, bounds: Review, level: float, unsure: bool) -> TaggedText:
    """An answer with marks at what a person must look at."""
    doubtful = bounds.doubtful(np.array([span.probability for span in answer.spans]), level)  # (spans,)
    spans = [replace(span, review=bool(one)) for span, one in zip(answer.spans, doubtful, strict=True)]
    return replace(answer, spans=spans, review=unsure)
