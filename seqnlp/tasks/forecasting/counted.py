"""How far a forecaster is off, stretch by stretch of the series."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from seqnlp.bundle import load_bundle
from seqnlp.config.forecasting import ForecastingConfig
from seqnlp.data.series.inputs import make_inputs
from seqnlp.data.series.parts import load_part
from seqnlp.metrics.forecasting import rows_ahead
from seqnlp.metrics.paired_counts import CountedScore, mean_of, root_mean_of
from seqnlp.tasks.counted import CountedAnswers
from seqnlp.tasks.forecasting.forecaster import forecaster_from_bundle
from seqnlp.tasks.forecasting.prediction import backtest
from seqnlp.tasks.splits import require_split


def counted_errors(run: Path, config: ForecastingConfig, split: str, say: Callable[[str], None]) -> CountedAnswers:
    """Absolute and squared errors of each stretch of origins, and how many values they are of; column by column.

    Forecasts from neighbouring rows share most of what they are held against, so that their errors are no independent
    examples. A stretch is as long as the horizon, and longer in a long split (the cube root of its origins).

    The arguments and errors are those of :func:`seqnlp.tasks.forecasting.evaluation.evaluate`.
    """
    loaded = forecaster_from_bundle(load_bundle(run))
    require_split(config, split)
    part = load_part(config.data, split, say, loaded.facts.names, loaded.facts.step)
    inputs = make_inputs(loaded.reading, loaded.facts.scaler, part.series)
    origins, transformed, _, known = backtest(loaded.network, loaded.settings, inputs, part, loaded.facts.scaler)
    actual = part.series.values[rows_ahead(origins, loaded.settings.horizon)]  # (O, J, C)
    off = np.where(known, loaded.reading.restored(transformed) - actual, 0.0)
    length = max(loaded.settings.horizon, round(len(origins) ** (1 / 3)))
    starts = np.arange(0, len(origins), length)
    scores = []
    for place, name in enumerate(part.series.names):
        of = f" of {name}" if len(part.series.names) > 1 else ""
        seen = np.add.reduceat(known[..., place].sum(axis=1), starts)  # (B,)
        for measure, errors, of_sums in (("MAE", np.abs(off), mean_of), ("RMSE", np.square(off), root_mean_of)):
            sums = np.add.reduceat(errors[..., place].sum(axis=1), starts)  # (B,)
            counts = np.stack([sums, seen], axis=1)  # (B, 2)
            scores.append(CountedScore(measure + of, counts, of_sums, higher_is_better=False))
    return CountedAnswers(
        unit=f"stretches of {length} rows",
        examples=[part.series.names, loaded.settings.horizon, origins.tolist(), actual.tolist()],
        answers=transformed.tolist(),
        scores=scores,
    )
