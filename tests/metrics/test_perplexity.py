from __future__ import annotations

import math

import numpy as np
import pytest

from seqnlp.metrics.perplexity import perplexity, perplexity_along, text_scores


def test_measures_by_hand() -> None:
    losses = np.array([2 * math.log(4), math.log(2)])  # two lines: 2 words of 1/4 each, 1 word of 1/2
    scores = text_scores(losses, 5, np.array([2, 1]), np.array([9, 1]), np.array([12, 3]))
    assert scores.per_word == pytest.approx(2 ** (5 / 3))
    assert scores.per_token == pytest.approx(2)
    assert scores.bits_per_character == pytest.approx(0.5)
    assert scores.bits_per_byte == pytest.approx(1 / 3)


def test_the_interval_holds_the_value_and_shrinks_with_more_lines() -> None:
    draw = np.random.default_rng(0)
    widths = []
    for lines in (50, 5000):
        words = draw.integers(5, 20, lines)
        losses = words * draw.uniform(3, 6, lines)
        scores = text_scores(losses, 1, words, words, words)
        low, high = scores.interval
        assert low < scores.per_word < high
        widths.append(high - low)
    assert widths[1] < widths[0] / 5


def test_a_hopeless_model_has_a_perplexity_that_is_a_number() -> None:
    assert math.isfinite(perplexity(1e9, 1))


def test_along_the_text_every_stretch_has_its_own_lines() -> None:
    losses, words = np.array([1.0, 3.0, 5.0]), np.array([1, 1, 2])
    assert perplexity_along(losses, words, 3) == pytest.approx(np.exp([1.0, 3.0, 2.5]))
    assert perplexity_along(losses, words, 1) == pytest.approx([math.exp(9 / 4)])
    assert len(perplexity_along(losses, words, 40)) == 3
