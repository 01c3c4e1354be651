"""The graphs of a classifier say what the torch module says, in every engine, for empty and long documents, too."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from seqnlp.config.classification import ClassifierConfig
from seqnlp.data.lexicon import WordFeatures
from seqnlp.networks.classifier import GraphClassifier
from seqnlp.networks.engine import make_network
from seqnlp.tasks.classification.model import build_classifier
from seqnlp.text.vocabulary import Vocabulary

FEATURES = WordFeatures(Vocabulary(["a", "b"]), Vocabulary([]), Vocabulary(["a"]), True)
OPTIONS: list[dict[str, Any]] = [
    {"pooling": "max"},
    {"pooling": "last", "num_layers": 2},
    {"pooling": "mean", "bidirectional": False},
    {"pooling": "attention", "num_layers": 3},
    {"convolution_dim": 4, "pooling": "last"},
    {"convolution_dim": 4, "convolution_width": 5, "convolution_pool": 3, "pooling": "mean"},
    {"long": "hierarchical", "pooling": "attention"},
    {"long": "hierarchical", "pooling": "max", "convolution_dim": 3},
]


@pytest.mark.parametrize("engine", ["onnxruntime", "numpy", "exact"])
@pytest.mark.parametrize("changes", OPTIONS, ids=str)
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "peephole"])
def test_scores_are_those_of_torch(cell: str, changes: dict[str, Any], engine: str) -> None:
    torch.manual_seed(1)
    settings = ClassifierConfig(cell=cell, word_dim=6, hidden_dim=5, **changes)
    model = build_classifier(settings, FEATURES, 3, 6, False).eval().requires_grad_(False)
    for parameter in model.parameters():
        parameter.data += torch.randn(parameter.shape) * 0.3  # also those that begin as zeros
    weights = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    make = partial(make_network, engine="numpy" if engine == "exact" else engine, threads=1)
    network = GraphClassifier(settings, weights, make)
    network = network.exact() if engine == "exact" else network
    draw = np.random.default_rng(1)
    for size, num_steps in ((1, 1), (3, 7), (2, 7), (5, 30)):
        lengths = draw.integers(0, num_steps + 1, size)
        lengths[0] = num_steps
        inputs = draw.standard_normal((size, num_steps, 6)).astype(np.float32)
        wanted = model.encoder(torch.from_numpy(inputs), torch.from_numpy(lengths))
        actual = network.window_vectors(inputs, lengths)
        np.testing.assert_allclose(actual, wanted.numpy(), atol=1e-5)
        for owners in (np.arange(size), np.sort(draw.integers(0, 2, size))):
            _, owners = np.unique(owners, return_inverse=True)
            places = np.arange(size) - np.searchsorted(owners, owners)
            count = int(owners[-1]) + 1
            arrays = (lengths, owners, places)
            scores = model.scores(wanted, *map(torch.from_numpy, arrays), count)
            np.testing.assert_allclose(network.scores(actual, *arrays, count), scores.numpy(), atol=1e-5)
    assert (actual.dtype == np.float64) == (engine == "exact")
