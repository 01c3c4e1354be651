"""Over-long texts: cut where it hurts least, nothing lost."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from seqnlp.text.split_sentences import join_parts, split_text


def words(text: str) -> int:
    return len(text.split())


def characters(text: str) -> int:
    return len(text)


def without_spaces(texts: list[str]) -> str:
    return "".join("".join(texts).split())


def test_a_text_that_fits_comes_back_as_it_is() -> None:
    for text in ("", " ", "one", "  two  words. And, more. "):
        assert split_text(text, words, 5) == [text]


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("One two. Three four! Five? Six.", 4, ["One two. Three four!", "Five? Six."]),
        ("One two. Three four! Five? Six.", 3, ["One two.", "Three four! Five?", "Six."]),
        ('He said: "Go." Then he left.', 3, ['He said: "Go."', "Then he left."]),
        ("It costs 3.50 today. Not more.", 4, ["It costs 3.50 today.", "Not more."]),
        ("Wait… what?! (Really.) Yes.", 2, ["Wait… what?!", "(Really.) Yes."]),
        ("a.b.c d!e f", 2, ["a.b.c d!e", "f"]),
    ],
)
def test_cuts_come_at_sentence_ends(text: str, most: int, expected: list[str]) -> None:
    assert split_text(text, words, most) == expected


def test_a_long_sentence_is_cut_at_clauses_and_the_others_stay_whole() -> None:
    text = "One. a b c, d e f; g h: i j k l. Two three."
    assert split_text(text, words, 4) == ["One.", "a b c,", "d e f;", "g h:", "i j k l.", "Two three."]


def test_a_long_clause_is_cut_between_words_and_a_long_word_anywhere() -> None:
    assert split_text("a b c d e f g", words, 3) == ["a b c", "d e f", "g"]
    assert split_text("ab cdefghij", characters, 4) == ["ab", "cdef", "ghij"]


def test_scripts_without_spaces_are_cut_after_their_own_marks() -> None:
    text = "私は学生です。彼は「はい。」と言った！本、紙、ペン。"
    assert split_text(text, characters, 13) == ["私は学生です。", "彼は「はい。」と言った！", "本、紙、ペン。"]
    assert split_text("本、紙、ペンを買った。", characters, 5) == ["本、紙、", "ペンを", "買った。"]


@pytest.mark.parametrize("most", [1, 2, 3, 7, 50])
@pytest.mark.parametrize("count", [words, characters, lambda text: len(text.encode()), lambda text: len(text) + 1])
def test_no_part_is_too_long_and_nothing_is_lost(count: object, most: int) -> None:
    draw = random.Random(most)
    for _ in range(60):
        text = "".join(draw.choices("ab é😀。、, . ! ", k=draw.randint(0, 120)))
        parts = split_text(text, count, most)
        assert all(count(part) <= most or len(part) == 1 for part in parts)
        assert without_spaces(parts) == without_spaces([text])


def test_every_two_neighbouring_sentences_would_be_too_long_together() -> None:
    draw = random.Random(3)
    for _ in range(50):
        text = " ".join("x " * draw.randint(0, 5) + "x." for _ in range(30))
        parts = split_text(text, words, 9)
        assert all(words(left) + words(right.split(".")[0]) > 9 for left, right in pairwise(parts))


def test_ten_thousand_words_are_counted_only_a_few_times() -> None:
    read = 0

    def counted(text: str) -> int:
        nonlocal read
        read += len(text)
        return len(text.split())

    text = "word " * 10_000
    assert [words(part) for part in split_text(text, counted, 100)] == [100] * 100
    assert read < 10 * len(text)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "one two"),
        ("ja", "onetwo"),
        ("zh-Hans", "onetwo"),
        ("ZH_tw", "onetwo"),
        ("ko", "one two"),
        ("", "one two"),
    ],
)
def test_parts_are_joined_as_the_language_writes(language: str, expected: str) -> None:
    assert join_parts(["one", "", "two"], language) == expected
