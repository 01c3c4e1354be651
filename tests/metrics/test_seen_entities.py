from __future__ import annotations

from random import Random

import pytest

from seqnlp.metrics.scores import Scores
from seqnlp.metrics.seen import TrainingEntities, seen_scores
from seqnlp.text.tags import Span

TRAINING = TrainingEntities([["in", "New", "York"], ["Apple", "pie"]], [[Span(1, 3, "LOC")], [Span(0, 1, "ORG")]])


def test_seen_and_unseen_worked_by_hand():
    sentences = [["New", "York", "and", "Apple"], ["new", "york", "Oslo"]]
    gold = [[Span(0, 2, "LOC"), Span(3, 4, "LOC")], [Span(0, 2, "LOC"), Span(2, 3, "LOC")]]
    predicted = [[Span(0, 2, "LOC"), Span(3, 4, "ORG")], [Span(2, 3, "LOC")]]
    scores = seen_scores(TRAINING, sentences, gold, predicted)
    # "New York"/LOC is right; "Apple" was seen as ORG, so its gold LOC is unseen and its prediction seen.
    assert scores.seen_entity == Scores.from_counts(1, 2, 1)
    assert scores.unseen_entity == Scores.from_counts(1, 1, 3)  # Apple/LOC, new york (another case), Oslo
    assert scores.seen_surface == Scores.from_counts(1, 2, 2)
    assert scores.unseen_surface == Scores.from_counts(1, 1, 2)


def test_part_of_a_seen_entity_is_not_seen():
    scores = seen_scores(TRAINING, [["York"]], [[Span(0, 1, "LOC")]], [[]])
    assert scores.seen_surface.support == 0
    assert scores.unseen_surface == scores.unseen_entity == Scores(0.0, 0.0, 0.0, 1)


def test_every_entity_is_on_exactly_one_side(draw_corpus):
    for seed in range(40):
        random = Random(seed)
        lengths, gold, predicted = draw_corpus(seed)
        sentences = [[random.choice("ab") for _ in range(length)] for length in lengths]
        half = len(sentences) // 2
        training = TrainingEntities(sentences[:half], gold[:half])
        scores = seen_scores(training, sentences, gold, predicted)

        known = {(tuple(sentences[row][s:e]), t) for row in range(half) for s, e, t in gold[row]}
        rows = range(len(sentences))

        def keys(spans, side, rows=rows, sentences=sentences, known=known):
            result = [
                (row, s, e, t, (tuple(sentences[row][s:e]), t) in known) for row in rows for s, e, t in spans[row]
            ]
            return {key for key in result if key[-1] is side}

        for side, ours in ((True, scores.seen_entity), (False, scores.unseen_entity)):
            actual, guessed = keys(gold, side), keys(predicted, side)
            assert ours == Scores.from_counts(len(actual & guessed), len(guessed), len(actual))
        assert scores.seen_surface.support + scores.unseen_surface.support == sum(map(len, gold))
        assert scores.seen_surface.support >= scores.seen_entity.support


def test_words_and_entities_must_be_of_as_many_sentences():
    with pytest.raises(ValueError, match="shorter"):
        TrainingEntities([["a"]], [])
