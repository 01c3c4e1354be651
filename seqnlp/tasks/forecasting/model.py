"""The forecaster as a module of torch: as training begins it, and from a model folder."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from seqnlp.config.forecasting import ForecasterConfig
from seqnlp.models.forecaster import RecurrentForecaster
from seqnlp.tasks.forecasting.facts import INTERVALS, reading_of


def build_forecaster(settings: ForecasterConfig, num_columns: int) -> RecurrentForecaster:
    """The network with its first weights."""
    return RecurrentForecaster(settings, reading_of(settings).num_inputs(num_columns), num_columns)


def tensors_of(model: RecurrentForecaster, intervals: NDArray[np.float64]) -> dict[str, torch.Tensor]:
    """What ``model.safetensors`` holds: the weights, and the half widths of the intervals."""
    return {**model.state_dict(), INTERVALS: torch.from_numpy(intervals)}
