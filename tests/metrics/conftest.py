"""Random corpora whose entities are known because they were drawn, not read from tags."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from seqnlp.text.tags import Span

Corpus = list[list[Span]]


def _draw_spans(random: Random, length: int, labels: list[str]) -> list[Span]:
    spans, position = [], 0
    while position < length:
        if random.random() < 0.4:
            end = min(length, position + random.randint(1, 4))
            spans.append(Span(position, end, random.choice(labels)))
            position = end
        else:
            position += 1
    return spans


def _draw_similar_spans(random: Random, length: int, labels: list[str], gold: list[Span]) -> list[Span]:
    """The gold spans with some dropped, moved, relabelled or made up, still without overlap."""
    candidates = _draw_spans(random, length, labels) if random.random() < 0.5 else []
    for start, end, label in gold:
        start = max(0, start + random.choice([0, 0, 0, -1, 1]))
        end = min(length, end + random.choice([0, 0, 0, -1, 1]))
        candidates.append(Span(start, end, random.choice([label, label, random.choice(labels)])))
    random.shuffle(candidates)
    kept: list[Span] = []
    for span in candidates:
        if span.start < span.end and all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept)


@pytest.fixture
def draw_corpus() -> Callable[..., tuple[list[int], Corpus, Corpus]]:
    """A function of a seed: lengths, gold and predicted entities of a few sentences."""

    def draw(seed: int, labels: tuple[str, ...] = ("LOC", "ORG", "PER")) -> tuple[list[int], Corpus, Corpus]:
        random = Random(seed)
        lengths = [random.randint(1, 12) for _ in range(random.randint(1, 8))]
        gold = [_draw_spans(random, length, list(labels)) for length in lengths]
        rows = zip(lengths, gold, strict=True)
        predicted = [_draw_similar_spans(random, length, list(labels), spans) for length, spans in rows]
        return lengths, gold, predicted

    return draw
