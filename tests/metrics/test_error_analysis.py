from __future__ import annotations

import itertools

import pytest

from seqnlp.metrics.entities import entity_scores
from seqnlp.metrics.error_analysis import ErrorCounts, ErrorKind, compare_entities, count_errors, entity_confusions
from seqnlp.metrics.scores import Confusion
from seqnlp.text.tags import Span


def kinds(gold: list[Span], predicted: list[Span]) -> list[str]:
    return sorted(outcome.kind.value for outcome in compare_entities([gold], [predicted]))


@pytest.mark.parametrize(
    ("gold", "predicted", "expected"),
    [
        ([Span(1, 3, "PER")], [Span(1, 3, "PER")], ["correct"]),
        ([Span(1, 3, "PER")], [Span(1, 3, "LOC")], ["type"]),
        ([Span(1, 3, "PER")], [Span(2, 3, "PER")], ["boundary"]),
        ([Span(1, 3, "PER")], [Span(0, 2, "LOC")], ["both"]),
        ([Span(1, 3, "PER")], [], ["missed"]),
        ([], [Span(1, 3, "PER")], ["spurious"]),
        ([Span(1, 3, "PER")], [Span(3, 4, "PER")], ["missed", "spurious"]),
        ([], [], []),
    ],
)
def test_each_kind_of_error(gold, predicted, expected):
    assert kinds(gold, predicted) == expected


def test_a_long_entity_cut_in_two_is_one_boundary_error_and_one_spurious_prediction():
    outcomes = compare_entities([[Span(0, 5, "ORG")]], [[Span(0, 2, "ORG"), Span(2, 5, "ORG")]])
    assert [(o.kind, o.predicted) for o in outcomes] == [
        (ErrorKind.BOUNDARY, Span(2, 5, "ORG")),  # shares three words rather than two
        (ErrorKind.SPURIOUS, Span(0, 2, "ORG")),
    ]


def test_the_right_type_is_paired_before_the_larger_overlap():
    gold = [Span(0, 4, "ORG")]
    predicted = [Span(0, 1, "ORG"), Span(1, 4, "LOC")]
    assert kinds(gold, predicted) == ["boundary", "spurious"]


def test_equal_overlaps_are_paired_from_the_left():
    outcomes = compare_entities([[Span(0, 4, "ORG")]], [[Span(0, 2, "ORG"), Span(2, 4, "ORG")]])
    assert outcomes[0].predicted == Span(0, 2, "ORG")


def brute_force(gold: list[Span], predicted: list[Span]) -> list[tuple[str, Span | None, Span | None]]:
    """The documented rule, one pair at a time over sets of words."""
    gold, predicted, actual = list(gold), list(predicted), []

    def words(span: Span) -> set[int]:
        return set(range(span.start, span.end))

    rules = [
        ("correct", lambda g, p: g == p),
        ("type", lambda g, p: words(g) == words(p)),
        ("boundary", lambda g, p: g.label == p.label),
        ("both", lambda g, p: True),
    ]
    for kind, fits in rules:
        while True:
            pairs = [(g, p) for g, p in itertools.product(gold, predicted) if words(g) & words(p) and fits(g, p)]
            if not pairs:
                break
            best = min(pairs, key=lambda pair: (-len(words(pair[0]) & words(pair[1])), pair))
            gold.remove(best[0])
            predicted.remove(best[1])
            actual.append((kind, *best))
    return actual + [("missed", g, None) for g in gold] + [("spurious", None, p) for p in predicted]


def test_outcomes_follow_the_documented_rule_on_random_sentences(draw_corpus):
    seen = set()
    for seed in range(150):
        _, gold, predicted = draw_corpus(seed, ("LOC", "PER"))
        outcomes = compare_entities(gold, predicted)
        for row, (gold_spans, predicted_spans) in enumerate(zip(gold, predicted, strict=True)):
            ours = [(o.kind.value, o.gold, o.predicted) for o in outcomes if o.sentence == row]
            assert sorted(ours, key=str) == sorted(brute_force(gold_spans, predicted_spans), key=str)
        seen |= {outcome.kind for outcome in outcomes}
    assert seen == set(ErrorKind)


def test_counts_add_up_to_the_gold_and_the_predicted_entities(draw_corpus):
    for seed in range(50):
        _, gold, predicted = draw_corpus(seed)
        counts = count_errors(compare_entities(gold, predicted))
        assert counts.gold == sum(map(len, gold))
        assert counts.predicted == sum(map(len, predicted))
        scores = entity_scores(gold, predicted)
        assert scores.micro.f1 * (counts.gold + counts.predicted) == pytest.approx(2 * counts.correct)
    assert count_errors([]) == ErrorCounts(0, 0, 0, 0, 0, 0)


def test_the_most_frequent_errors_come_first_with_their_words():
    sentences = [["New", "York", "wins"], ["New", "York", "again"], ["we", "like", "Paris"]]
    gold = [[Span(0, 2, "ORG")], [Span(0, 2, "ORG")], [Span(2, 3, "LOC")]]
    predicted = [[Span(0, 2, "LOC")], [Span(0, 2, "LOC")], []]
    confusions = entity_confusions(compare_entities(gold, predicted), sentences)
    assert confusions == [
        Confusion(2, "type", "ORG", "New York", "LOC", "New York"),
        Confusion(1, "missed", "LOC", "Paris", "", ""),
    ]
    assert entity_confusions(compare_entities(gold, gold), sentences) == []
