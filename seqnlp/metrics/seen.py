"""Does the model know entities, or only remember them? Scores on entities that training had shown, and on others.

Two readings of "seen", both case-sensitive and over the exact sequence of words:

* as an **entity**: the same words with the same type were an entity in training;
* as a **surface**: the same words were an entity of any type in training.

A gold and a predicted entity are sorted by their own words and type. A correct prediction has those of its gold entity,
so both fall on the same side, and precision, recall and F1 of each side are those of its entities alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from seqnlp.metrics.entities import entity_scores
from seqnlp.metrics.scores import Scores
from seqnlp.text.tags import Span

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeenScores:
    """Scores on entities that training had shown and on those it had not, in both readings."""

    seen_entity: Scores
    unseen_entity: Scores
    seen_surface: Scores
    unseen_surface: Scores


class TrainingEntities:
    """What the training split shows as entities.

    Args:
        sentences: the words of each training sentence.
        spans: the gold entities of each.
    """

    def __init__(self, sentences: Iterable[Sequence[str]], spans: Iterable[Sequence[Span]]) -> None:
        self.entities: set[tuple[Words, str]] = {
            (surface_of(span, words), span.label)
            for words, entities in zip(sentences, spans, strict=True)
            for span in entities
        }
        self.surfaces: set[Words] = {surface for surface, _ in self.entities}


def surface_of(span: Span, words: Sequence[str]) -> Words:
    """The words of an entity."""
    return tuple(words[span.start : span.end])


def seen_scores(
    training: TrainingEntities,
    sentences: Sequence[Sequence[str]],
    gold: Sequence[Sequence[Span]],
    predicted: Sequence[Sequence[Span]],
) -> SeenScores:
    """Scores of seen and unseen entities.

    Args:
        sentences: the words of each evaluated sentence.
        gold, predicted: the entities of each.
    """

    def scores_where(belongs: Callable[[Words, str], bool]) -> Scores:
        def chosen(spans: Sequence[Span], words: Sequence[str]) -> list[Span]:
            return [span for span in spans if belongs(surface_of(span, words), span.label)]

        gold_part = map(chosen, gold, sentences)
        return entity_scores(gold_part, map(chosen, predicted, sentences)).micro

    return SeenScores(
        seen_entity=scores_where(lambda surface, label: (surface, label) in training.entities),
        unseen_entity=scores_where(lambda surface, label: (surface, label) not in training.entities),
        seen_surface=scores_where(lambda surface, _: surface in training.surfaces),
        unseen_surface=scores_where(lambda surface, _: surface not in training.surfaces),
    )
