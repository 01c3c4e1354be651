"""How far a forecaster is off, stretch by stretch of the series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from seqnlp.arrays import BoolArray, FloatArray, IntArray
from seqnlp.bundle import load_bundle
from seqnlp.config.forecasting import ForecastingConfig
from seqnlp.data.series.inputs import make_inputs
from seqnlp.data.series.parts import Part
from seqnlp.metrics.forecasting import rows_ahead
from seqnlp.metrics.paired_counts import CountedScore, mean_of, root_mean_of
from seqnlp.tasks.counted import CountedAnswers
from seqnlp.tasks.forecasting.evaluation import known_parts
from seqnlp.tasks.forecasting.forecaster import LoadedForecaster, forecaster_from_bundle
from seqnlp.tasks.forecasting.prediction import backtest
from seqnlp.tasks.splits import require_split


def counted_errors(run: Path, config: ForecastingConfig, split: str, say: Callable[[str], None]) -> CountedAnswers:
    """Absolute and squared errors of each stretch of origins, and how many values they are of; column by column.

    Forecasts from neighbouring rows share most of what they are held against, so that their errors are no independent
    examples. A stretch is as long as the horizon, and longer in a long split (the cube root of its origins). Errors of
    several series are counted in standard deviations of each.

    The arguments and errors are those of :func:`seqnlp.tasks.forecasting.evaluation.evaluate`.
    """
    loaded = forecaster_from_bundle(load_bundle(run))
    require_split(config, split)
    parts = known_parts(loaded, config, split, say)
    tests = {name: _errors(loaded.of(name), part, bool(loaded.many)) for name, part in parts.items()}
    most = max(len(test.origins) for test in tests.values())
    length = max(loaded.settings.horizon, round(most ** (1 / 3)))
    scores, names = [], loaded.facts.names
    for place, name in enumerate(names):
        of = f" of {name}" if len(names) > 1 else ""
        of += " in deviations of each series" if loaded.many else ""
        seen = np.concatenate([_sums(test.known[..., place].astype(float), length) for test in tests.values()])  # (B,)
        for measure, power, of_sums in (("MAE", np.abs, mean_of), ("RMSE", np.square, root_mean_of)):
            sums = np.concatenate([_sums(power(test.off[..., place]), length) for test in tests.values()])  # (B,)
            counts = np.stack([sums, seen], axis=1)  # (B, 2)
            scores.append(CountedScore(measure + of, counts, of_sums, higher_is_better=False))
    asked = [[name, test.origins.tolist(), test.actual.tolist()] for name, test in tests.items()]
    return CountedAnswers(
        unit=f"stretches of {length} rows",
        examples=[names, loaded.settings.horizon, *asked],
        answers=[test.transformed.tolist() for test in tests.values()],
        scores=scores,
    )


@dataclass(frozen=True)
class _Errors:
    """Of one series: origins (O,), forecasts on the transformed scale, what came, how far off, and what is known."""

    origins: IntArray
    transformed: FloatArray
    actual: FloatArray
    off: FloatArray
    known: BoolArray


def _errors(loaded: LoadedForecaster, part: Part, scaled: bool) -> _Errors:
    inputs = make_inputs(loaded.reading, loaded.facts.scaler, part.series)
    origins, transformed, _, known = backtest(loaded.network, loaded.settings, inputs, part, loaded.facts.scaler)
    actual = part.series.values[rows_ahead(origins, loaded.settings.horizon)]  # (O, J, C)
    off = np.where(known, loaded.reading.restored(transformed) - actual, 0.0)
    unit = part.series.values.std(axis=0) if scaled else 1.0  # (C,)
    return _Errors(origins, transformed, actual, off / np.where(unit, unit, 1.0), known)


def _sums(of_each: FloatArray, length: int) -> FloatArray:
    """Sums (B,) over stretches of origins of something (O, J)."""
    return np.asarray(np.add.reduceat(of_each.sum(axis=1), np.arange(0, len(of_each), length)))
