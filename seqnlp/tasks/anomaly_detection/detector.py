"""From a model folder to a detector that is ready to use, in any engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from seqnlp.arrays import FloatArray
from seqnlp.bundle import Bundle
from seqnlp.bundle_files import TENSORS
from seqnlp.config.anomaly_detection import AutoencoderConfig
from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.inputs import Inputs, InputTransform, make_inputs
from seqnlp.data.series.parts import Series
from seqnlp.data.series.step import Step
from seqnlp.errors import DataError, SeqnlpError, listed
from seqnlp.networks.autoencoder import GraphDetector
from seqnlp.networks.engine import choose_engine, make_network
from seqnlp.networks.graph import Array
from seqnlp.networks.protocol import DetectorNetwork
from seqnlp.networks.shapes import autoencoder_shapes
from seqnlp.saved_weights import refuse_unfit, take_numbers, with_weights
from seqnlp.tasks.anomaly_detection.known import KnownSeries, known_together, saved_series
from seqnlp.tasks.anomaly_detection.reading import known_numbers, reading_of
from seqnlp.tasks.anomaly_detection.scoring import ErrorBaseline, baseline_of, row_errors, row_scores
from seqnlp.tasks.saved_series import saved_step

CALIBRATION = "calibration"
"""What the scores of the held-back rows are called beside the weights."""


@dataclass(frozen=True)
class LoadedDetector:
    """An autoencoder, the scale it reads in, and what its errors usually are; or of several series, of which :meth:`of`
    takes one.

    Attributes:
        network: rebuilds windows.
        settings: those of the model.
        names: (C,) of the columns.
        data: how files are read.
        step: between rows, as in training; nothing if the series had no time stamps.
        known: of the series; of a model of several, the held-back rows of all.
        many: what a model of several series knows of each, by its name.
    """

    network: DetectorNetwork
    settings: AutoencoderConfig
    names: tuple[str, ...]
    data: SeriesDataConfig
    step: Step | None
    known: KnownSeries
    many: Mapping[str, KnownSeries] | None = None

    def of(self, name: str) -> LoadedDetector:
        """The detector of one series; of a model of one series that model.

        Raises:
            DataError: training never saw the series.
        """
        if self.many is None:
            return self
        if name not in self.many:
            raise DataError(
                f"expected one of the series of training ({listed(self.many)}), found '{name}': what is usual of it is "
                "not known"
            )
        return replace(self, known=self.many[name], many=None)

    def threshold(self, false_alarms: float) -> float:
        """The score above which a row is flagged, at a rate of false alarms.

        Raises:
            SeqnlpError: the held-back rows are too few for the rate.
        """
        judging = self.known.judging(false_alarms)
        return judging.threshold(false_alarms, self.settings.window, self.settings.confidence)

    @property
    def reading(self) -> InputTransform:
        """How values become inputs."""
        return reading_of(self.settings)

    def level(self) -> ErrorBaseline:
        """The usual error as a series begins."""
        return baseline_of(self.settings, self.known.baseline_error)

    def inputs(self, series: Series) -> Inputs:
        """What the model reads of a series.

        Raises:
            DataError: other columns than in training.
        """
        refuse_other_columns(self.names, series)
        return make_inputs(self.reading, self.known.scaler, series)

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
    names, step = tuple(facts.texts("columns")), facts.fields("step")
    every = saved_series(facts, len(names), take_numbers(weights, CALIBRATION, path, -1))
    data.value_columns = ", ".join(names)
    made = saved_step(step) if step else None
    network = _network(settings, len(names), weights, path, detector_engine(engine, device), device, threads)
    return LoadedDetector(network, settings, names, data, made, *known_together(every))


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
