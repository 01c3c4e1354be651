"""The n-gram model of an answer looks at the last words alone, and backs off to fewer."""

from __future__ import annotations

import pytest

from seqnlp.metrics.last_words import LastWordsBaseline

EXAMPLES = [(["a", "b", "c"], "x"), (["z", "b", "c"], "y"), (["z", "b", "c"], "y"), (["c"], "w")]


def test_the_longest_known_end_decides() -> None:
    model = LastWordsBaseline.fit(EXAMPLES)
    assert model.predict(["a", "b", "c"]) == "x"
    assert model.predict(["q", "b", "c"]) == "y"
    assert model.predict(["q"]) == "y"  # the most frequent answer
    assert model.predict([]) == "y"


def test_words_before_the_order_are_not_seen() -> None:
    model = LastWordsBaseline.fit(EXAMPLES, order=3)
    assert model.predict(["a", "b", "c"]) == "y"


def test_a_model_without_examples_says_so() -> None:
    with pytest.raises(ValueError, match="no examples"):
        LastWordsBaseline.fit([]).predict(["a"])
