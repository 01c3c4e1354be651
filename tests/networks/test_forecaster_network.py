"""The graph of a forecaster says what the torch module says, row by row and all at once, whatever its settings."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from seqnlp.config.forecasting import ForecasterConfig
from seqnlp.models.forecaster import RecurrentForecaster
from seqnlp.models.series_as_network import TorchForecaster
from seqnlp.networks.engine import make_network
from seqnlp.networks.forecaster import GraphForecaster

COLUMNS = 2
SETTINGS: list[dict[str, Any]] = [
    {"linear": "fitted", "lags": 3},
    {"linear": "fitted", "lags": 2, "input": "differences"},
    {"linear": "fitted", "lags": 0},
    {"linear": "trained", "lags": 2},
    {"linear": "trained", "lags": 4, "input": "differences"},
    {"linear": "trained", "reference": "mean"},
]


def made(inputs: int, **changes: Any) -> tuple[ForecasterConfig, RecurrentForecaster]:
    torch.manual_seed(1)
    config = ForecasterConfig(horizon=3, hidden_dim=5, **changes)
    model = RecurrentForecaster(config, inputs, COLUMNS).eval().requires_grad_(False)
    for tensor in model.state_dict().values():  # also those that begin as zeros
        tensor += torch.randn(tensor.shape) * 0.3
    return config, model


@pytest.mark.parametrize("engine", ["onnxruntime", "numpy"])
@pytest.mark.parametrize("changes", SETTINGS, ids=str)
@pytest.mark.parametrize("num_layers", [1, 3])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "peephole"])
def test_forecasts_are_those_of_torch(cell: str, num_layers: int, changes: dict[str, Any], engine: str) -> None:
    for inputs in (COLUMNS, COLUMNS + 4):
        config, model = made(inputs, cell=cell, num_layers=num_layers, **changes)
        weights = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
        network = GraphForecaster(config, weights, COLUMNS, partial(make_network, engine=engine, threads=1))
        rows = np.random.default_rng(inputs).standard_normal((20, inputs))
        wanted, _ = TorchForecaster(model).read(rows, TorchForecaster(model).start())
        at_once, _ = network.read(rows, network.start())
        state, actual = network.start(), []
        for piece in np.split(rows, (1, 2, 3, 10, 11)):  # pieces shorter than the lags, and longer
            forecasts, state = network.read(piece, state)
            actual.append(forecasts)
        np.testing.assert_allclose(at_once, wanted, atol=1e-5)
        np.testing.assert_allclose(np.concatenate(actual), wanted, atol=1e-5)
