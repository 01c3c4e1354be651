"""What a saved forecaster holds, and how it becomes one that is ready to use."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from seqnlp.bundle import TENSORS, Bundle
from seqnlp.bundle_fields import Fields
from seqnlp.config import ForecasterConfig, SeriesDataConfig
from seqnlp.data.series.inputs import InputTransform
from seqnlp.data.series.scale import Scaler
from seqnlp.data.series.step import Step
from seqnlp.models.forecaster import RecurrentForecaster
from seqnlp.saved_weights import take_numbers, with_weights
from seqnlp.tasks.forecasting.spread import Spreading
from seqnlp.tasks.saved_series import saved_scaler, saved_step

FloatArray = NDArray[np.float64]

LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)
"""Of the prediction intervals that a model has."""

_INTERVALS = "intervals"


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


@dataclass(frozen=True)
class LoadedForecaster:
    """A forecaster, ready to use.

    Attributes:
        intervals: (levels, J, C) half widths on the transformed scale; infinite where dev was too short.
        data: how series are read.
    """

    model: RecurrentForecaster
    facts: SeriesFacts
    intervals: FloatArray
    data: SeriesDataConfig

    @property
    def settings(self) -> ForecasterConfig:
        """The model's settings."""
        return self.model.config

    @property
    def spreading(self) -> Spreading:
        """How its intervals follow the series."""
        return Spreading(self.intervals, LEVELS, self.settings.follow)

    @property
    def reading(self) -> InputTransform:
        """How values become inputs."""
        return reading_of(self.settings)


def reading_of(settings: ForecasterConfig) -> InputTransform:
    """How values become inputs."""
    season = settings.season if settings.difference == "season" else 0
    return InputTransform(settings.transform, season, settings.calendar_features)


def build_forecaster(settings: ForecasterConfig, num_columns: int) -> RecurrentForecaster:
    """The network with its first weights."""
    return RecurrentForecaster(settings, reading_of(settings).num_inputs(num_columns), num_columns)


def facts_to_vocabulary(facts: SeriesFacts) -> dict[str, Any]:
    """What ``vocabulary.json`` holds; :func:`forecaster_from_bundle` reads it back."""
    return {
        "columns": list(facts.names),
        "step": asdict(facts.step) if facts.step else None,
        "mean": facts.scaler.mean.tolist(),
        "deviation": facts.scaler.deviation.tolist(),
        "naive_scales": facts.naive_scales.tolist(),
    }


def tensors_of(model: RecurrentForecaster, intervals: FloatArray) -> dict[str, torch.Tensor]:
    """What ``model.safetensors`` holds: the weights, and the half widths of the intervals."""
    return {**model.state_dict(), _INTERVALS: torch.from_numpy(intervals)}


def forecaster_from_bundle(bundle: Bundle) -> LoadedForecaster:
    """Rebuild the forecaster of a model folder, in inference mode.

    Raises:
        RunError: another task's model, a missing or unknown key, or weights that do not fit the settings.
    """
    bundle.refuse_other_task("forecasting", "a forecaster")
    saved, tensors = bundle.settings, dict(bundle.weights)
    saved.text("task")
    settings = saved.section(
        "model", ForecasterConfig, linear="trained", follow=0.0
    )  # models of older versions do not say
    data = saved.section("data", SeriesDataConfig)
    saved.end("about")
    facts = _facts(bundle.facts)
    columns, path = len(facts.names), bundle.folder / TENSORS
    intervals = take_numbers(tensors, _INTERVALS, path, len(LEVELS), settings.horizon, columns)  # (levels, J, C)
    data.value_columns = ", ".join(facts.names)
    model = with_weights(lambda: build_forecaster(settings, columns), tensors, path)
    return LoadedForecaster(model, facts, intervals, data)


def _facts(saved: Fields) -> SeriesFacts:
    names, step = tuple(saved.texts("columns")), saved.fields("step")
    return SeriesFacts(
        names=names,
        step=saved_step(step) if step else None,
        scaler=saved_scaler(saved, len(names)),
        naive_scales=saved.table("naive_scales", len(names), 2, finite=False),
    )
