"""From a model folder to a detector that is ready to use."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqnlp.bundle import TENSORS, Bundle
from seqnlp.config import AutoencoderConfig, SeriesDataConfig
from seqnlp.data.series.inputs import Inputs, InputTransform, make_inputs
from seqnlp.data.series.parts import Series
from seqnlp.data.series.scale import Scaler
from seqnlp.data.series.step import Step
from seqnlp.errors import DataError
from seqnlp.metrics.false_alarms import surer_threshold
from seqnlp.models.autoencoder import Autoencoder
from seqnlp.saved_weights import take_numbers, with_weights
from seqnlp.tasks.anomaly_detection.scoring import ErrorBaseline, baseline_of, for_scoring, row_errors, row_scores
from seqnlp.tasks.saved_series import saved_scaler, saved_step

FloatArray = NDArray[np.float64]

_CALIBRATION = "calibration"


@dataclass(frozen=True)
class LoadedDetector:
    """An autoencoder, the scale it reads in, and what its errors usually are.

    Attributes:
        names: (C,) of the columns.
        data: how files are read.
        step: between rows, as in training; nothing if the series had no time stamps.
        usual: mean error of the training part.
        calibration: (n,) scores of the held-back normal rows, in the order of time.
    """

    model: Autoencoder
    names: tuple[str, ...]
    data: SeriesDataConfig
    step: Step | None
    scaler: Scaler
    baseline_error: float
    calibration: FloatArray

    @property
    def settings(self) -> AutoencoderConfig:
        """Those of the model."""
        return self.model.config

    def threshold(self, false_alarms: float) -> float:
        """The score above which a row is flagged, at a rate of false alarms.

        Raises:
            SeqnlpError: the held-back rows are too few for the rate.
        """
        return surer_threshold(self.calibration, false_alarms, self.settings.window, self.settings.confidence)

    @property
    def reading(self) -> InputTransform:
        """How values become inputs."""
        return reading_of(self.settings)

    def level(self) -> ErrorBaseline:
        """The usual error as a series begins."""
        return baseline_of(self.settings, self.baseline_error)

    def inputs(self, series: Series) -> Inputs:
        """What the model reads of a series.

        Raises:
            DataError: other columns than in training.
        """
        refuse_other_columns(self.names, series)
        return make_inputs(self.reading, self.scaler, series)

    def score(self, series: Series) -> FloatArray:
        """Scores (T,) of a series; NaN for the first rows, which end no window.

        Raises:
            DataError: it is shorter than one window, or has other columns.
        """
        errors = row_errors(self.model, self.inputs(series), series.source)  # (T,)
        return row_scores(errors, self.settings.window, self.level())


def refuse_other_columns(names: tuple[str, ...], series: Series) -> None:
    """Stop at a series with other columns than those that were learnt.

    Raises:
        DataError: with both.
    """
    if series.names != names:
        expected, found = (", ".join(f"'{name}'" for name in each) for each in (names, series.names))
        raise DataError(f"expected the columns {expected} as in training, found {found}", series.source)


def reading_of(settings: AutoencoderConfig) -> InputTransform:
    """Values as they are, beside the calendar."""
    return InputTransform("none", 0, settings.calendar_features)


def build_autoencoder(settings: AutoencoderConfig, columns: int) -> Autoencoder:
    """The network, with its first weights."""
    return Autoencoder(settings, columns, reading_of(settings).num_inputs(columns) - columns)


def facts_to_vocabulary(detector: LoadedDetector) -> dict[str, Any]:
    """What ``vocabulary.json`` holds; :func:`detector_from_bundle` reads it back."""
    return {
        "columns": list(detector.names),
        "step": asdict(detector.step) if detector.step else None,
        "mean": detector.scaler.mean.tolist(),
        "deviation": detector.scaler.deviation.tolist(),
        "baseline_error": detector.baseline_error,
    }


def calibration_of(detector: LoadedDetector) -> dict[str, Tensor]:
    """What ``model.safetensors`` holds beside the weights: the scores of the held-back rows, in the order of time."""
    return {_CALIBRATION: torch.from_numpy(detector.calibration)}


def detector_from_bundle(bundle: Bundle) -> LoadedDetector:
    """Rebuild the detector of a model folder, in inference mode.

    Raises:
        RunError: another task's model, a missing or unknown key, or weights that do not fit the settings.
    """
    bundle.refuse_other_task("anomaly_detection", "an anomaly detector")
    saved, facts, tensors, path = bundle.settings, bundle.facts, dict(bundle.weights), bundle.folder / TENSORS
    saved.text("task")
    settings = saved.section("model", AutoencoderConfig, confidence=0.0)  # of models that do not say
    data = saved.section("data", SeriesDataConfig)
    saved.end("about")
    names, step, baseline_error = tuple(facts.texts("columns")), facts.fields("step"), facts.number("baseline_error")
    scaler = saved_scaler(facts, len(names))
    calibration = take_numbers(tensors, _CALIBRATION, path, -1)  # (n,)
    data.value_columns = ", ".join(names)
    model = with_weights(lambda: build_autoencoder(settings, len(names)), tensors, path)
    made = saved_step(step) if step else None
    return LoadedDetector(for_scoring(model), names, data, made, scaler, baseline_error, calibration)
