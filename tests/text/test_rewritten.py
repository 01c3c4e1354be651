"""What a subword model reads otherwise than it is written is counted, and words are numbered as they were given."""

from __future__ import annotations

import random

import pytest

from seqnlp.config.translation import SubwordConfig
from seqnlp.text.rewritten import Rewritten
from seqnlp.text.subwords import Subwords, train_subwords

TEXTS = ["the ferry leaves at noon", "snow lies on the old roof", "five ferries and 40 boats ², ½ and é"] * 5


def trained(normalization: str = "nmt_nfkc") -> Subwords:
    return train_subwords(TEXTS, SubwordConfig(vocabulary_size=300, normalization=normalization))


@pytest.fixture(scope="module")
def subwords() -> Subwords:
    return trained()


def test_words_that_are_read_as_others_are_counted_with_the_most_frequent_first(subwords: Subwords) -> None:
    actual = Rewritten(subwords)
    actual.add(
        ["7² boats", "the ferry", "½ a roof, 7² boats", "e\u0301 and é", "naïve", "THE FERRY", "\ufeff x\u00ady \u200d"]
    )
    actual.add(["a\u200bb \uff21"])
    assert (actual.lines, sum(actual.words.values())) == (3, 5)
    assert actual.examples() == "'7²' as '72', '½' as '1\u20442', 'a\\u200bb' as 'a b', ..."


def test_capitals_that_the_model_does_not_know_are_no_other_word() -> None:
    actual = Rewritten(trained("nmt_nfkc_cf"))
    actual.add(["ÉTÉ", "x²"])
    assert actual.examples() == "'x²' as 'x2'"


def test_a_model_that_reads_what_is_written_rewrites_nothing() -> None:
    actual = Rewritten(trained("identity"))
    actual.add(["7² ½ a\u200bb \uff21"])
    assert (actual.lines, actual.examples()) == (0, "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the ferry leaves", [0, 1, 2]),
        ("  the   ferry ", [0, 1]),
        ("the\u200bferry leaves", [0, 0, 1]),
        ("at ½ \u3000noon", [0, 1, 2]),
        ("\U0001f6a2 ferry", [0, 1]),
        ("the \u00ad fer\u00adry", [0, 2]),
        ("\u2066at\u2069 noon\u200e", [0, 1]),
    ],
)
def test_each_subword_is_of_a_word_as_it_was_given(subwords: Subwords, text: str, words: list[int]) -> None:
    numbers = subwords.words_of_pieces(text)
    assert len(numbers) == len(subwords.encode([text])[0])
    assert sorted(set(numbers)) == sorted(set(words))
    assert numbers == sorted(numbers)


def test_whatever_the_text_every_subword_has_a_word(subwords: Subwords) -> None:
    draw = random.Random(4)
    for _ in range(500):
        text = "".join(draw.choices(" \t\u00a0\u200b\u200caZé½²ﬁ日\U0001f600\u0301\u3000\u2581", k=draw.randrange(30)))
        numbers = subwords.words_of_pieces(text)
        assert len(numbers) == len(subwords.encode([text])[0])
        assert numbers == sorted(numbers)
        assert not numbers or 0 <= numbers[0] <= numbers[-1] < max(1, len(text.split()))


def test_plain_words_are_those_that_the_subwords_spell(subwords: Subwords) -> None:
    pieces = subwords.pieces(subwords.encode([TEXTS[0]])[0])
    begins = [piece.startswith("\u2581") for piece in pieces]
    assert subwords.words_of_pieces(TEXTS[0]) == [sum(begins[: place + 1]) - 1 for place in range(len(pieces))]


@pytest.mark.parametrize("normalization", ["nmt_nfkc", "nfkc", "nfkc_cf"])
def test_characters_that_nobody_sees_are_not_read(normalization: str) -> None:
    """As the soft hyphens of web pages, and the marks of direction beside words that are written from right to left."""
    subwords = trained(normalization)
    seen = subwords.encode([TEXTS[0]])
    for mark in ("\u00ad", "\u2060", "\u200e", "\u2066", "\ufeff"):
        marked = TEXTS[0].replace("ferry", f"fer{mark}ry").replace("at", f"{mark}at{mark}")
        assert subwords.encode([marked]) == subwords.encode_together([marked]) == seen
        assert subwords.reads(marked) == subwords.reads(TEXTS[0])
    assert subwords.encode(["\u00ad", "\u2060 \u200e"]) == [[], []]
    learned = train_subwords([text.replace("e", "e\u00ad") for text in TEXTS], SubwordConfig(vocabulary_size=300))
    assert not any("\u00ad" in piece for piece in learned.pieces(range(len(learned))))


def test_a_model_that_normalises_nothing_reads_all_that_is_written() -> None:
    subwords = trained("identity")
    assert subwords.decode(subwords.encode(["fer\u00adry"])[0]) == "fer\u00adry"
