from __future__ import annotations

from random import Random

import pytest

from seqnlp.tasks.tagging.baselines import DictionaryBaseline, MajorityTagBaseline
from seqnlp.text.tags import Span


def test_the_longest_entry_is_taken_from_left_to_right():
    entries = {("New",): "X", ("New", "York"): "LOC", ("York", "Times"): "ORG", ("New", "York", "Times", "Co"): "ORG"}
    baseline = DictionaryBaseline(entries)
    assert baseline.predict(["the", "New", "York", "Times"]) == [Span(1, 3, "LOC")]
    assert baseline.predict(["New", "York", "Times", "Co", "New"]) == [Span(0, 4, "ORG"), Span(4, 5, "X")]
    assert baseline.predict(["York", "Times", "New", "York"]) == [Span(0, 2, "ORG"), Span(2, 4, "LOC")]
    assert baseline.predict([]) == []


def test_words_that_are_an_entity_in_half_of_their_places_or_less_are_left_out():
    sentences = [["May", "rain"], ["May", "came"], ["Bo", "may"], ["Bo", "ate"], ["Bo"]]
    spans = [[Span(0, 1, "PER")], [], [Span(0, 1, "PER")], [Span(0, 1, "PER")], []]
    assert DictionaryBaseline.fit(sentences, spans).entries == {("Bo",): "PER"}


def test_the_most_frequent_type_of_an_entity_wins_and_the_first_of_equals():
    sentences = [["Paris"], ["Paris"], ["Paris"], ["Turin"], ["Turin"]]
    labels = ["PER", "LOC", "LOC", "ORG", "LOC"]
    baseline = DictionaryBaseline.fit(sentences, [[Span(0, 1, label)] for label in labels])
    assert baseline.entries == {("Paris",): "LOC", ("Turin",): "ORG"}


def test_entries_agree_with_counting_every_window(draw_corpus):
    for seed in range(60):
        random = Random(seed)
        lengths, spans, _ = draw_corpus(seed, ("X",))
        sentences = [[random.choice("ab") for _ in range(length)] for length in lengths]
        windows, entities = [], []
        for words, actual in zip(sentences, spans, strict=True):
            windows += [tuple(words[i:j]) for j in range(len(words) + 1) for i in range(j)]
            entities += [tuple(words[start:end]) for start, end, _ in actual]
        expected = {surface for surface in entities if entities.count(surface) > windows.count(surface) / 2}
        assert set(DictionaryBaseline.fit(sentences, spans).entries) == expected


def test_predictions_agree_with_trying_every_window(draw_corpus):
    for seed in range(60):
        random = Random(seed)
        entries = {tuple(random.choice("abc") for _ in range(random.randint(1, 4))): "X" for _ in range(6)}
        words = [random.choice("abc") for _ in range(30)]
        expected, position = [], 0
        while position < len(words):
            ends = [end for end in range(position + 1, len(words) + 1) if tuple(words[position:end]) in entries]
            expected += [Span(position, max(ends), "X")] if ends else []
            position = max(ends, default=position + 1)
        assert DictionaryBaseline(entries).predict(words) == expected


def test_nothing_learned_predicts_nothing():
    assert DictionaryBaseline.fit([["a"]], [[]]).predict(["a", "b"]) == []


def test_a_word_gets_its_most_frequent_tag_and_an_unknown_one_that_of_rare_words():
    sentences = [["the", "cat", "can"], ["the", "can", "can"], ["the", "dog"]]
    tags = [["DET", "NOUN", "AUX"], ["DET", "NOUN", "AUX"], ["DET", "NOUN"]]
    baseline = MajorityTagBaseline.fit(sentences, tags)
    assert baseline.predict(["the", "can", "The", "zebra"]) == ["DET", "AUX", "NOUN", "NOUN"]


def test_without_rare_words_an_unknown_word_gets_the_most_frequent_tag():
    assert MajorityTagBaseline.fit([["a", "a", "a", "b", "b"]], [["X", "X", "X", "Y", "Y"]]).unknown == "X"


def test_no_training_words_are_an_error():
    with pytest.raises(ValueError, match="expected training sentences with words, found none"):
        MajorityTagBaseline.fit([[]], [[]])
