"""Attention over subwords as attention over words, and the word pairs that it suggests."""

from __future__ import annotations

import numpy as np
import pytest

from seqnlp.config.translation import SubwordConfig
from seqnlp.errors import DataError
from seqnlp.text.alignment import merge_attention, pharaoh, words_of
from seqnlp.text.subwords import Subwords, train_subwords

LINES = ["ein Hund läuft über das Gras .", "zwei Hunde laufen .", "der Hund schläft im Gras ."] * 5


def byte_pieces(text: str) -> list[str]:
    return [f"<0x{byte:02X}>" for byte in text.encode()]


@pytest.fixture(scope="module")
def subwords() -> Subwords:
    return train_subwords(LINES, SubwordConfig(vocabulary_size=300, joint=False))


def test_a_word_begins_where_a_piece_says_so() -> None:
    assert words_of(["▁Ein", "▁Hun", "d", "▁läuft", ".", "</s>"]) == [("Ein", 0, 1), ("Hund", 1, 3), ("läuft.", 3, 5)]
    assert words_of(["▁Hund"]) == words_of(["▁Hund", "</s>"]) == [("Hund", 0, 1)]
    assert words_of([]) == words_of(["</s>"]) == []


def test_a_first_piece_without_the_mark_begins_a_word_too() -> None:
    assert words_of(["Hun", "d", "▁da"]) == [("Hund", 0, 2), ("da", 2, 3)]


def test_bytes_are_joined_to_their_characters() -> None:
    pieces = ["▁ab", *byte_pieces("😀é"), "c", "▁", *byte_pieces("日")]
    assert words_of(pieces) == [("ab😀éc", 0, 8), ("日", 8, 12)]


def test_bytes_that_are_no_character_are_shown_as_replaced() -> None:
    assert words_of(["▁a", "<0xF0>", "<0x9F>", "b", "▁c"]) == [("a\ufffdb", 0, 4), ("c", 4, 5)]
    assert words_of(["<0x9F>"], by_piece=True) == [("\ufffd", 0, 1)]


def test_only_pieces_of_that_very_form_are_bytes() -> None:
    assert words_of(["▁<0xF0>", "<0xZZ>", "<0xF0>b"]) == [("<0xF0><0xZZ><0xF0>b", 0, 3)]


@pytest.mark.parametrize("by_piece", [False, True])
def test_blank_pieces_belong_to_the_word_after_them_and_at_the_end_to_the_one_before(by_piece: bool) -> None:
    pieces = ["▁", "▁", "▁a", "▁", "▁b", "▁", "▁", "</s>"]
    assert words_of(pieces, by_piece) == [("a", 0, 3), ("b", 3, 7)]
    assert words_of(["▁", "▁", "</s>"], by_piece) == []


def test_by_piece_each_piece_is_a_word_and_each_character_in_bytes() -> None:
    pieces = ["▁", "猫", "が", *byte_pieces("😀😀"), "いる", "</s>"]
    words = [("猫", 0, 2), ("が", 2, 3), ("😀", 3, 7), ("😀", 7, 11), ("いる", 11, 12)]
    assert words_of(pieces, by_piece=True) == words
    assert words_of(pieces) == [("猫が😀😀いる", 0, 12)]


@pytest.mark.parametrize("text", ["ein Hund läuft", "der 😀 Hund日本 schläft .", "Ωmega", "<0xF0> </s> <unk>", "a  b "])
def test_the_words_of_a_text_are_those_that_spaces_make(subwords: Subwords, text: str) -> None:
    pieces = subwords.pieces(subwords.encode([text])[0])
    words = words_of([*pieces, "</s>"])
    assert [word for word, _, _ in words] == text.split()
    assert [start for _, start, _ in words] == [0, *(end for _, _, end in words[:-1])]
    assert words[-1][2] == len(pieces)


def test_weights_are_summed_over_source_pieces_and_averaged_over_target_pieces() -> None:
    weights = np.array([[0.5, 0.2, 0.2, 0.1], [0.1, 0.3, 0.6, 0.0], [0.3, 0.1, 0.2, 0.4]])
    source, target, merged = merge_attention(weights, ["▁a", "▁b", "c", "</s>"], ["▁x", "▁y", "z"])
    assert (source, target) == (["a", "bc"], ["x", "yz"])
    np.testing.assert_allclose(merged, [[0.5, 0.4], [0.2, 0.6]])


def test_the_row_of_the_end_is_left_out() -> None:
    weights = np.array([[0.9, 0.1], [0.0, 1.0]])
    source, target, merged = merge_attention(weights, ["▁a", "</s>"], ["▁x", "</s>"])
    assert (source, target) == (["a"], ["x"])
    np.testing.assert_allclose(merged, [[0.9]])


def test_no_weight_is_lost_but_that_of_the_end() -> None:
    source = ["▁a", "b", "▁c", "▁", "▁", *byte_pieces("日"), "▁", "</s>"]
    target = ["▁", "▁x", "y", *byte_pieces("😀"), "▁z", "▁"]
    weights = np.random.default_rng(0).dirichlet(np.ones(len(source)), len(target)).astype(np.float32)
    for flags in ({}, {"source_by_piece": True}, {"target_by_piece": True}):
        _, target_words, merged = merge_attention(weights, source, target, **flags)
        spans = words_of(target, flags.get("target_by_piece", False))
        ends = [weights[start:end, -1].mean() for _, start, end in spans]
        assert merged.shape[0] == len(target_words) == len(spans)
        np.testing.assert_allclose(merged.sum(axis=1) + ends, 1.0, rtol=1e-5)


def test_a_side_without_spaces_is_merged_by_piece() -> None:
    weights = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]])
    source, target, merged = merge_attention(weights, ["▁a", "b", "</s>"], ["▁猫", "が"], target_by_piece=True)
    assert (source, target) == (["ab"], ["猫", "が"])
    np.testing.assert_allclose(merged, [[0.9], [0.9]])
    source, target, merged = merge_attention(weights, ["▁猫", "が", "</s>"], ["▁a", "b"], source_by_piece=True)
    assert (source, target) == (["猫", "が"], ["ab"])
    np.testing.assert_allclose(merged, [[0.4, 0.5]])


def test_a_translation_without_words_has_no_rows() -> None:
    source, target, merged = merge_attention(np.zeros((0, 2)), ["▁a", "</s>"], [])
    assert (source, target, merged.shape) == (["a"], [], (0, 1))
    _, _, merged = merge_attention(np.ones((1, 1)), ["</s>"], ["▁x"])
    assert merged.shape == (1, 0)
    assert pharaoh(merged) == pharaoh(np.zeros((0, 3))) == []


def test_weights_that_do_not_fit_the_pieces_are_refused_with_both_shapes() -> None:
    with pytest.raises(DataError, match=r"expected attention of shape \(1, 2\).*found \(2, 2\).*list </s> among"):
        merge_attention(np.ones((2, 2)), ["▁a", "</s>"], ["▁x"])


def test_each_target_word_is_paired_with_the_source_word_it_looked_at_most() -> None:
    assert pharaoh(np.array([[0.1, 0.9, 0.0], [0.6, 0.2, 0.2], [0.1, 0.6, 0.3]])) == [(1, 0), (0, 1), (1, 2)]
    assert pharaoh(np.array([[0.4, 0.4]])) == [(0, 0)]
    assert pharaoh(np.array([[1.0]])) == [(0, 0)]


def test_a_word_that_looked_at_the_end_has_no_pair() -> None:
    assert pharaoh(np.array([[0.1, 0.05], [0.25, 0.1], [0.0, 0.0]])) == [(0, 1)]  # half of an even share is 1 / 4


def test_pairs_are_of_plain_integers_that_print_as_such() -> None:
    (pair,) = pharaoh(np.array([[0.1, 0.9]], dtype=np.float32))
    assert [type(number) for number in pair] == [int, int]


def test_words_of_real_lines_are_those_that_spaces_make(shared_data, subwords: Subwords) -> None:
    from seqnlp.text.files import read_lines

    path = shared_data / "translation" / "multi30k" / "val.de.gz"
    lines = [line for _, line in read_lines(path)][:300]
    for line, ids in zip(lines, subwords.encode(lines), strict=True):
        assert [word for word, _, _ in words_of(subwords.pieces(ids))] == line.split()
