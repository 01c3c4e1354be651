"""Windows of one or more series from which a forecaster learns: every row is forecast from once an epoch."""

from __future__ import annotations

from collections.abc import Sequence
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
        series: (B,) the number of the series that each is of.
    """

    inputs: Tensor
    targets: Tensor
    mask: Tensor
    series: Tensor

    def to(self, device: torch.device) -> ForecastWindows:
        """The windows on a device."""
        parts = (self.inputs, self.targets, self.mask, self.series)
        return ForecastWindows(*(part.to(device) for part in parts))


class WindowPlan:
    """The training parts of one or more series cut into windows.

    The forecasts of a window count from its row ``min_context`` on, so windows overlap. Another offset cuts elsewhere;
    whatever the offset, the forecasts of every row count once, those of the first ``min_context - 1`` rows never.

    The series lie one after the other in the arrays, with so many empty rows between them that a window's first row
    tells which series it is of, also where it begins before it.

    Args:
        inputs: of the training part of each series.
        horizon: J.
        min_context: rows that are read before a forecast counts.
        window: W.
        sources: the series, for messages.

    Attributes:
        places: of each series its rows in the arrays.
        inputs: (T, D) of all series.
        targets, mask: (T, J, C).

    Raises:
        DataError: a training part is shorter than a window and a horizon.
    """

    def __init__(
        self, inputs: Sequence[Inputs], horizon: int, min_context: int, window: int, sources: Sequence[object]
    ) -> None:
        self.min_context, self.window = min_context, window
        self.stride = window - min_context + 1
        _refuse_short(inputs, horizon, window, sources)
        begins = np.cumsum([0, *(len(one.rows) + self.stride - 1 for one in inputs)])  # (series + 1,)
        self.places = [slice(begin, begin + len(one.rows)) for begin, one in zip(begins, inputs, strict=False)]
        rows, columns = self.places[-1].stop, inputs[0].known.shape[1]
        self.inputs = np.zeros((rows, inputs[0].rows.shape[1]), np.float32)  # (T, D)
        self.targets = np.zeros((rows, horizon, columns), np.float32)  # (T, J, C)
        self.mask = np.zeros((rows, horizon, columns), bool)  # (T, J, C)
        for place, one in zip(self.places, inputs, strict=True):
            count = len(one.rows)
            after = np.arange(count)[:, None] + np.arange(1, horizon + 1)  # (T', J)
            inside = np.minimum(after, count - 1)  # (T', J)
            self.inputs[place] = one.rows
            self.targets[place] = one.rows[inside, :columns]
            self.mask[place] = one.known[inside] & (after < count)[..., None]
        self._first = np.array([place.start for place in self.places])  # (series,)
        self._last = np.array([place.stop - 1 for place in self.places])  # (series,)

    def starts(self, offset: int) -> IntArray:
        """The first rows of windows; some begin before their series and are cut."""
        begin = -(offset % self.stride)
        return np.concatenate(
            [
                np.arange(first + begin, last - self.min_context + 1, self.stride)
                for first, last in zip(self._first, self._last, strict=True)
            ]
        )

    def count(self, starts: IntArray) -> int:
        """The values that windows forecast; 1 if all are missing, so that a mean over them is 0."""
        rows, counts, _ = self._places(starts)
        return max(1, int((self.mask[rows] & counts[..., None, None]).sum()))

    def read(self, starts: IntArray) -> ForecastWindows:
        """The windows that begin at some rows."""
        rows, counts, series = self._places(starts)
        return ForecastWindows(
            inputs=torch.from_numpy(self.inputs[rows]),
            targets=torch.from_numpy(self.targets[rows]),
            mask=torch.from_numpy(self.mask[rows] & counts[..., None, None]),
            series=torch.from_numpy(series),
        )

    def _places(self, starts: IntArray) -> tuple[IntArray, NDArray[np.bool_], IntArray]:
        """Rows (B, W), (B, W) whether a window is to forecast from there, and the number of its series (B,)."""
        series = np.searchsorted(self._first - self.stride + 1, starts, side="right") - 1  # (B,)
        begin, last = self._first[series, None], self._last[series, None]  # (B, 1)
        rows = np.maximum(starts[:, None], begin) + np.arange(self.window)  # (B, W)
        first = starts[:, None] + self.min_context - 1  # (B, 1)
        counts = (rows >= np.maximum(first, begin + self.min_context - 1)) & (rows < first + self.stride)
        return np.minimum(rows, last), counts & (rows <= last), series


def _refuse_short(inputs: Sequence[Inputs], horizon: int, window: int, sources: Sequence[object]) -> None:
    short = [number for number, one in enumerate(inputs) if len(one.rows) < window + horizon]
    if not short:
        return
    one = inputs[short[0]]
    after = f" after the first season of {one.skipped:,}" if one.skipped else ""
    more = f" (and of {len(short) - 1:,} other series too few)" if len(short) > 1 else ""
    raise DataError(
        f"expected at least {window + horizon:,} training rows, one window (trainer.window={window}) and a "
        f"horizon (model.horizon={horizon}){after}, found {len(one.rows):,}{more}; set a smaller trainer.window",
        sources[short[0]],
    )
