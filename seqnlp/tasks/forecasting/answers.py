"""What a forecaster answers: the rows ahead, as numbers, as JSON, and as a picture in a notebook."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqnlp.arrays import FloatArray
from seqnlp.plots.answers import framed
from seqnlp.plots.lines import charts_html
from seqnlp.report.chart import Chart, Line
from seqnlp.row_fields import beside

DIGITS = 7
"""Of a number that is written; the model computes with as many, in deviations from the mean."""

_MOST_DIGITS = 15
"""That a number in double precision has."""


def digits_beside(values: FloatArray, deviation: FloatArray) -> int:
    """Digits that show changes of values (N, C), however far from 0 they are: of a meter at 48,123,456.7, say."""
    sizes = np.abs(np.where(np.isfinite(values), values, 0.0)).max(axis=0)  # (C,)
    far = np.log10(np.maximum(sizes, deviation)) - np.log10(deviation)  # (C,)
    return min(max(DIGITS, DIGITS - 2 + math.floor(float(far.max()))), _MOST_DIGITS)


@dataclass(frozen=True, eq=False)
class Forecast:
    """What comes after a row.

    Attributes:
        names: (C,) of the columns.
        origin: the time stamp of the last row that was read, or its number from 1.
        times: (N,) those of the rows that are forecast.
        values: (N, C).
        low, high: (N, C) the prediction interval; infinite where the model has none.
        level: how often it is to hold the value.
        digits: of each number as it is written.
    """

    names: tuple[str, ...]
    origin: str
    times: tuple[str, ...]
    values: FloatArray
    low: FloatArray
    high: FloatArray
    level: float
    digits: int = DIGITS

    def to_dict(self) -> dict[str, Any]:
        """The forecast as ``seqnlp forecast --output jsonl`` writes it.

        A column called ``time`` or ``step`` is ``predicted_time`` or ``predicted_step`` there.
        """
        ahead = [
            beside({"time": time, "step": place + 1}, dict(zip(self.names, self.sides(place), strict=True)))
            for place, time in enumerate(self.times)
        ]
        return {"origin": self.origin, "level": self.level, "ahead": ahead}

    def sides(self, place: int) -> list[dict[str, float | None]]:
        """The ``value``, ``low`` and ``high`` of each column in one of the rows ahead; ``None`` where not finite."""
        ends = {"value": self.values, "low": self.low, "high": self.high}
        return [
            {key: _written(float(side[place, column]), self.digits) for key, side in ends.items()}
            for column in range(len(self.names))
        ]

    def _repr_html_(self) -> str:
        def line(name: str, values: FloatArray) -> Line:
            return Line(name, [(float(ahead + 1), float(value)) for ahead, value in enumerate(values)])

        charts = [
            Chart(
                name,
                "rows ahead",
                name,
                [line("forecast", self.values[:, at]), line("low", self.low[:, at]), line("high", self.high[:, at])],
            )
            for at, name in enumerate(self.names)
        ]
        explanation = f"{self.times[0]} to {self.times[-1]}, with intervals of {100 * self.level:g} %"
        return framed(charts_html(f"What comes after {self.origin}", explanation, charts))


def _written(number: float, digits: int) -> float | None:
    """A number as it is written; none where the model has none."""
    return float(f"{number:.{digits}g}") if np.isfinite(number) else None
