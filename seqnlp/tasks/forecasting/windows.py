"""Windows of a series from which a forecaster learns: every row is forecast from once an epoch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqnlp.arrays import IntArray
from seqnlp.data.series.inputs import Inputs
from seqnlp.errors import DataError


@dataclass(frozen=True)
class ForecastWindows:
    """What B windows read and forecast.

    Attributes:
        inputs: (B, W, D).
        targets: (B, W, J, C) scaled values of the J rows after each.
        mask: (B, W, J, C) bool, True = a known value that this window is to forecast.
    """

    inputs: Tensor
    targets: Tensor
    mask: Tensor

    def to(self, device: torch.device) -> ForecastWindows:
        """The windows on a device."""
        return ForecastWindows(self.inputs.to(device), self.targets.to(device), self.mask.to(device))


class WindowPlan:
    """The training part cut into windows.

    The forecasts of a window count from its row ``min_context`` on, so windows overlap. Another offset cuts elsewhere;
    whatever the offset, the forecasts of every row count once, those of the first ``min_context - 1`` rows never.

    Args:
        inputs: of the training part.
        horizon: J.
        min_context: rows that are read before a forecast counts.
        window: W.
        source: the file, for messages.

    Raises:
        DataError: the training part is shorter than a window and a horizon.
    """

    def __init__(self, inputs: Inputs, horizon: int, min_context: int, window: int, source: object) -> None:
        rows, columns = inputs.known.shape
        if rows < window + horizon:
            raise DataError(
                f"expected at least {window + horizon:,} training rows, one window (trainer.window={window}) and a "
                f"horizon (model.horizon={horizon}){_after(inputs.skipped)}, found {rows:,}; "
                "set a smaller trainer.window",
                source,
            )
        self.min_context, self.window = min_context, window
        self.stride = window - min_context + 1
        self.inputs = inputs.rows.astype(np.float32)  # (T, D)
        after = np.arange(rows)[:, None] + np.arange(1, horizon + 1)  # (T, J)
        inside = np.minimum(after, rows - 1)  # (T, J)
        self.targets = self.inputs[inside, :columns]  # (T, J, C)
        self.mask = inputs.known[inside] & (after < rows)[..., None]  # (T, J, C)

    def starts(self, offset: int) -> IntArray:
        """The first rows of windows; negative ones begin before the series and are cut."""
        last = len(self.inputs) - 1
        return np.arange(-(offset % self.stride), last - self.min_context + 1, self.stride)

    def count(self, starts: IntArray) -> int:
        """The values that windows forecast; 1 if all are missing, so that a mean over them is 0."""
        rows, counts = self._places(starts)
        return max(1, int((self.mask[rows] & counts[..., None, None]).sum()))

    def read(self, starts: IntArray) -> ForecastWindows:
        """The windows that begin at some rows."""
        rows, counts = self._places(starts)
        return ForecastWindows(
            inputs=torch.from_numpy(self.inputs[rows]),
            targets=torch.from_numpy(self.targets[rows]),
            mask=torch.from_numpy(self.mask[rows] & counts[..., None, None]),
        )

    def _places(self, starts: IntArray) -> tuple[IntArray, NDArray[np.bool_]]:
        """Rows (B, W) of the series, and (B, W) whether a window is to forecast from there."""
        last = len(self.inputs) - 1
        rows = np.maximum(starts, 0)[:, None] + np.arange(self.window)  # (B, W)
        first = starts[:, None] + self.min_context - 1  # (B, 1)
        counts = (rows >= np.maximum(first, self.min_context - 1)) & (rows < first + self.stride) & (rows <= last)
        return np.minimum(rows, last), counts


def _after(skipped: int) -> str:
    return f" after the first season of {skipped:,}" if skipped else ""
