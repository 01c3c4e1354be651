"""The graph of a detector says what the torch module says, in fp64 by numpy and in fp32 by onnxruntime."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from seqnlp.config.anomaly_detection import AutoencoderConfig
from seqnlp.models.autoencoder import Autoencoder
from seqnlp.models.series_as_network import TorchDetector
from seqnlp.networks.autoencoder import GraphDetector, window_graph
from seqnlp.networks.engine import make_network
from seqnlp.tasks.anomaly_detection.model import build_autoencoder
from seqnlp.tasks.anomaly_detection.reading import known_numbers

WINDOW = 7


def made(columns: int, **changes: Any) -> tuple[AutoencoderConfig, Autoencoder]:
    torch.manual_seed(1)
    config = AutoencoderConfig(window=WINDOW, hidden_dim=5, code_dim=3, **changes)
    return config, build_autoencoder(config, columns).eval().requires_grad_(False)


@pytest.mark.parametrize("calendar", ["", "week, day"])
@pytest.mark.parametrize("num_layers", [1, 3])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "peephole"])
def test_errors_are_those_of_torch(cell: str, num_layers: int, calendar: str) -> None:
    config, module = made(2, cell=cell, num_layers=num_layers, calendar=calendar, scored_rows=3)
    weights = {name: tensor.numpy() for name, tensor in module.state_dict().items()}
    network, wanted = GraphDetector(config, weights, 2, partial(make_network, engine="numpy")), TorchDetector(module)
    fast = make_network(window_graph(config, weights, 2), "onnxruntime", threads=1)
    draw = np.random.default_rng(0)
    for size in (1, 5):
        values = draw.standard_normal((size, WINDOW, 2))
        known = draw.standard_normal((size, WINDOW, known_numbers(config, 2)))
        measured = draw.random((size, WINDOW, 2)) < 0.8
        measured[-1, -3:] = False
        errors = wanted.errors(values, known, measured)
        assert np.isnan(errors[-1])
        np.testing.assert_allclose(network.errors(values, known, measured), errors, rtol=1e-12)
        rebuilt = module(torch.from_numpy(values).float(), torch.from_numpy(known).float()).numpy()
        actual = fast(values=values, known=known, measured=measured)
        np.testing.assert_allclose(actual["rebuilt"], rebuilt, atol=1e-5)
        np.testing.assert_allclose(actual["errors"][:-1], errors[:-1], atol=1e-5)
        assert actual["errors"][-1] == 0


def test_a_value_that_is_far_away_has_an_error_that_is_a_number() -> None:
    config, module = made(1)
    weights = {name: tensor.numpy() for name, tensor in module.state_dict().items()}
    network, known = GraphDetector(config, weights, 1, partial(make_network, engine="numpy")), np.zeros((1, WINDOW, 0))
    values, measured = np.full((1, WINDOW, 1), 1e300), np.ones((1, WINDOW, 1), bool)
    np.testing.assert_allclose(
        network.errors(values, known, measured), TorchDetector(module).errors(values, known, measured), rtol=1e-12
    )
