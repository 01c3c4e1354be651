"""The graphs of a language model say what the torch module says, whatever the cell, the depth and the output layer."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from seqnlp.config.language_model import RecurrentLanguageModelConfig
from seqnlp.models.language_model import RecurrentLanguageModel
from seqnlp.models.language_model_as_network import TorchLanguageModel
from seqnlp.networks.engine import make_network
from seqnlp.networks.language_model import GraphLanguageModel

TOKENS = 23
SETTINGS: list[dict[str, Any]] = [
    {},
    {"tie_embeddings": False, "num_layers": 1},
    {"num_layers": 3, "adaptive_head": 6},
    {"tie_embeddings": False, "adaptive_head": 15},
]


def made(**changes: Any) -> tuple[RecurrentLanguageModelConfig, RecurrentLanguageModel]:
    torch.manual_seed(1)
    config = RecurrentLanguageModelConfig(embedding_dim=6, hidden_dim=9, **changes)
    model = RecurrentLanguageModel(config, TOKENS).eval().requires_grad_(False)
    for tensor in model.state_dict().values():  # also those that begin as zeros
        tensor += torch.randn(tensor.shape) * 0.3
    return config, model


def networks(engine: str, **changes: Any) -> tuple[GraphLanguageModel, TorchLanguageModel]:
    config, model = made(**changes)
    weights = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    return GraphLanguageModel(config, weights, partial(make_network, engine=engine, threads=1)), TorchLanguageModel(
        model
    )


@pytest.mark.parametrize("engine", ["onnxruntime", "numpy"])
@pytest.mark.parametrize("changes", SETTINGS, ids=str)
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "peephole"])
def test_it_reads_and_predicts_as_torch(cell: str, changes: dict[str, Any], engine: str) -> None:
    graphs, modules = networks(engine, cell=cell, **changes)
    draw = np.random.default_rng(0)
    for size, steps in ((1, 1), (3, 7), (2, 30)):
        tokens, targets = draw.integers(TOKENS, size=(2, size, steps))
        actual, expected = (network.losses(tokens, targets, network.start(size)) for network in (graphs, modules))
        np.testing.assert_allclose(actual[0], expected[0], atol=1e-5)
        rows = np.array([0, size - 1, 0])  # go on from some rows, one of them twice
        later = draw.integers(TOKENS, size=(3, 2))
        outputs = []
        for network, (_, state) in ((graphs, actual), (modules, expected)):
            outputs.append(network.read(later, network.select(state, rows))[0])
        np.testing.assert_allclose(outputs[0], outputs[1], atol=1e-5)
        log_probs = graphs.log_probs(outputs[0])
        np.testing.assert_allclose(log_probs, modules.log_probs(outputs[0]), atol=1e-5)
        np.testing.assert_allclose(np.exp(log_probs).sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("top", [1, 4, 6, 20])
def test_the_best_tokens_are_those_of_all_where_clusters_are_left_out(top: int) -> None:
    graphs, modules = networks("numpy", adaptive_head=6)
    outputs = np.random.default_rng(3).standard_normal((5, graphs.output_dim)).astype(np.float32) * 3
    for row in outputs[:, None]:
        every, some = graphs.log_probs(row)[0], graphs.log_probs(row, top)[0]
        np.testing.assert_allclose(some, modules.log_probs(row, top)[0], atol=1e-5)
        assert np.argsort(-every)[:top].tolist() == np.argsort(-some)[:top].tolist()
