"""Scores of the rows of a series: how badly each one's window is rebuilt, as a multiple of what is usual."""

from __future__ import annotations

import copy
import math

import numpy as np
import torch
from numpy.typing import NDArray

from seqnlp.data.series_inputs import Inputs
from seqnlp.data.series_windows import take_windows, window_starts
from seqnlp.models.autoencoder import Autoencoder

FloatArray = NDArray[np.float64]

BATCH = 512
"""Windows that are scored together."""


class Level:
    """The usual error, and scores as multiples of it.

    A series drifts, and after a while every row would be an alarm. So the usual error follows the errors: a running
    mean with a memory of so many rows, never below the training error. A row's score is known before its error changes
    the level.

    Args:
        usual: mean error of the training part.
        rows: of the memory; 0: the usual error stays that of the training part.
    """

    def __init__(self, usual: float, rows: int) -> None:
        self.usual, self.rows = usual, rows
        self.mean = usual

    def score(self, error: float) -> float:
        """The next row's score; 0 for a row with nothing measured, whose error is not a number.

        Errors are rounded to what does not depend on the windows that were scored together, so that a row that sets the
        threshold is never above it.
        """
        if math.isnan(error):
            return 0.0
        error = float(f"{error:.8g}")
        score = error / max(self.mean, self.usual)
        if self.rows:
            self.mean += (error - self.mean) / self.rows
        return score


def for_scoring(model: Autoencoder) -> Autoencoder:
    """A copy in fp64 and inference mode: in fp32 a row's error would depend on the rows that are scored with it."""
    return copy.deepcopy(model).double().eval().requires_grad_(False)


@torch.inference_mode()
def row_errors(model: Autoencoder, inputs: Inputs, source: object) -> FloatArray:
    """Errors (T,) of the windows that end at each row; NaN where nothing was measured and for the first W - 1 rows.

    Args:
        model: in fp64, see :func:`for_scoring`.

    Raises:
        DataError: the series is shorter than one window.
    """
    window, columns = model.config.window, inputs.known.shape[1]
    device = next(model.parameters()).device
    starts = window_starts(len(inputs.rows), window, 1, source, f"model.window={window}")  # (T - W + 1,)
    errors = np.full(len(inputs.rows), np.nan)  # (T,)
    for first in range(0, len(starts), BATCH):
        chosen = starts[first : first + BATCH]
        windows = torch.from_numpy(take_windows(inputs.rows, chosen, window)).to(device)  # (B, W, C + F)
        measured = torch.from_numpy(take_windows(inputs.known, chosen, window)).to(device)  # (B, W, C)
        found = model.errors(windows[..., :columns], windows[..., columns:], measured)  # (B,)
        errors[chosen + window - 1] = found.cpu().numpy()
    return errors


def row_scores(errors: FloatArray, window: int, level: Level) -> FloatArray:
    """Scores (T,) of rows from their errors (T,); NaN for the first W - 1 rows, which end no window."""
    scores = np.full(len(errors), np.nan)  # (T,)
    scores[window - 1 :] = [level.score(error) for error in errors[window - 1 :].tolist()]
    return scores
