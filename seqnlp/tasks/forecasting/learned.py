"""The series that a forecaster learns from: their training and development parts, as it reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from seqnlp.config.forecasting import AUTO, ForecasterConfig
from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.inputs import Inputs, InputTransform, fit_scale, known_calendar_features, make_inputs
from seqnlp.data.series.many import dev_parts, train_parts
from seqnlp.data.series.parts import Part, Series
from seqnlp.errors import DataError
from seqnlp.metrics.forecasting import naive_scale
from seqnlp.tasks.forecasting.facts import SeriesFacts, reading_of
from seqnlp.tasks.forecasting.prediction import origins_of


@dataclass(frozen=True)
class LearnedSeries:
    """A series of the training file.

    Attributes:
        name: in the column that names series; empty: the file is one series.
        facts: what the training part says; nothing of a later row is in it.
        train, inputs: the training part, and as it is read.
        dev, dev_inputs: the development part, if there is one.
    """

    name: str
    facts: SeriesFacts
    train: Part
    inputs: Inputs
    dev: Part | None
    dev_inputs: Inputs | None


def learned_series(
    data: SeriesDataConfig, settings: ForecasterConfig, say: Callable[[str], None]
) -> tuple[InputTransform, list[LearnedSeries]]:
    """How values become inputs, and the series by name.

    Args:
        settings: of the model; ``calendar=auto`` becomes there what the longest series shows.

    Raises:
        DataError: a file is missing or not as configured, or a part of a series is too short; names the series.
    """
    whole, trains = train_parts(data, say)
    longest = max(trains.values(), key=len).series
    if settings.calendar == AUTO:
        settings.calendar = ", ".join(known_calendar_features(longest.moments))
    reading = reading_of(settings)
    facts = {name: _facts(reading, settings, train.series, name) for name, train in trains.items()}
    devs = dev_parts(data, whole, trains, say)
    if data.series_column:  # of many series the few that are too short are to be known before hours of training
        for part in devs.values():
            origins_of(part, settings, reading)
    learned = []
    for name, train in trains.items():
        scaler, dev = facts[name].scaler, devs.get(name)
        inputs = make_inputs(reading, scaler, train.series)
        dev_inputs = make_inputs(reading, scaler, dev.series) if dev else None
        learned.append(LearnedSeries(name, facts[name], train, inputs, dev, dev_inputs))
    return reading, learned


def _facts(reading: InputTransform, settings: ForecasterConfig, series: Series, name: str) -> SeriesFacts:
    season = settings.season
    if len(series) <= season:
        problem = f"expected more than {season:,} training rows, a season (model.season), found {len(series):,}"
        raise DataError(problem, series.source)
    columns = zip(series.values.T, series.known.T, strict=True)
    scales = [[naive_scale(values, known, rows) for rows in (season, 1)] for values, known in columns]  # (C, 2)
    scaler = fit_scale(reading, series, "leave the series out" if name else "")
    return SeriesFacts(series.names, series.step, scaler, np.array(scales))
