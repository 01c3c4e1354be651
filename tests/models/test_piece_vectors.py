"""Vectors of pieces: those that words were made from come back; held-out words are judged unseen."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from seqnlp.errors import SeqnlpError
from seqnlp.models import piece_vectors
from seqnlp.models.piece_vectors import RIDGE, fit_pieces
from seqnlp.text.word_pieces import WordPieces

STEMS = [f"{a}{b}{c}" for a in "bdfg" for b in "aeiou" for c in "lmn"]
ENDINGS = ["##er", "##ing", "##s", "##ly"]
PIECES = ["[CLS]", *STEMS, *ENDINGS, "##unused"]
WORDS = [*STEMS, *(stem + ending[2:] for stem in STEMS for ending in ENDINGS)]


def made_of_pieces(width: int = 5) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Vectors of all pieces (V, D), and those of the words that are their means (N, D)."""
    vectors = np.random.default_rng(3).normal(size=(len(PIECES), width))
    rows = [np.array(WordPieces(PIECES).rows(word)) - 1 for word in WORDS]
    return vectors, np.array([vectors[row].mean(axis=0) for row in rows], dtype=np.float32)


def test_the_vectors_that_words_were_made_from_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(piece_vectors, "RIDGE", 1e-9)
    vectors, values = made_of_pieces()
    fitted = fit_pieces(WORDS, values, PIECES)
    assert fitted.pieces == PIECES[1:-1]  # those that no word has are left out
    np.testing.assert_allclose(fitted.values, vectors[1:-1], atol=1e-5)
    assert (fitted.fitted, fitted.several) == (len(WORDS), len(STEMS) * len(ENDINGS))
    assert fitted.held_out is not None
    assert fitted.held_out.words == len(STEMS) * len(ENDINGS) // 20
    assert fitted.held_out.r2 == pytest.approx(1, abs=1e-6)
    assert fitted.held_out.cosine == pytest.approx(1, abs=1e-6)


def test_it_is_the_ridge_solution() -> None:
    _, values = made_of_pieces()
    noisy = (values + np.random.default_rng(5).normal(size=values.shape)).astype(np.float32)
    fitted = fit_pieces(WORDS, noisy, PIECES)
    design = np.zeros((len(WORDS), len(PIECES)))
    for place, word in enumerate(WORDS):
        rows = WordPieces(PIECES).rows(word)
        for row in rows:
            design[place, row - 1] += 1 / len(rows)
    expected = np.linalg.solve(design.T @ design + RIDGE * np.eye(len(PIECES)), design.T @ noisy)
    np.testing.assert_allclose(fitted.values, expected[1:-1], atol=1e-5)


def test_held_out_words_of_random_vectors_are_not_explained() -> None:
    values = np.random.default_rng(7).normal(size=(len(WORDS), 5)).astype(np.float32)
    held_out = fit_pieces(WORDS, values, PIECES).held_out
    assert held_out is not None
    assert held_out.r2 < 0.1
    assert abs(held_out.cosine) < 0.5


def test_vectors_that_do_not_differ_have_no_variance_to_explain() -> None:
    held_out = fit_pieces(WORDS, np.ones((len(WORDS), 2), np.float32), PIECES).held_out
    assert held_out is not None
    assert (held_out.r2, held_out.cosine) == (0, pytest.approx(1))


def test_a_word_that_is_a_piece_keeps_nearly_its_own_vector() -> None:
    fitted = fit_pieces(["tide"], np.array([[2.0, -1.0, 0.0]], np.float32), ["tide", "##s"])
    assert (fitted.pieces, fitted.several, fitted.held_out) == (["tide"], 0, None)
    np.testing.assert_allclose(fitted.values, np.array([[2, -1, 0]]) / (1 + RIDGE), atol=1e-6)


def test_a_piece_that_a_word_has_twice_counts_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(piece_vectors, "RIDGE", 1e-9)
    values = np.array([[(3 + 5 + 3) / 3], [3], [5]], np.float32)
    fitted = fit_pieces(["a-a", "a", "-"], values, ["a", "-"])
    np.testing.assert_allclose(fitted.values, values[1:], atol=1e-5)


def test_zeros_stand_for_no_vector_and_words_without_pieces_are_left_out() -> None:
    words = ["tide", "tides", "???"]
    values = np.array([[1.0, 1.0], [0.0, 0.0], [9.0, 9.0]], np.float32)
    fitted = fit_pieces(words, values, ["tide", "##s"])
    assert (fitted.pieces, fitted.fitted) == (["tide"], 1)
    np.testing.assert_allclose(fitted.values, np.ones((1, 2)) / (1 + RIDGE), atol=1e-6)


def test_words_that_have_no_piece_at_all_are_refused() -> None:
    with pytest.raises(SeqnlpError, match="no word with a vector is made of these pieces"):
        fit_pieces(["tide"], np.ones((1, 2), np.float32), ["wave"])


def test_the_same_words_give_the_same_numbers() -> None:
    _, values = made_of_pieces()
    one, other = fit_pieces(WORDS, values, PIECES), fit_pieces(WORDS, values, PIECES)
    assert one.held_out == other.held_out
    np.testing.assert_array_equal(one.values, other.values)
