"""Words and their numbers."""

from __future__ import annotations

import pytest

from seqnlp.errors import SeqnlpError
from seqnlp.text.vocabulary import Vocabulary


def test_index_0_is_the_unknown_word_and_words_follow_in_order() -> None:
    vocabulary = Vocabulary(["b", "a"])
    assert [vocabulary.index(word) for word in ("b", "a", "c", "")] == [1, 2, 0, 0]
    assert len(vocabulary) == 3
    assert "a" in vocabulary
    assert "c" not in vocabulary


def test_counted_words_are_ordered_by_count_then_by_word_whatever_their_order_was() -> None:
    counts = {"z": 3, "b": 2, "a": 2, "rare": 1}
    expected = ("z", "a", "b")
    assert Vocabulary.from_counts(counts, 2).words == expected
    assert Vocabulary.from_counts(dict(reversed(counts.items())), 2).words == expected
    assert len(Vocabulary.from_counts(counts, 1)) == 5


def test_its_list_makes_an_equal_vocabulary() -> None:
    vocabulary = Vocabulary.from_counts({"a": 1, "b": 2}, 1)
    again = Vocabulary(vocabulary.to_list())
    assert again.words == vocabulary.words
    assert again.index("a") == vocabulary.index("a")


def test_a_word_given_twice_is_refused() -> None:
    with pytest.raises(SeqnlpError, match="expected distinct words in a vocabulary, found 'a' twice"):
        Vocabulary(["a", "b", "a"])
