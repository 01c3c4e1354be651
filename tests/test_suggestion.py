"""Which texts are suggested for annotation, and how unsure a model says it is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from seqnlp.studies.suggestion import suggest
from seqnlp.tasks.uncertainty import of_probabilities


def texts(lengths: list[int]) -> list[str]:
    """Texts without a word in common."""
    return [" ".join(f"w{number}x{place}" for place in range(length)) for number, length in enumerate(lengths)]


def test_the_most_uncertain_of_every_band_of_lengths_come_in_turn() -> None:
    lengths = [2, 2, 2, 9, 9, 9, 30, 30, 30]
    unsure = np.array([0.1, 0.3, 0.2, 1.0, 1.2, 1.1, 5.0, 7.0, 6.0])
    assert suggest(texts(lengths), unsure, 4) == [1, 4, 7, 2]
    assert sorted(suggest(texts(lengths), unsure, 100)) == list(range(9))


def test_texts_that_are_alike_come_last_and_equal_ones_once() -> None:
    pool = ["the cat sat here", "the cat sat there", "the cat sat here", "dogs run fast today"]
    unsure = np.array([4.0, 3.0, 4.0, 1.0])
    assert suggest(pool, unsure, 2) == [0, 3]
    assert suggest(pool, unsure, 10) == [0, 3, 1]


def test_scripts_without_spaces_are_read_by_their_letters() -> None:
    pool = ["我喜欢这部电影", "我喜欢这部电影吗", "短", "很长很长的句子没有空格也没有别的词语"]
    assert suggest(pool, np.array([4.0, 3.0, 2.0, 1.0]), 3) == [0, 3, 2]


def test_texts_without_words_are_never_suggested() -> None:
    assert suggest(["", "  ", "one word", "\u200b"], np.array([9.0, 9.0, 0.1, 9.0]), 3) == [2]
    assert suggest([], np.zeros(0), 3) == []


def test_the_uncertainty_of_labels() -> None:
    table = np.array([[0.5, 0.5], [1.0, 0.0], [0.9, 0.1]])
    assert of_probabilities(table, "entropy") == pytest.approx(
        [math.log(2), 0.0, -0.9 * math.log(0.9) - 0.1 * math.log(0.1)]
    )
    assert of_probabilities(table, "margin") == pytest.approx([1.0, 0.0, 0.2])
    assert of_probabilities(table, "mean-probability") == pytest.approx([0.5, 0.0, 0.1])
    several = np.array([[0.5, 0.5, 0.5], [0.99, 0.01, 0.98]])
    for by in ("entropy", "margin", "mean-probability"):
        unsure, sure = of_probabilities(several, by, several=True)
        assert unsure > sure
