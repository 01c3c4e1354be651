"""Sentences of a line: cut where it is certain, and learned from how many of them training lines have."""

from __future__ import annotations

import pytest

from seqnlp.text.sentence_ends import SentenceHabits, learn_habits, split_sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["Der Mann lacht. ", "Die Frau auch! ", "Was? ", "Ja."],
        ["Er sagte: „Nein.“ ", "Sie ging. ", "»Ja.« ", "(Gut.) ", "¿Qué? ", "¡Sí!"],
        ["Guten Tag , Tom . ", "Wie geht es ?"],
        ["Wait... ", "He came in 1990. ", "She left."],
        ["私は学生です。", "彼は「はい。」と言った！", "本。"],
        ["यह अच्छा है। ", "वह गया।"],
        ["هل أنت هنا؟ ", "نعم."],
        ["  One.   ", "Two. "],
    ],
)
def test_sentences_end_at_their_marks(sentences: list[str]) -> None:
    assert split_sentences("".join(sentences)) == sentences


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "one", "One. ", "... ", "a.b.c d!e f", "It costs 3.50 today.", '"Schau!" sagte sie.'),
        *("Dr. Meyer wohnt St. Pauli", "Am 3. Oktober", "J. R. R. Tolkien", "z. B. Äpfel", "The U.S. Army", "डॉ. शर्मा"),
        *("laut Nr. 5 der Liste", "well ... yes", "he saw it. she did not."),
    ],
)
def test_no_sentence_ends_in_doubt(text: str) -> None:
    assert split_sentences(text) == ([text] if text.strip() else [])


@pytest.mark.parametrize("text", [".", "。", ". ", '. "', '."', "A. ", "。」", '." '])
def test_long_runs_of_marks_take_no_longer_than_texts(text: str) -> None:
    assert "".join(split_sentences(text * 50_000)).strip() == (text * 50_000).strip()


def test_lines_are_read_with_as_many_sentences_as_they_usually_had_in_training() -> None:
    single, double = ["Das ist ein Satz."], ["Das ist einer. Hier ist noch einer."]
    assert learn_habits(single * 100) == learn_habits(single * 96 + double * 4) == SentenceHabits(1)
    assert learn_habits(single * 94 + double * 6).most == learn_habits(double).most == 2
    assert SentenceHabits(2).parts("Eins. Zwei. Drei.") == ["Eins. Zwei.", "Drei."]
    for most in (0, 3):
        assert SentenceHabits(most).parts(" Eins. Zwei.  Drei. ") == [" Eins. Zwei.  Drei. "]


def test_small_letters_begin_sentences_where_training_lines_are_lower_cased() -> None:
    habits = learn_habits(["das ist ein satz ."] * 95 + ["Berlin ist groß ."] * 5)
    assert habits == SentenceHabits(1, lowercase=True)
    text = "er sah es . sie nicht ; er rief laut . niemand kam"
    assert habits.parts(text) == ["er sah es .", "sie nicht ; er rief laut .", "niemand kam"]
    assert habits.parts("z. b. am 3. mai") == ["z. b. am 3. mai"]
    assert not learn_habits(["das ist einer ."] * 80 + ["Berlin ist groß ."] * 20).lowercase
    assert not learn_habits([]).lowercase


def test_abbreviations_of_the_training_lines_end_no_sentence() -> None:
    lines = ["Gem. Artikel 5 gilt das."] * 3 + ["Wir kamen. Alle sahen uns."] * 3 + ["Als wir kamen."] * 90
    habits = learn_habits(lines)
    assert habits == SentenceHabits(1, ("gem",))
    assert habits.parts("Gem. Artikel 5 kamen. Sie gingen.") == ["Gem. Artikel 5 kamen.", "Sie gingen."]
