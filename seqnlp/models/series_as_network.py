"""The torch modules of series as networks from arrays to arrays: for scores on dev while training, and for a GPU."""

from __future__ import annotations

import copy

import numpy as np
import torch

from seqnlp.arrays import BoolArray
from seqnlp.models.autoencoder import Autoencoder
from seqnlp.models.forecaster import ForecasterState, RecurrentForecaster
from seqnlp.networks.protocol import FloatArray


class TorchDetector:
    """A copy of the module that training uses, in fp64; see :class:`~seqnlp.networks.protocol.DetectorNetwork`."""

    def __init__(self, model: Autoencoder) -> None:
        self.model = copy.deepcopy(model).double().eval().requires_grad_(False)
        self._device = next(self.model.parameters()).device

    @torch.inference_mode()
    def errors(self, values: FloatArray, known: FloatArray, measured: BoolArray) -> FloatArray:
        """Mean squared error (B,) of the last rows of windows; NaN where none of their values was measured."""
        given = (values.astype(np.float64), known.astype(np.float64), measured)
        windows = [torch.from_numpy(part).to(self._device) for part in given]
        result: FloatArray = self.model.errors(windows[0], windows[1], windows[2]).numpy(force=True)
        return result


class TorchForecaster:
    """The module that training uses; see :class:`~seqnlp.networks.protocol.ForecasterNetwork`."""

    def __init__(self, model: RecurrentForecaster) -> None:
        self.model = model

    def start(self) -> ForecasterState:
        """The state before a series."""
        return self.model.start()

    @torch.no_grad()
    def read(self, rows: FloatArray, state: ForecasterState) -> tuple[FloatArray, ForecasterState]:
        """Forecasts (T, J, C) after each of some rows (T, D), and the state after the last."""
        given = torch.from_numpy(rows.astype(np.float32))[None].to(next(self.model.parameters()).device)
        forecasts, after = self.model(given, state)
        result: FloatArray = forecasts[0].numpy(force=True)
        return result, after
