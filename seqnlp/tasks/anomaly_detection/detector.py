"""From a model folder to a detector that is ready to use, in any engine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from seqnlp.arrays import FloatArray
from seqnlp.bundle import Bundle
from seqnlp.bundle_files import TENSORS
from seqnlp.config.anomaly_detection import AutoencoderConfig
from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.inputs import Inputs, InputTransform, make_inputs
from seqnlp.data.series.parts import Series
from seqnlp.data.series.scale import Scaler
from seqnlp.data.series.step import Step
from seqnlp.errors import DataError, SeqnlpError
from seqnlp.metrics.false_alarms import surer_threshold
from seqnlp.networks.autoencoder import GraphDetector
from seqnlp.networks.engine import choose_engine, make_network
from seqnlp.networks.graph import Array
from seqnlp.networks.protocol import DetectorNetwork
from seqnlp.networks.shapes import autoencoder_shapes
from seqnlp.saved_weights import refuse_unfit, take_numbers, with_weights
from seqnlp.tasks.anomaly_detection.reading import known_numbers, reading_of
from seqnlp.tasks.anomaly_detection.scoring import ErrorBaseline, baseline_of, row_errors, row_scores
from seqnlp.tasks.saved_series import saved_scaler, saved_step, series_facts

CALIBRATION = "calibration"
"""What the scores of the held-back rows are called beside the weights."""


@dataclass(frozen=True)
class LoadedDetector:
    """An autoencoder, the scale it reads in, and what its errors usually are.

    Attributes:
        network: rebuilds windows.
        settings: those of the model.
        names: (C,) of the columns.
        data: how files are read.
        step: between rows, as in training; nothing if the series had no time stamps.
        baseline_error: mean error of the training part.
        calibration: (n,) scores of the held-back normal rows, in the order of time.
    """

    network: DetectorNetwork
    settings: AutoencoderConfig
    names: tuple[str, ...]
    data: SeriesDataConfig
    step: Step | None
    scaler: Scaler
    baseline_error: float
    calibration: FloatArray

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
        errors = row_errors(self.network, self.settings.window, self.inputs(series), series.source)  # (T,)
        return row_scores(errors, self.settings.window, self.level())


def refuse_other_columns(names: tuple[str, ...], series: Series) -> None:
    """Stop at a series with other columns than those that were learnt.

    Raises:
        DataError: with both.
    """
    if series.names != names:
        expected, actual = (", ".join(f"'{name}'" for name in each) for each in (names, series.names))
        raise DataError(f"expected the columns {expected} as in training, found {actual}", series.source)


def facts_to_vocabulary(detector: LoadedDetector) -> dict[str, Any]:
    """What ``vocabulary.json`` holds; :func:`detector_from_bundle` reads it back."""
    shared = series_facts(detector.names, detector.step, detector.scaler)
    return {**shared, "baseline_error": detector.baseline_error}


def detector_engine(engine: str, device: str = "cpu") -> str:
    """The engine's own name; ``auto`` is numpy on a CPU: detectors compute in fp64.

    Raises:
        SeqnlpError: it is not installed, does not compute on the device, or not in fp64.
    """
    if engine == "auto" and device == "cpu":
        engine = "numpy"
    if engine == "onnxruntime":
        raise SeqnlpError(
            "a detector computes in double precision, in which the engine onnxruntime has no recurrent layers; "
            "use the engine numpy or torch"
        )
    return choose_engine(engine, device)


def detector_from_bundle(bundle: Bundle, engine: str = "auto", device: str = "cpu", threads: int = 0) -> LoadedDetector:
    """Rebuild the detector of a model folder.

    Args:
        engine, device: see :func:`detector_engine`.
        threads: of torch; numpy has its own.

    Raises:
        RunError: another task's model, a missing or unknown key, or weights that do not fit the settings.
        SeqnlpError: there is no such engine.
    """
    saved = bundle.settings_of("anomaly_detection", "an anomaly detector")
    facts, weights, path = bundle.facts, dict(bundle.weights), bundle.folder / TENSORS
    settings = saved.section("model", AutoencoderConfig, confidence=0.0)  # of models that do not say
    data = saved.section("data", SeriesDataConfig)
    saved.end("about")
    names, step, baseline_error = tuple(facts.texts("columns")), facts.fields("step"), facts.number("baseline_error")
    scaler = saved_scaler(facts, len(names))
    calibration = take_numbers(weights, CALIBRATION, path, -1)  # (n,)
    data.value_columns = ", ".join(names)
    made = saved_step(step) if step else None
    network = _network(settings, len(names), weights, path, detector_engine(engine, device), device, threads)
    return LoadedDetector(network, settings, names, data, made, scaler, baseline_error, calibration)


def _network(
    settings: AutoencoderConfig,
    columns: int,
    weights: dict[str, Array],
    path: Path,
    engine: str,
    device: str,
    threads: int,
) -> DetectorNetwork:
    if engine == "torch":
        from seqnlp.models.as_network import torch_device, use_threads
        from seqnlp.models.series_as_network import TorchDetector
        from seqnlp.tasks.anomaly_detection.model import build_autoencoder

        use_threads(threads)
        model = with_weights(lambda: build_autoencoder(settings, columns), weights, path)
        return TorchDetector(model.to(torch_device(device)))
    refuse_unfit(partial(autoencoder_shapes, settings, columns, known_numbers(settings, columns)), weights, path)
    return GraphDetector(settings, weights, columns, partial(make_network, engine=engine))
