"""Word forms become numbers once, the same ones in training and afterwards."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest

from seqnlp.data.lexicon import (
    FIRST_CHARACTER,
    MAX_WORD_LENGTH,
    PADDING,
    WORD_BEGIN,
    WORD_END,
    Lexicon,
    WordFeatures,
)
from seqnlp.text.casing import CASINGS
from seqnlp.text.vocabulary import Vocabulary
from seqnlp.text.word_pieces import WordPieces


def make_features(lowercase: bool = True, vector_words: tuple[str, ...] = ()) -> WordFeatures:
    return WordFeatures(
        words=Vocabulary(["the", "mill", "Mill"]),
        vector_words=Vocabulary(vector_words),
        characters=Vocabulary(list("abcdehilmt")),
        lowercase=lowercase,
    )


@pytest.mark.parametrize(
    ("lowercase", "word", "expected"),
    [(True, "MILL", 2), (False, "Mill", 3), (False, "MILL", 0), (True, "pond", 0), (True, "", 0)],
)
def test_words_are_looked_up_as_they_were_counted(lowercase: bool, word: str, expected: int) -> None:
    assert make_features(lowercase).word_id(word) == expected


@pytest.mark.parametrize(
    ("word", "found_as"),
    [
        ("Mill", "Mill"),
        ("MILL", "mill"),
        ("#Quarley", "quarley"),
        ("@quarley", "quarley"),
        ("1987", "0000"),
        ("B2", "b0"),
        ("pond", None),
        ("#", "#"),
        ("##", None),
        ("", None),
    ],
)
def test_a_vector_is_sought_as_written_then_lower_then_bare_then_without_digits(
    word: str, found_as: str | None
) -> None:
    known = ("Mill", "mill", "quarley", "0000", "b0", "#")
    expected = [known.index(found_as) + 1] if found_as else []
    assert make_features(vector_words=known).vector_rows(word) == expected


def test_characters_stand_between_begin_and_end() -> None:
    a, unknown = 1 + FIRST_CHARACTER, FIRST_CHARACTER
    assert make_features().character_ids("aß") == [WORD_BEGIN, a, unknown, WORD_END]
    assert make_features().character_ids("") == [WORD_BEGIN, WORD_END]


def test_of_a_long_word_both_ends_are_read() -> None:
    features = make_features()
    word = "a" * 500 + "t" * 500
    half = MAX_WORD_LENGTH // 2
    assert features.character_ids(word) == features.character_ids("a" * half + "t" * half)
    assert len(features.character_ids("b" * MAX_WORD_LENGTH)) == MAX_WORD_LENGTH + 2


def test_features_survive_json() -> None:
    features = make_features(vector_words=("x", "ß"))
    again = WordFeatures.from_dict(json.loads(json.dumps(features.to_dict())))
    for word in ("the", "Mill", "x", "ß", "unheard", "B2"):
        assert again.word_id(word) == features.word_id(word)
        assert again.vector_rows(word) == features.vector_rows(word)
        assert again.character_ids(word) == features.character_ids(word)


def test_a_word_without_a_vector_has_the_rows_of_its_pieces_which_stand_before_those_of_words() -> None:
    features = replace(make_features(vector_words=("mill", "ed")), pieces=WordPieces(["mi", "##lls", "a"]))
    assert features.num_vectors == 5
    assert [features.vector_rows(word) for word in ("mill", "ED", "Mills", "a-mi", "x")] == [
        [4],
        [5],
        [1, 2],
        [3, 1],
        [],
    ]
    again = WordFeatures.from_dict(json.loads(json.dumps(features.to_dict())))
    assert again.vector_rows("Mills") == [1, 2]


def test_each_form_has_one_index_whatever_the_order() -> None:
    lexicon = Lexicon(make_features())
    assert lexicon.indices(["the", "mill", "the", "Mill"]) == [0, 1, 0, 2]
    assert lexicon.indices(["Mill", "pond", "pond"]) == [2, 3, 3]
    assert len(lexicon) == 4


def test_columns_hold_the_features_of_every_form_also_of_later_ones() -> None:
    features = make_features(vector_words=("mill",))
    lexicon = Lexicon(features)
    words = ["the", "Mill", "B2", ""]
    lexicon.indices(words[:2])
    lexicon.columns()
    lexicon.indices(words)
    columns = lexicon.columns()
    assert columns.word_ids.tolist() == [features.word_id(word) for word in words]
    assert columns.vectors.lengths.tolist() == [0, 1, 0, 0]
    assert columns.vectors.values.tolist() == [1]
    assert [CASINGS[c] for c in columns.casings] == ["lower", "title", "some digits", "punctuation"]
    assert columns.characters.lengths.tolist() == [len(word) + 2 for word in words]


def test_padded_characters_equal_each_word_padded_by_hand() -> None:
    features = make_features()
    lexicon = Lexicon(features)
    words = ["the", "mill", "a", "tahiti" * 20]
    lexicon.indices(words)
    forms = np.array([3, 0, 2, 2, 1])
    rows = [features.character_ids(words[form]) for form in forms]
    width = max(map(len, rows))
    expected = [row + [PADDING] * (width - len(row)) for row in rows]
    assert lexicon.columns().characters.padded(forms).tolist() == expected


def test_no_forms_have_no_characters() -> None:
    lexicon = Lexicon(make_features())
    lexicon.indices(["the"])
    assert lexicon.columns().characters.padded(np.zeros(0, dtype=np.int64)).shape[0] == 0


def test_room_is_made_only_above_the_capacity() -> None:
    lexicon = Lexicon(make_features(), capacity=2)
    lexicon.indices(["the", "mill"])
    assert not lexicon.make_room()
    lexicon.indices(["pond"])
    lexicon.columns()
    assert lexicon.make_room()
    assert len(lexicon) == 0
    assert lexicon.indices(["mill"]) == [0]
    assert lexicon.columns().word_ids.tolist() == [2]


@pytest.mark.parametrize("word", ["mi\u00adll", "\ufeffMill", "m\u200bill\u200e"])
def test_invisible_characters_in_a_word_change_none_of_its_features(word: str) -> None:
    lexicon = Lexicon(make_features(vector_words=("mill",)))
    seen, same = lexicon.indices([word.replace("\u00ad", "").strip("\ufeff\u200e").replace("\u200b", ""), word])
    columns = lexicon.columns()
    for ids in (columns.word_ids, columns.casings):
        assert ids[seen] == ids[same]
    for rows in (columns.vectors, columns.characters):
        assert rows.padded(np.array([seen])).tolist() == rows.padded(np.array([same])).tolist()


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_word_with_its_accents_written_otherwise_is_the_same_word(form: Literal["NFC", "NFD"]) -> None:
    learnt = [unicodedata.normalize(form, word) for word in ("Café", "naïve", "각", "plain")]
    lexicon = Lexicon(
        WordFeatures(
            words=Vocabulary([word.lower() for word in learnt]),
            vector_words=Vocabulary([unicodedata.normalize(form, "été")]),
            characters=Vocabulary(sorted({character for word in learnt for character in word})),
            lowercase=True,
        )
    )
    for word in ("Café", "naïve", "각", "été", "caf\u00e9e", "plain"):
        same = [lexicon.indices([unicodedata.normalize(other, word)])[0] for other in ("NFC", "NFD")]
        columns = lexicon.columns()
        assert columns.word_ids[same[0]] == columns.word_ids[same[1]]
        assert (columns.word_ids[same[0]] > 0) == (word in ("Café", "naïve", "각", "plain"))
        assert columns.casings[same[0]] == columns.casings[same[1]]
        for rows in (columns.characters, columns.vectors):
            assert np.array_equal(*rows.padded(np.array(same)))


def test_a_word_that_is_known_as_it_is_written_stays_so() -> None:
    both = ["caf\u00e9", "cafe\u0301"]
    features = WordFeatures(Vocabulary(both), Vocabulary([]), Vocabulary([]), lowercase=False)
    assert [features.form_of(word) for word in both] == both
    assert features.form_of("\u200b\u00fcber") == "\u00fcber"
