"""What a saved forecaster holds, and how it becomes one that is ready to use."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from seqnlp.bundle import Bundle
from seqnlp.config import ForecasterConfig, ForecastingConfig, SeriesDataConfig, read_section
from seqnlp.config.series import READ_ALIKE
from seqnlp.data.series_inputs import Reading
from seqnlp.data.series_scale import Scaler
from seqnlp.data.series_step import Step
from seqnlp.errors import RunError
from seqnlp.models.forecaster import RecurrentForecaster

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
        intervals: (levels, H, C) half widths on the transformed scale; infinite where dev was too short.
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
    def reading(self) -> Reading:
        """How values become inputs."""
        return reading_of(self.settings)


def reading_of(settings: ForecasterConfig) -> Reading:
    """How values become inputs."""
    season = settings.season if settings.difference == "season" else 0
    return Reading(settings.transform, season, settings.rhythms)


def build_forecaster(settings: ForecasterConfig, num_columns: int) -> RecurrentForecaster:
    """The network with its first weights."""
    return RecurrentForecaster(settings, reading_of(settings).num_inputs(num_columns), num_columns)


def describe(config: ForecastingConfig) -> dict[str, Any]:
    """What ``config.yaml`` of the model folder says: names and numbers, no paths."""
    return {
        "task": "forecasting",
        "data": {name: getattr(config.data, name) for name in READ_ALIKE},
        "model": asdict(config.model),
        "about": asdict(config.about),
    }


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
    description, tensors = dict(bundle.description), dict(bundle.tensors)
    if description.get("task") != "forecasting":
        raise RunError(f"this is a model for {description.get('task')}, not a forecaster")
    try:
        del description["task"]
        settings = read_section(ForecasterConfig, description.pop("model"), "model.")
        data = read_section(SeriesDataConfig, description.pop("data"), "data.")
        facts = _facts(bundle.vocabulary)
        intervals = tensors.pop(_INTERVALS).double().numpy()  # (levels, H, C)
    except KeyError as missing:
        raise RunError(f"the model's files lack the key {missing}; they were changed or not saved whole") from None
    description.pop("about", None)
    if description:
        unknown = next(iter(description))
        raise RunError(f"the model's config.yaml has the unknown key '{unknown}'; install a newer seqnlp")
    data.value_columns = ", ".join(facts.names)
    model = build_forecaster(settings, len(facts.names))
    try:
        model.load_state_dict(tensors)
    except RuntimeError as problem:
        raise RunError(f"the model's weights do not fit its config.yaml: {problem}") from problem
    return LoadedForecaster(model.eval().requires_grad_(False), facts, intervals, data)


def _facts(stored: dict[str, Any]) -> SeriesFacts:
    return SeriesFacts(
        names=tuple(stored["columns"]),
        step=Step(**stored["step"]) if stored["step"] else None,
        scaler=Scaler(np.array(stored["mean"]), np.array(stored["deviation"])),
        naive_scales=np.array(stored["naive_scales"]),
    )
