"""The shape of words."""

from __future__ import annotations

import pytest

from seqnlp.text.casing import CASINGS, casing_index


@pytest.mark.parametrize(
    ("casing", "words"),
    [
        ("lower", "the é e-mail don't ß"),
        ("upper", "US U.S. ÉTÉ AT&T O.K"),
        ("title", "Paris I É Al-qaeda ǅ Ǆ"),
        ("mixed", "iPhone McDonald eBay PhD O'Neil"),
        ("caseless", "日本 हिन्दी עברית"),
        ("digits", "7 3,000.5 10:30 ٣ 9/11"),
        ("mostly digits", "1990s 100m"),
        ("some digits", "B2 80mg 3D CO2 x1"),
        ("punctuation", ". ... 👍 -- $ \u0301"),
    ],
)
def test_words_fall_into_their_class(casing: str, words: str) -> None:
    assert {word: CASINGS[casing_index(word)] for word in words.split()} == dict.fromkeys(words.split(), casing)


def test_the_empty_word_has_a_class_too() -> None:
    assert CASINGS[casing_index("")] == "punctuation"
