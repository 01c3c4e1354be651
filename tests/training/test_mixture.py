"""A model mixed with n-grams and a cache is a distribution still, and its weights are the best on dev."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.config.language_model import RecurrentLanguageModelConfig
from seqnlp.metrics.kneser_ney import KneserNey
from seqnlp.models.language_model import RecurrentLanguageModel
from seqnlp.tasks.language_model.cache import said_with_cache
from seqnlp.tasks.language_model.mixture import Cache, Mixture, Said, best_weights, tune_mixture
from seqnlp.tasks.language_model.reading import read

V = 9
DRAW = np.random.default_rng(4)
TRAIN = DRAW.integers(0, V - 2, 200)  # two tokens never occur: the n-grams and the model know them all the same
NGRAMS = KneserNey(TRAIN, V, 5)
CPU = torch.device("cpu")


def said(tokens: IntArray, flatness: float = 0.4) -> Said:
    torch.manual_seed(2)
    settings = RecurrentLanguageModelConfig(embedding_dim=6, hidden_dim=7, adaptive_head=4)
    model = RecurrentLanguageModel(settings, V).eval().requires_grad_(False)
    read_with_cache = said_with_cache(read(model, tokens, CPU), 12, [flatness])
    return Said(read_with_cache.own, np.exp(NGRAMS.log_probabilities(tokens)[-1]), read_with_cache.caches)


@pytest.mark.parametrize(
    "mixture",
    [Mixture(0.3), Mixture(cache=Cache(12, 0.4, 0.25)), Mixture(0.3, Cache(12, 0.4, 0.25))],
    ids=["n-grams", "cache", "both"],
)
def test_probabilities_of_all_tokens_after_a_text_sum_to_one(mixture: Mixture) -> None:
    text = DRAW.integers(0, V, 30)
    for place in (0, 1, 7, 28):  # the last token is read before the first one
        total = 0.0
        for token in range(V):
            text[place] = token
            total += float(np.exp(-mixture.losses(said(text))[place]))
        assert total == pytest.approx(1, abs=1e-6)


def test_a_mixture_is_linear_in_probability() -> None:
    one = Said(np.array([0.5, 0.1]), np.array([0.25, 0.3]), {0.4: np.array([0.0, 0.6])})
    actual = np.exp(-Mixture(0.2, Cache(9, 0.4, 0.5)).losses(one))
    assert actual.tolist() == pytest.approx([0.8 * 0.5 + 0.2 * 0.25, 0.5 * (0.8 * 0.1 + 0.2 * 0.3) + 0.5 * 0.6])
    assert np.exp(-Mixture().losses(one)).tolist() == pytest.approx([0.5, 0.1])


def test_the_weights_are_the_best_of_a_fine_grid() -> None:
    parts: FloatArray = DRAW.random((3, 500)) ** 3
    one = Said(parts[0], parts[1], {0.1: parts[2] / 2, 0.4: parts[2]})
    grid = np.linspace(0, 0.95, 20)
    costs = {(w, part): Mixture(w, Cache(5, 0.4, part)).losses(one).sum() for w in grid for part in grid}
    found = tune_mixture(one, True, 5)
    assert found.losses(one).sum() <= min(costs.values()) + 1e-3
    assert found.cache is not None
    assert found.cache.flatness == 0.4
    alone = tune_mixture(one, True)
    assert alone.cache is None
    assert alone.losses(one).sum() <= min(Mixture(w).losses(one).sum() for w in grid) + 1e-3


def test_what_helps_nowhere_gets_no_weight() -> None:
    own = DRAW.random(300)
    assert best_weights(np.stack([own, own / 4])).tolist() == pytest.approx([1, 0], abs=1e-3)
    assert tune_mixture(Said(own, own / 4), True).ngrams == pytest.approx(0, abs=2e-3)
