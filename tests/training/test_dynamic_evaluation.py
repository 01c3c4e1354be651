"""Dynamic evaluation and the neural cache: each word is scored before the model learns from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.config.language_model import RecurrentLanguageModelConfig
from seqnlp.models.language_model import RecurrentLanguageModel
from seqnlp.tasks.language_model.cache import said_with_cache
from seqnlp.tasks.language_model.dynamic import (
    EPSILON,
    FACTOR,
    SEGMENT,
    START,
    DynamicEvaluation,
    DynamicModel,
    tune_dynamic,
)
from seqnlp.tasks.language_model.mixture import Cache, Mixture, tune_mixture
from seqnlp.tasks.language_model.reading import losses_of, read

CPU = torch.device("cpu")
V = 11
USUAL = DynamicEvaluation()
KINDS: list[dict[str, Any]] = [{}, {"cell": "gru", "tie_embeddings": False}, {"adaptive_head": 4}]


def model_of(**changes: Any) -> RecurrentLanguageModel:
    torch.manual_seed(1)
    settings = RecurrentLanguageModelConfig(embedding_dim=6, hidden_dim=7, **changes)
    return RecurrentLanguageModel(settings, V).eval().requires_grad_(False)


def text(length: int, seed: int = 0) -> IntArray:
    """A text that goes round in circles, mostly, and ends with an end mark."""
    draw = np.random.default_rng(seed)
    tokens = np.where(draw.random(length) < 0.2, draw.integers(0, V, length), np.arange(length) % 5)
    tokens[-1] = 0
    return tokens.astype(np.int64)


def dynamic(model: RecurrentLanguageModel, tokens: IntArray, settings: DynamicEvaluation) -> FloatArray:
    return losses_of(DynamicModel(model, text(300, 5), CPU).read(tokens, settings))


@pytest.mark.parametrize("changes", KINDS, ids=str)
def test_a_segment_is_scored_before_it_is_learnt_from_and_nothing_looks_ahead(changes: dict[str, Any]) -> None:
    model, tokens = model_of(**changes), text(6 * SEGMENT + 7)
    losses, static = dynamic(model, tokens, USUAL), losses_of(read(model, tokens, CPU))
    np.testing.assert_allclose(losses[:SEGMENT], static[:SEGMENT], rtol=1e-5)
    assert np.abs(losses - static)[SEGMENT:].max() > 1e-4
    other = tokens.copy()
    other[3 * SEGMENT + 4 : -1] = (other[3 * SEGMENT + 4 : -1] + 1) % V
    changed = dynamic(model, other, USUAL)
    np.testing.assert_array_equal(changed[: 3 * SEGMENT + 4], losses[: 3 * SEGMENT + 4])
    assert not np.allclose(changed[3 * SEGMENT + 4 :], losses[3 * SEGMENT + 4 :])


@pytest.mark.parametrize("stop", [False, True])
def test_the_model_is_afterwards_what_it_was(stop: bool) -> None:
    model, tokens = model_of(), text(5 * SEGMENT)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    windows = DynamicModel(model, tokens, CPU).read(tokens, DynamicEvaluation(0.1))
    if stop:
        next(windows), next(windows), next(windows)
        assert any(not torch.equal(weight, before[name]) for name, weight in model.state_dict().items())
        windows.close()
    else:
        losses_of(windows)
    assert all(torch.equal(weight, before[name]) for name, weight in model.state_dict().items())
    assert not any(weight.requires_grad for weight in model.parameters())


@pytest.mark.parametrize("changes", KINDS, ids=str)
def test_steps_are_those_of_the_paper(changes: dict[str, Any]) -> None:
    """theta + pull (theta0 - theta) - eta g / (root + epsilon), pull = lambda root / mean root, at most 1.

    A row of a table has one root.
    """
    model, tokens, settings = model_of(**changes), text(3 * SEGMENT), DynamicEvaluation(0.03, 0.5)
    weights = list(model.parameters())
    trained = [weight.detach().clone() for weight in weights]

    def learn(begin: int, state: tuple[Tensor, ...]) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """The gradient of the mean loss of a segment, and the state after it."""
        inputs, targets = (torch.from_numpy(np.roll(tokens, by)[None, begin : begin + SEGMENT]) for by in (1, 0))
        model.requires_grad_(True)
        losses, state = model.losses(inputs, targets, state)
        gradients = torch.autograd.grad(losses.mean(), weights)
        model.requires_grad_(False)
        return gradients, tuple(part.detach() for part in state)

    state, squares = model.start(1), [torch.zeros_like(weight) for weight in weights]
    for begin in range(0, len(tokens), SEGMENT):
        gradients, state = learn(begin, state)
        squares = [square + gradient**2 / 3 for square, gradient in zip(squares, gradients, strict=True)]
    tables = [len(square) == V and square.dim() == 2 for square in squares]
    roots = [
        (square.mean(dim=1, keepdim=True).expand_as(square) if is_table else square).sqrt()
        for square, is_table in zip(squares, tables, strict=True)
    ]
    mean = torch.cat([root.flatten() for root in roots]).mean()
    windows, state = DynamicModel(model, tokens, CPU).read(tokens, settings), model.start(1)
    next(windows)
    for begin in (0, SEGMENT):
        before = [weight.clone() for weight in weights]
        gradients, state = learn(begin, state)
        next(windows)
        for theta, old, start, root, gradient in zip(weights, before, trained, roots, gradients, strict=True):
            pull = (settings.decay * root / mean).clamp(max=1)
            torch.testing.assert_close(theta, old + pull * (start - old) - settings.rate * gradient / (root + EPSILON))


def test_the_rate_and_the_decay_are_better_than_their_neighbours_on_dev() -> None:
    learner, dev = DynamicModel(model_of(), text(100, 5), CPU), text(160, 3)

    def cost(tried: DynamicEvaluation) -> float:
        return float(losses_of(learner.read(dev, tried)).sum())

    found = tune_dynamic(learner, dev)
    tried = [START, *(replace(found, rate=found.rate * factor) for factor in (FACTOR, 1 / FACTOR))]
    tried += [replace(found, decay=found.decay * factor) for factor in (FACTOR, 1 / FACTOR)]
    assert found.rate > 2 * START.rate  # where nothing was learnt yet, larger steps help
    assert sum(cost(found) <= cost(one) for one in tried) >= 4  # the last may not have been tried
    assert cost(found) < losses_of(read(learner.model, dev, CPU)).sum()


def test_a_cache_over_a_model_that_learns_mixes_what_that_model_says_with_what_was_read() -> None:
    model, tokens = model_of(), text(4 * SEGMENT)
    learner, settings = DynamicModel(model, text(300, 5), CPU), DynamicEvaluation(0.004)
    mixture = Mixture(cache=Cache(30, 0.2, 0.3))

    def losses(tokens: IntArray) -> tuple[FloatArray, FloatArray]:
        said = said_with_cache(learner.read(tokens, settings), 30, [0.2])
        return Mixture().losses(said), mixture.losses(said)

    alone, both = losses(tokens)
    np.testing.assert_allclose(alone, dynamic(model, tokens, settings), rtol=1e-6)
    assert both[0] == pytest.approx(alone[0])
    assert (np.exp(-both[1:]) >= 0.7 * np.exp(-alone[1:]) - 1e-9).all()
    other = tokens.copy()
    other[50:-1] = 9
    np.testing.assert_array_equal(losses(other)[1][:50], both[:50])
    said = said_with_cache(learner.read(tokens, settings), 30, [0.2])
    assert tune_mixture(said, False, 30).losses(said).sum() <= both.sum()
