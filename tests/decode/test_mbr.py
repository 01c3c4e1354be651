"""Minimum Bayes risk: the translation that is most like the others, weighted by probability."""

from __future__ import annotations

import math

import numpy as np
import pytest

from seqnlp.decode.mbr import expected_utilities
from seqnlp.metrics.translation_scores import sentence_utility


def overlap(first: str, second: str) -> float:
    """The part of the words that two texts share."""
    one, other = set(first.split()), set(second.split())
    return len(one & other) / len(one | other)


def test_utilities_are_averages_over_the_others_by_probability() -> None:
    texts, probabilities = ["a b", "a c", "d"], [0.5, 0.3, 0.2]
    actual = expected_utilities(texts, [math.log(each) - 700 for each in probabilities], overlap)
    table = [[overlap(text, other) for other in texts] for text in texts]
    np.testing.assert_allclose(actual, np.array(table) @ probabilities)


def test_equal_texts_are_one() -> None:
    once = expected_utilities(["a b", "c"], [math.log(0.6), math.log(0.4)], overlap)
    twice = expected_utilities(["a b", "c", "a b"], [math.log(0.3), math.log(0.4), math.log(0.3)], overlap)
    np.testing.assert_allclose(twice, [once[0], once[1], once[0]])


@pytest.mark.parametrize("name", ["chrf", "bleu"])
def test_the_typical_translation_beats_the_most_probable_one(name: str) -> None:
    texts = ["a man walks", "two dogs run on grass", "two dogs are running on grass", "two dogs run on the grass"]
    actual = expected_utilities(
        texts, [math.log(each) for each in (0.28, 0.26, 0.22, 0.24)], sentence_utility(name, "en")
    )
    assert int(np.argmin(actual)) == 0
    assert sentence_utility(name, "en")(texts[0], texts[0]) == pytest.approx(100)
