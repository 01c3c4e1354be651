from __future__ import annotations

import warnings
from dataclasses import astuple

import numpy as np
import pytest

from seqnlp.errors import SeqnlpError
from seqnlp.metrics.entities import entity_scores, sentence_counts, seqeval_scores
from seqnlp.metrics.scores import LabelScores, Scores
from seqnlp.text.tags import Span, spans_from_tags, tags_from_spans

NOTHING = Scores(0.0, 0.0, 0.0, 0)


def flat(scores: LabelScores) -> list[float]:
    rows = [scores.micro, scores.macro, *scores.per_label.values()]
    return [number for row in rows for number in astuple(row)]


def test_a_corpus_worked_by_hand():
    gold = [[Span(0, 2, "PER"), Span(3, 4, "LOC")], [Span(1, 2, "LOC")]]
    predicted = [[Span(0, 2, "PER"), Span(3, 5, "LOC")], [Span(1, 2, "LOC"), Span(4, 5, "ORG")]]
    scores = entity_scores(gold, predicted)
    assert (scores.micro.precision, scores.micro.recall) == (2 / 4, 2 / 3)
    assert scores.micro.f1 == pytest.approx(4 / 7)
    assert scores.micro.support == 3
    assert scores.per_label == {
        "LOC": Scores(0.5, 0.5, 0.5, 2),
        "ORG": NOTHING,
        "PER": Scores(1.0, 1.0, 1.0, 1),
    }
    assert scores.macro == Scores(0.5, 0.5, 0.5, 3)


@pytest.mark.parametrize("scheme", ["iob1", "iob2", "bioes", "bilou"])
@pytest.mark.parametrize("labels", [("LOC", "ORG", "PER"), ("creative-work", "group")])
def test_our_count_seqeval_and_a_count_of_tuples_agree(draw_corpus, scheme, labels):
    for seed in range(25):
        lengths, gold, predicted = draw_corpus(seed, labels)
        gold_tags = [tags_from_spans(spans, n, scheme) for spans, n in zip(gold, lengths, strict=True)]
        predicted_tags = [tags_from_spans(spans, n, scheme) for spans, n in zip(predicted, lengths, strict=True)]

        ours = entity_scores(
            [spans_from_tags(tags, scheme) for tags in gold_tags],
            [spans_from_tags(tags, scheme) for tags in predicted_tags],
        )
        reference = seqeval_scores(gold_tags, predicted_tags, scheme)
        assert list(ours.per_label) == list(reference.per_label)
        assert flat(ours) == pytest.approx(flat(reference), abs=1e-12)

        actual = {(row, *span) for row, spans in enumerate(gold) for span in spans}
        guessed = {(row, *span) for row, spans in enumerate(predicted) for span in spans}
        correct = len(actual & guessed)
        assert ours.micro.precision == pytest.approx(correct / len(guessed) if guessed else 0)
        assert ours.micro.recall == pytest.approx(correct / len(actual) if actual else 0)
        assert ours.micro.support == len(actual)


def test_scores_come_from_summed_counts_not_from_averaged_batches():
    span = Span(0, 1, "X")
    gold, predicted = [[span], [span], [span], [span]], [[span], [], [], []]
    batches = [entity_scores(gold[:1], predicted[:1]).micro.f1, entity_scores(gold[1:], predicted[1:]).micro.f1]
    assert batches == [1, 0]
    assert entity_scores(gold, predicted).micro.f1 == pytest.approx(2 * 1 / (1 + 4))


@pytest.mark.parametrize(
    ("gold", "predicted"),
    [([], []), (["O", "O"], ["O", "O"]), (["O", "O"], ["B-X", "O"]), (["B-X", "I-X"], ["O", "O"])],
)
def test_a_corpus_without_entities_on_a_side_scores_zero_and_warns_of_nothing(gold, predicted):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ours = entity_scores([spans_from_tags(gold, "iob2")], [spans_from_tags(predicted, "iob2")])
        reference = seqeval_scores([gold], [predicted], "iob2")
    assert ours == reference
    assert (ours.micro.precision, ours.micro.recall, ours.micro.f1) == (0, 0, 0)
    assert ours.micro.support == (gold[:1] == ["B-X"])


def test_no_sentences_at_all_score_zero():
    assert entity_scores([], []) == seqeval_scores([], [], "bioes") == LabelScores(NOTHING, NOTHING, {})


def test_the_counts_of_sentences_sum_to_the_corpus_counts(draw_corpus):
    for seed in range(20):
        _, gold, predicted = draw_corpus(seed)
        counts = sentence_counts(gold, predicted)
        assert counts.shape == (len(gold), 3)
        assert counts.dtype == np.int64
        assert Scores.from_counts(*counts.sum(axis=0).tolist()) == entity_scores(gold, predicted).micro
    assert sentence_counts([], []).shape == (0, 3)


def test_a_missing_sentence_is_refused_not_ignored():
    with pytest.raises(ValueError, match="shorter"):
        entity_scores([[], []], [[]])


def test_plain_tags_have_no_entities_to_score():
    with pytest.raises(SeqnlpError, match=r"expected tags in one of iob1, iob2, bioes, bilou .* found 'none'"):
        seqeval_scores([["NOUN"]], [["VERB"]], "none")
