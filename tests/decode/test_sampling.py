"""Drawing: frequencies against probabilities, what may be drawn, and seeds."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from typing import Any

import numpy as np
import pytest
from toy_steps import MarkovStep, RecurrentStep, Stateless, alone, walk

from seqnlp.decode.constraints import Prefix
from seqnlp.decode.hypotheses import Decoded
from seqnlp.decode.sampling import SamplingOptions, probabilities, sample
from seqnlp.errors import SeqnlpError

NEXT = [0.1, 0.1, 0.1, 0.2, 0.25, 0.15, 0.1]
"""After every token; specials have a part of it that must never be drawn."""


def draw(count: int, options: SamplingOptions, longest: int = 1, shortest: int = 0, **more: Any) -> list[Decoded]:
    lengths = np.full(count, longest), np.full(count, shortest)
    actual = sample(
        MarkovStep([NEXT] * 7), Stateless(), count, *lengths, options, [(line,) for line in range(count)], **more
    )
    return [only for (only,) in actual]


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_frequencies_are_those_of_the_tempered_model(temperature: float) -> None:
    counts = Counter(tuple(one.tokens) for one in draw(20_000, SamplingOptions(temperature=temperature)))
    weights = {tokens: NEXT[tokens[0] if tokens else 3] ** (1 / temperature) for tokens in [(), (4,), (5,), (6,)]}
    assert set(counts) == set(weights)
    for tokens, weight in weights.items():
        probability = weight / sum(weights.values())
        spread = math.sqrt(probability * (1 - probability) / 20_000)
        assert abs(counts[tokens] / 20_000 - probability) < 4 * spread


@pytest.mark.parametrize(
    ("options", "support"),
    [
        ({"top_k": 1}, {4}),
        ({"top_k": 2}, {3, 4}),
        ({"top_k": 100}, {3, 4, 5, 6}),
        ({"top_p": 0.3}, {4}),
        ({"top_p": 0.5}, {3, 4}),
        ({"top_p": 0.8}, {3, 4, 5}),
        ({"top_k": 3, "top_p": 0.7}, {3, 4}),
    ],
)
def test_only_the_most_probable_are_drawn(options: dict[str, Any], support: set[int]) -> None:
    drawn = {one.tokens[0] if one.tokens else 3 for one in draw(2_000, SamplingOptions(**options))}
    assert drawn == support


@pytest.mark.parametrize("options", [{}, {"top_k": 40}, {"top_p": 0.9}, {"top_k": 300, "top_p": 0.5}])
def test_the_distribution_is_that_of_a_full_sort(options: dict[str, Any]) -> None:
    log_probs = 3 * np.random.default_rng(1).normal(size=2000)
    weights = np.exp(log_probs / 0.8)
    order = np.argsort(-weights, kind="stable")[: options.get("top_k") or None]
    weights = weights[order] / weights[order].sum()
    kept = (np.cumsum(weights) - weights) < options.get("top_p", 1.0)
    expected = np.zeros(2000)
    expected[order[kept]] = weights[kept] / weights[kept].sum()
    actual = probabilities(log_probs, (), SamplingOptions(temperature=0.8, **options))
    np.testing.assert_allclose(actual, expected, atol=1e-12)


def test_a_token_ruled_out_takes_no_weight_however_probable() -> None:
    actual = probabilities(np.array([0.0, -2000.0, -2000.0]), (0,), SamplingOptions())
    assert actual.tolist() == [0, 0.5, 0.5]


def test_of_equally_probable_tokens_top_k_takes_the_first() -> None:
    actual = probabilities(np.zeros(9), (1,), SamplingOptions(top_k=4))
    assert np.flatnonzero(actual).tolist() == [0, 2, 3, 4]


def test_scores_are_those_of_the_unchanged_model() -> None:
    for one in draw(50, SamplingOptions(temperature=3.0, top_k=3), longest=6):
        expected = [math.log(NEXT[token]) for token in [*one.tokens, 3]]
        assert one.token_log_probs == pytest.approx(expected)
        assert one.log_probability == one.score == pytest.approx(sum(expected))


def test_lengths_and_prefixes_are_kept_to() -> None:
    actual = draw(300, SamplingOptions(), longest=4, shortest=2, prefixes=[Prefix([5], not_next=[6])] * 300)
    assert {len(one.tokens) for one in actual} == {2, 3, 4}
    assert {one.tokens[0] for one in actual} == {5}
    assert {one.tokens[1] for one in actual} == {4, 5}


def test_the_same_seed_draws_the_same_and_another_seed_something_else() -> None:
    first, again, other = (draw(50, SamplingOptions(seed=seed), longest=8) for seed in (1, 1, 2))
    assert first == again
    assert sum(one.tokens == two.tokens for one, two in zip(first, other, strict=True)) < 25


def test_an_output_depends_on_its_line_and_not_on_the_batch() -> None:
    model, lengths = RecurrentStep(80, end_bias=1), [3, 6, 1, 4, 5]
    start, limits = model.start(lengths), np.array([5, 9, 12, 3, 8])
    more = {"source_lengths": np.array(lengths), "keep_attention": True}
    together = sample(model, start, 5, limits, limits * 0, SamplingOptions(), [(1, row) for row in range(5)], **more)
    assert model.calls[-1][0] < 5
    for row, (one,) in enumerate(together):
        arguments = (1, limits[row : row + 1], np.zeros(1, np.int64), SamplingOptions(), [(1, row)])
        (same,) = sample(model, alone(start, row), *arguments)[0]
        assert one.tokens == same.tokens
        log_probs, attention = walk(model, alone(start, row), [*one.tokens, 3])
        assert one.token_log_probs == pytest.approx(log_probs, abs=1e-5)
        np.testing.assert_allclose(one.attention, np.stack(attention), atol=1e-6)


@pytest.mark.parametrize("temperature", [1e-320, 1e-30, 1e308])
def test_any_temperature_above_zero_can_be_drawn_at(temperature: float) -> None:
    log_probs = np.log(np.array([0.1, 0.6, 0.3], np.float32))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        actual = probabilities(log_probs, (0,), SamplingOptions(temperature=temperature))
    np.testing.assert_allclose(actual, [0, 1, 0] if temperature < 1 else [0, 0.5, 0.5])


WRONG = [
    {"temperature": 0.0},
    {"temperature": math.nan},
    {"temperature": math.inf},
    {"top_k": -1},
    {"top_p": 0.0},
    {"top_p": 1.5},
    {"seed": -1},
]


@pytest.mark.parametrize("options", WRONG, ids=str)
def test_options_out_of_range_are_refused(options: dict[str, Any]) -> None:
    expected = "temperature above 0, top_k at least 0, top_p above 0 and at most 1 and seed at least 0"
    with pytest.raises(SeqnlpError, match=f"expected {expected}, found .*{next(iter(options.values())):g}"):
        SamplingOptions(**options)
