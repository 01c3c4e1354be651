"""The forecaster as a module of torch: as training begins it, and from a model folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.random import fork_rng

from seqnlp.config.forecasting import ForecasterConfig
from seqnlp.models.as_network import torch_device
from seqnlp.models.forecaster import RecurrentForecaster
from seqnlp.models.series_as_network import TorchForecaster
from seqnlp.networks.graph import Array
from seqnlp.saved_weights import with_weights
from seqnlp.tasks.forecasting.facts import INTERVALS, reading_of


def build_forecaster(settings: ForecasterConfig, num_columns: int) -> RecurrentForecaster:
    """The network with its first weights."""
    return RecurrentForecaster(settings, reading_of(settings).num_inputs(num_columns), num_columns)


def tensors_of(model: RecurrentForecaster, intervals: NDArray[np.float64]) -> dict[str, torch.Tensor]:
    """What ``model.safetensors`` holds: the weights, and the half widths of the intervals."""
    return {**model.state_dict(), INTERVALS: torch.from_numpy(intervals)}


def module_network(
    settings: ForecasterConfig, columns: int, weights: dict[str, Array], path: Path, device: str
) -> TorchForecaster:
    """The saved module as a network; torch's random state stays what it was.

    Raises:
        RunError: weights that do not fit the settings.
        SeqnlpError: there is no such device.
    """
    place = torch_device(device)
    with fork_rng(devices=[]):
        model = with_weights(lambda: build_forecaster(settings, columns), weights, path)
    return TorchForecaster(model.to(place))
