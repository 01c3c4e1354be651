"""The forecaster as a module of torch: as training begins it, and from a model folder."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from seqnlp.config.forecasting import ForecasterConfig
from seqnlp.models.forecaster import RecurrentForecaster
from seqnlp.tasks.forecasting.facts import EMBEDDINGS, num_inputs_of


def build_forecaster(settings: ForecasterConfig, num_columns: int, num_series: int = 0) -> RecurrentForecaster:
    """The network with its first weights; with ``num_series`` also embeddings of these."""
    return RecurrentForecaster(settings, num_inputs_of(settings, num_columns), num_columns, num_series)


def tensors_of(model: RecurrentForecaster, intervals: Mapping[str, NDArray[np.float64]]) -> dict[str, torch.Tensor]:
    """What ``model.safetensors`` holds: weights, but no embeddings of series, and half widths of intervals by name."""
    weights = {name: tensor for name, tensor in model.state_dict().items() if name != EMBEDDINGS}
    return {**weights, **{name: torch.from_numpy(widths) for name, widths in intervals.items()}}
