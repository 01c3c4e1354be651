"""A series whose numbers are of another size than those of training: its unit, or its decimals, may be others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from seqnlp.data.series.inputs import make_inputs
from seqnlp.data.series.parts import Series
from seqnlp.tasks.forecasting.forecaster import LoadedForecaster

_FEW_ROWS = 10
"""Known ones that say something of a column."""

_TIMES, _DEVIATIONS = 50, 20
"""How many times more or less than in training a column varies, or deviations from training's mean, to be said."""


def tell_other_unit(loaded: LoadedForecaster, series: Series, say: Callable[[str], None]) -> None:
    """Say of which columns the numbers are far from those of training.

    Raises:
        DataError: the series is no longer than a season, or a value cannot be transformed.
    """
    if len(series) < loaded.reading.season + _FEW_ROWS:
        return
    read = make_inputs(loaded.reading, loaded.facts.scaler, series)
    for place, name in enumerate(series.names):
        scaled = read.rows[:, place][read.known[:, place]]  # (known rows,) as deviations from the mean of training
        if len(scaled) < _FEW_ROWS:
            continue
        spread, middle = float(scaled.std()), float(np.median(scaled))
        if 0 < spread < 1 / _TIMES or spread > _TIMES:
            what = f"varies {spread:.2g} times as much as in training"
        elif abs(middle) > _DEVIATIONS:
            what = f"lies {abs(middle):.2g} deviations {'above' if middle > 0 else 'below'} the mean of training"
        else:
            continue
        say(f"warning: {series.source}: column '{name}' {what}; is it in the same unit, and are its decimals read so?")
