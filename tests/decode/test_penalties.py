"""Length and coverage penalties by their formulas, repeated n-grams by looking."""

from __future__ import annotations

import math

import numpy as np
import pytest

from seqnlp.config.translation import DecodingConfig
from seqnlp.decode.penalties import LEAST_COVERED, coverage_penalty, length_penalty, repeated_ngrams


@pytest.mark.parametrize(
    ("kind", "alpha", "length", "divisor"),
    [
        ("none", 3.0, 7, 1.0),
        ("average", 1.0, 7, 7.0),
        ("average", 0.5, 9, 3.0),
        ("average", 0.0, 9, 1.0),
        ("gnmt", 1.0, 7, 2.0),
        ("gnmt", 2.0, 13, 9.0),
        ("gnmt", 0.6, 1, 1.0),
    ],
)
def test_the_length_penalty_is_that_of_the_paper(kind: str, alpha: float, length: int, divisor: float) -> None:
    config = DecodingConfig(length_penalty=kind, alpha=alpha)
    assert length_penalty(config, length) == pytest.approx(divisor)
    assert length_penalty(config, np.array([length, length])).tolist() == pytest.approx([divisor, divisor])


@pytest.mark.parametrize("kind", ["none", "average", "gnmt"])
@pytest.mark.parametrize("alpha", [0.0, 0.7, 2.0])
def test_it_never_falls_with_the_length(kind: str, alpha: float) -> None:
    penalties = length_penalty(DecodingConfig(length_penalty=kind, alpha=alpha), np.arange(1, 50))
    assert (np.diff(penalties) >= 0).all()


def test_the_coverage_penalty_counts_what_is_covered_less_than_once() -> None:
    config = DecodingConfig(coverage_penalty=0.2)
    covered = np.array([[0.5, 1.0, 3.0], [0.25, 0.1, 1.0]], np.float32)
    expected = [0.2 * math.log(0.5), 0.2 * (math.log(0.25) + math.log(0.1))]
    assert coverage_penalty(config, covered).tolist() == pytest.approx(expected)


def test_a_position_never_attended_costs_much_but_not_infinitely_much() -> None:
    penalty = coverage_penalty(DecodingConfig(coverage_penalty=1.0), np.zeros(1, np.float32))
    assert float(penalty) == pytest.approx(math.log(LEAST_COVERED))


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("length", [0, 1, 2, 3, 5, 9])
def test_repeated_ngrams_are_those_that_would_occur_twice(size: int, length: int) -> None:
    for output in np.random.default_rng(size + length).integers(4, 7, (20, length)).tolist():
        expected = []
        for longer in ([*output, token] for token in range(8)):
            grams = list(zip(*(longer[start:] for start in range(size)), strict=False))
            if grams and grams[-1] in grams[:-1]:
                expected.append(longer[-1])
        assert repeated_ngrams(output, size) == expected
