"""What a forecaster knows of its series beside its weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
"""What their half widths are called beside the weights."""


@dataclass(frozen=True)
class SeriesFacts:
    """What the training part said.

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


def facts_to_vocabulary(facts: SeriesFacts) -> dict[str, Any]:
    """What ``vocabulary.json`` holds; :func:`saved_facts` reads it back."""
    shared = series_facts(facts.names, facts.step, facts.scaler)
    return {**shared, "naive_scales": facts.naive_scales.tolist()}


def saved_facts(saved: Fields) -> SeriesFacts:
    """The inverse of :func:`facts_to_vocabulary`.

    Raises:
        RunError: a field is missing or of another kind.
    """
    names, step = tuple(saved.texts("columns")), saved.fields("step")
    return SeriesFacts(
        names=names,
        step=saved_step(step) if step else None,
        scaler=saved_scaler(saved, len(names)),
        naive_scales=saved.table("naive_scales", len(names), 2, finite=False),
    )
