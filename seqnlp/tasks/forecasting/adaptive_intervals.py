"""Prediction intervals that follow the series: wider after values that they missed, narrower while they hold.

Widths fitted on dev hold while the series goes on as there. In rolling use the values that come tell whether it does:
after each, the logarithm of the widths takes a step up for the part of the last forecasts of it that missed, and a step
down for the part that was promised. Over any long run the intervals then miss as often as they say, whatever the series
does (adaptive conformal inference, Gibbs & Candes 2021, with the width in place of the level, as the quantile tracking
of Angelopoulos et al. 2023).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seqnlp.arrays import BoolArray, FloatArray


@dataclass(frozen=True, eq=False)
class IntervalScale:
    """How wide intervals are after a row, as a multiple of those that dev set.

    Attributes:
        logarithms: (L, C) of the multiples, for each level and column.
        waiting: forecasts (J, C) after the last rows, the newest first, on the scale that the widths are on.
    """

    logarithms: FloatArray
    waiting: tuple[FloatArray, ...] = ()

    @property
    def factors(self) -> FloatArray:
        """(L, C) of the widths."""
        return np.exp(self.logarithms)


class AdaptiveIntervals:
    """Moves a :class:`IntervalScale` from row to row.

    Args:
        widths: (L, J, C) that dev set.
        levels: (L,) how often each is to hold.
        rate: the size of a step; 0: widths stay.
    """

    def __init__(self, widths: FloatArray, levels: tuple[float, ...], rate: float) -> None:
        self.widths, self.rate = widths, rate
        self._promised = 1 - np.array(levels)[:, None, None]  # (L, 1, 1)

    @property
    def beginning(self) -> IntervalScale:
        """Before the first row."""
        return IntervalScale(np.zeros((self.widths.shape[0], self.widths.shape[2])))

    def after(
        self, scale: IntervalScale, actual: FloatArray, known: BoolArray, forecast: FloatArray | None
    ) -> IntervalScale:
        """The scale after a row.

        Args:
            actual: (C,) the row.
            known: (C,) False where it was missing.
            forecast: (J, C) after the row; nothing if there were too few rows for one that counts.
        """
        logarithms, most = scale.logarithms, self.widths.shape[1]
        if scale.waiting and known.any():
            forecasts = np.array([ahead[step] for step, ahead in enumerate(scale.waiting)])  # (h, C) of this row
            allowed = self.widths[:, : len(forecasts)] * scale.factors[:, None]  # (L, h, C)
            missed = np.abs(forecasts - actual) > allowed
            step = (missed - self._promised).mean(axis=1) * known  # (L, C)
            logarithms = logarithms + self.rate * step
        waiting = () if forecast is None else (forecast, *scale.waiting[: most - 1])
        return IntervalScale(logarithms, waiting)

    def along(self, forecasts: FloatArray, actual: FloatArray, known: BoolArray) -> FloatArray:
        """The factors (O, L, C) after each of some rows that follow each other.

        Args:
            forecasts: (O, J, C) after them.
            actual, known: (O, C) the rows.
        """
        scale, factors = self.beginning, np.empty((len(actual), *self.beginning.logarithms.shape))
        for row, ahead in enumerate(forecasts):
            scale = self.after(scale, actual[row], known[row], ahead)
            factors[row] = scale.factors
        return factors
