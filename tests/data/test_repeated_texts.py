"""Texts with contradicting answers, and texts of dev that were learnt from, are said where they are many."""

from __future__ import annotations

import pytest

from seqnlp.data.repeated_texts import contradictions, shared


def test_texts_with_another_answer_are_counted_and_shown() -> None:
    examples = [("a calm day", "good"), ("a storm", "bad"), ("a calm day", "bad"), ("a storm", "bad"), ("", "good")]
    assert contradictions([*examples, ("", "bad")], "document", "another label") == [
        "2 of 6 documents have a text that occurs with another label, too: 'a calm day'"
    ]
    words = (("Oke", "rows"), ("B-PER", "O"))
    assert contradictions([words, (words[0], ("O", "O"))], "sentence", "other tags") == [
        "2 of 2 sentences have a text that occurs with other tags, too: 'Oke rows'"
    ]
    assert contradictions([("x" * 80, 1), ("x" * 80, 2)], "document", "another label")[0].endswith(f"'{'x' * 60}...'")


def test_a_few_among_many_say_nothing() -> None:
    others = [(f"text {number}", "good") for number in range(300)]
    assert contradictions([*others, ("ok", "good"), ("ok", "bad")], "document", "another label") == []


@pytest.mark.parametrize(("count", "is_said"), [(10, True), (1, True), (0, False)])
def test_many_texts_of_train_in_a_split_are_said(count: int, is_said: bool) -> None:
    dev = [*(f"text {number}" for number in range(count)), *(f"other {number}" for number in range(10 - count)), ""]
    said = shared(dev, [f"text {number}" for number in range(50)] + [""], "dev")
    found = f"{count} of 10 texts of dev are in train, too"
    assert (
        said == [f"warning: {found}: its scores say little of other texts (`seqnlp data check` lists them)"] * is_said
    )


def test_few_are_not() -> None:
    assert shared([f"{number}" for number in range(30)], ["1", "2"], "dev") == []
