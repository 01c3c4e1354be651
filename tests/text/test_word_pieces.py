"""Words cut into pieces."""

from __future__ import annotations

import time

import pytest

from seqnlp.text.word_pieces import WordPieces


def pieces_of(word: str, pieces: str) -> str:
    """The word's pieces, of a list of pieces with spaces between them."""
    listed = pieces.split()
    return " ".join(listed[row - 1] for row in WordPieces(listed).rows(word))


@pytest.mark.parametrize(
    ("word", "pieces", "expected"),
    [
        ("play", "play", "play"),
        ("playing", "p play ##ing ##i ##n", "play ##ing"),
        ("Playing", "play ##ing", "play ##ing"),
        ("playin", "play ##i ##ng ##n", "play ##i ##n"),
        ("sing", "sing ##sing", "sing"),  # the start of a run is a plain piece
        ("to-do", "to - do ##do ##-", "to - do"),  # each run has a first piece of its own
        ("#tag", "# tag ##tag", "# tag"),
        ("l'eau", "l ' eau", "l ' eau"),
        ("a--b", "a - b", "a - - b"),
        ("snake_case", "snake _ case", "snake _ case"),
        ("covid19", "co ##vid ##19 19", "co ##vid ##19"),
        ("ings", "##ing ##s", "##ing ##s"),  # no plain piece fits at the start
        ("upload", "up load", "up load"),  # none with ## fits later
        ("axb", "a ##b", "a ##b"),  # x is skipped, b still goes on
        ("xa", "##a a", "##a"),
        ("5€", "5 €", "5 €"),
    ],
)
def test_the_longest_piece_that_fits_is_taken_from_left_to_right(word: str, pieces: str, expected: str) -> None:
    assert pieces_of(word, pieces) == expected


@pytest.mark.parametrize(
    ("word", "pieces", "expected"),
    [
        ("café", "cafe", "cafe"),
        ("CAFÉ", "cafe", "cafe"),
        ("cafe\u0301", "cafe", "cafe"),
        ("café", "café cafe", "café"),  # the pieces have the accent
        ("naïve", "nai ##ve ##é", "nai ##ve"),
        ("한국", "\u1112 ##\u1161 ##\u11ab ##\u1100 ##\u116e ##\u11a8", "ᄒ ##ᅡ ##ᆫ ##ᄀ ##ᅮ ##ᆨ"),
        ("हिन्दी", "ह ##ि ##न ##् ##द ##ी", "ह ##ि ##न ##् ##द ##ी"),  # marks that pieces have go on in a run
        ("中文", "中 文 ##文", "中 ##文"),
        ("ΣΟΦΟΣ", "σοφ ##ος", "σοφ ##ος"),
    ],
)
def test_marks_are_dropped_where_no_piece_has_their_character(word: str, pieces: str, expected: str) -> None:
    assert pieces_of(word, pieces) == expected


@pytest.mark.parametrize("word", ["", " ", "😀", "\u0301", "xyz", "\ud800", "\x00"])
def test_of_a_word_with_nothing_known_there_are_no_rows(word: str) -> None:
    assert WordPieces(["a", "##b"]).rows(word) == []


def test_rows_count_from_one_and_the_first_of_two_equal_pieces_counts() -> None:
    assert WordPieces(["b", "a", "", "a", "##b", "##", "##b"]).rows("ab") == [2, 5]


def test_the_mark_of_a_continuation_is_no_text() -> None:
    pieces = ["##", "###", "#", "##a"]
    assert WordPieces(pieces).rows("##") == [3, 3]
    assert WordPieces(["##", "###"]).rows("#") == [2]  # "#" in the middle of a word, for want of another


def test_no_pieces_know_no_word() -> None:
    assert WordPieces([]).rows("word") == []


def test_a_piece_with_capitals_is_never_found() -> None:
    assert WordPieces(["Rome", "rome"]).rows("Rome") == [2]


def test_a_very_long_word_costs_time_in_proportion() -> None:
    pieces = WordPieces(["a", "##a", "##aa", "b" * 500])
    start = time.perf_counter()
    assert len(pieces.rows("a" * 100_001)) == 32
    assert pieces.rows("ab" * 50_000) == [1, *[2] * 31]
    assert time.perf_counter() - start < 5


def test_of_a_word_of_many_pieces_both_ends_are_read() -> None:
    pieces = WordPieces(["a", "##a", "b", "##b"])
    assert pieces.rows("a" * 40 + "b" * 40) == [1, *[2] * 15, *[4] * 16]
    assert len(pieces.rows("a" * 32)) == 32
