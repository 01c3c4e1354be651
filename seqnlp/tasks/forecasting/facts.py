"""What a forecaster knows of its series beside its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqnlp.arrays import FloatArray
from seqnlp.bundle_fields import Fields
from seqnlp.config.forecasting import ForecasterConfig
from seqnlp.data.series.inputs import InputTransform
from seqnlp.data.series.scale import Scaler
from seqnlp.data.series.step import Step
from seqnlp.tasks.saved_series import saved_scaler, saved_step, series_facts

LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)
"""Of the prediction intervals that a model has."""

INTERVALS = "intervals"
"""What their half widths are called beside the weights; of several series, those of a series that has none of its own,
in deviations of the series."""

SERIES_INTERVALS = "series_intervals"
"""What those of each of several series are called."""

EMBEDDINGS = "series.weight"
"""What the embeddings of several series are called among the weights in training; they are saved beside the scales."""


@dataclass(frozen=True)
class SeriesFacts:
    """What the training part of a series said.

    Attributes:
        names: (C,) of the columns.
        step: between rows, if there are time stamps.
        scaler: of what is read.
        naive_scales: (C, 2) mean absolute changes over a season, and over one row.
    """

    names: tuple[str, ...]
    step: Step | None
    scaler: Scaler
    naive_scales: FloatArray


def reading_of(settings: ForecasterConfig) -> InputTransform:
    """How values become inputs."""
    season = settings.season if settings.difference == "season" else 0
    return InputTransform(settings.transform, season, settings.calendar_features)


def num_inputs_of(settings: ForecasterConfig, columns: int) -> int:
    """D, the inputs of a row: values, calendar, and the embedding of the series."""
    return reading_of(settings).num_inputs(columns) + settings.series_dim


def facts_to_vocabulary(facts: Mapping[str, SeriesFacts], embeddings: FloatArray | None = None) -> dict[str, Any]:
    """What ``vocabulary.json`` holds of the series by name; :func:`saved_facts` reads it back.

    Of one series without a name its scale is there as (C,) numbers; of several the names are, (S, C) numbers,
    and (S, E) embeddings if the network reads them.
    """
    every = list(facts.values())
    first = every[0]
    if list(facts) == [""]:
        return {**series_facts(first.names, first.step, first.scaler), "naive_scales": first.naive_scales.tolist()}
    scales = Scaler(*(np.array([getattr(one.scaler, key) for one in every]) for key in ("mean", "deviation")))
    return {
        **series_facts(first.names, first.step, scales),
        "naive_scales": [one.naive_scales.tolist() for one in every],
        "series": list(facts),
        **({} if embeddings is None else {"embeddings": embeddings.tolist()}),
    }


def saved_facts(saved: Fields) -> dict[str, SeriesFacts]:
    """The inverse of :func:`facts_to_vocabulary`.

    Raises:
        RunError: a field is missing or of another kind.
    """
    names, step = tuple(saved.texts("columns")), saved.fields("step")
    same, columns = (names, saved_step(step) if step else None), len(names)
    if "series" not in saved:
        scales = saved.table("naive_scales", columns, 2, finite=False)
        return {"": SeriesFacts(*same, saved_scaler(saved, columns), scales)}
    series = saved.texts("series")
    scaler = saved_scaler(saved, len(series), columns)  # (S, C)
    scales = saved.table("naive_scales", len(series), columns, 2, finite=False)
    return {
        name: SeriesFacts(*same, Scaler(scaler.mean[place], scaler.deviation[place]), scales[place])
        for place, name in enumerate(series)
    }
