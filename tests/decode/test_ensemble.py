"""Several models as an ensemble."""

from __future__ import annotations

import math

import numpy as np
import pytest
from toy_steps import MarkovStep, RecurrentStep, Stateless

from seqnlp.config.translation import DecodingConfig
from seqnlp.decode.beam import beam_search
from seqnlp.decode.ensemble import ensemble
from seqnlp.decode.steps import Layout

LENGTHS = [4, 2, 5, 3]


def search(step: object, state: object) -> list[list]:
    arguments = (len(LENGTHS), np.full(4, 9), np.zeros(4, np.int64), DecodingConfig(beam=3))
    return beam_search(step, state, *arguments, nbest=3, source_lengths=np.array(LENGTHS), keep_attention=True)


def test_twice_the_same_model_is_the_model() -> None:
    model = RecurrentStep(70, end_bias=1)
    start = model.start(LENGTHS)
    once, twice = search(model, start), search(*ensemble([model, model], [start, start]))
    for mine, theirs in zip(once, twice, strict=True):
        for one, other in zip(mine, theirs, strict=True):
            assert one.tokens == other.tokens
            assert one.score == pytest.approx(other.score, abs=1e-5)
            np.testing.assert_allclose(one.attention, other.attention, atol=1e-6)


def test_probabilities_and_attention_are_means() -> None:
    models = [RecurrentStep(11, seed=1), RecurrentStep(11, seed=2), RecurrentStep(11, seed=3)]
    states = [model.start([3, 2]) for model in models]
    step, state = ensemble(models, states)
    tokens, layout = np.array([2, 2]), Layout.of_counts(np.array([1, 1]))
    result = step(tokens, layout, state)
    apart = [model(tokens, layout, own) for model, own in zip(models, states, strict=True)]
    mean = np.mean([np.exp(one.log_probs) for one in apart], axis=0)
    np.testing.assert_allclose(np.exp(result.log_probs), mean, rtol=1e-5)
    np.testing.assert_allclose(result.attention, np.mean([one.attention for one in apart], axis=0))


def test_each_model_keeps_its_own_state() -> None:
    """The best pair of tokens under the mean of two models is found by hand, step by step."""
    models = [RecurrentStep(9, seed=4), RecurrentStep(9, seed=5)]
    states = [model.start([3]) for model in models]
    actual = beam_search(*ensemble(models, states), 1, np.array([3]), np.array([3]), DecodingConfig(beam=1))[0][0]
    last, total, layout = 2, 0.0, Layout.one_each(1)
    for token in [*actual.tokens, 3]:
        results = [model(np.array([last]), layout, own) for model, own in zip(models, states, strict=True)]
        total += math.log(sum(float(np.exp(result.log_probs[0, token])) for result in results) / 2)
        states, last = [result.state for result in results], token
    assert actual.log_probability == pytest.approx(total, abs=1e-5)


def test_one_model_without_attention_leaves_the_ensemble_without() -> None:
    plain = MarkovStep([[1 / 7] * 7] * 7)
    looking = RecurrentStep(7)
    step, state = ensemble([plain, looking], [Stateless(), looking.start([3])])
    assert step(np.array([2]), Layout.one_each(1), state).attention is None
