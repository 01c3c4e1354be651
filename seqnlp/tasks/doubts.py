"""Gold annotations that a model which has not seen them finds improbable: where annotators may have erred.

Northcutt, Jiang & Chuang (2021), "Confident learning", call the probability of the given label self-confidence; low
self-confidence under cross-validation points at label errors.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Doubt:
    """A gold annotation, and how probable a model finds it.

    Attributes:
        line: where it stands in its file, from 1.
        probability: of the gold annotation, between 0 and 1; of nothing annotated: that nothing is there.
        gold, predicted: labels; empty where nothing is annotated or found.
        text: what they are of.
        context: the sentence or text around it.
    """

    line: int
    probability: float
    gold: str
    predicted: str
    text: str
    context: str
