"""The series that a detector learns from: their training and development parts, and which rows of them are normal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.config.anomaly_detection import AnomalyDetectionConfig
from seqnlp.data.series.inputs import Inputs, make_inputs
from seqnlp.data.series.many import dev_parts, train_parts
from seqnlp.data.series.parts import Part
from seqnlp.data.series.scale import Scaler, fit_scaler
from seqnlp.metrics.held_back import HeldBackScores
from seqnlp.networks.protocol import DetectorNetwork
from seqnlp.tasks.anomaly_detection.known import KnownSeries
from seqnlp.tasks.anomaly_detection.labelled_windows import (
    labelled_windows,
    normal_windows,
    number_rows,
    refuse_other_labels,
)
from seqnlp.tasks.anomaly_detection.reading import reading_of
from seqnlp.tasks.anomaly_detection.scoring import baseline_of, row_errors, row_scores


@dataclass(frozen=True)
class LearnedSeries:
    """A series of the training file.

    Attributes:
        name: in the column that names series; empty: the file is one series.
        scaler: of the training part's normal rows.
        train, inputs: the training part, and as it is read.
        starts: (N,) where its windows begin that touch no labelled row.
        left_out: how many others there are.
        dev, dev_inputs: the development part, if the series has one.
        dev_rows: (n,) the rows of it that are held back: each ends a window that touches no labelled row.
    """

    name: str
    scaler: Scaler
    train: Part
    inputs: Inputs
    starts: IntArray
    left_out: int
    dev: Part | None
    dev_inputs: Inputs | None
    dev_rows: IntArray

    def judged(self, network: DetectorNetwork, config: AnomalyDetectionConfig) -> tuple[FloatArray, KnownSeries]:
        """The errors (n,) of the held-back rows, and what is known of the series with this network."""
        window, settings = config.model.window, config.model
        if self.dev and self.dev_inputs:
            errors = row_errors(network, window, self.dev_inputs, self.dev.series.source)  # (T,)
            begin = self.dev.begin
        else:
            errors, begin = np.zeros(0), 0
        anew = not begin  # or dev goes on from train
        before = row_errors(network, window, self.inputs, self.train.series.source) if anew else errors[:begin]
        baseline_error = float(np.nanmean(before[self.starts + window - 1]))
        scores = row_scores(errors, window, baseline_of(settings, baseline_error))  # (T,)
        return errors[self.dev_rows], KnownSeries(self.scaler, baseline_error, HeldBackScores(scores[self.dev_rows]))


def learned_series(config: AnomalyDetectionConfig, say: Callable[[str], None]) -> list[LearnedSeries]:
    """The series by name; one without a name where ``data.series_column`` names none.

    Raises:
        DataError: a file is missing or not as configured, or a part of a series is too short; names the series.
    """
    data, settings = config.data, config.model
    whole, trains = train_parts(data, say)
    devs = dev_parts(data, whole, trains, say)
    labels, dev_labels = labelled_windows(data, "train"), labelled_windows(data, "dev")
    refuse_other_labels({**labels, **dev_labels}, trains, data.labels)
    reading, learned = reading_of(settings), []
    for name, train in trains.items():
        series, dev = train.series, devs.get(name)
        anomalies = number_rows(series, labels.get(name, ()))  # (T,)
        normal = series.known & (anomalies == 0)[:, None]  # (T, C)
        scaler = fit_scaler(series.values, normal, series.names, series.source, *["leave the series out"] * bool(name))
        starts, left_out = normal_windows(series, anomalies, settings.window, config.trainer.stride)
        dev_rows = np.zeros(0, dtype=np.int64)
        if dev:
            begins, _ = normal_windows(dev.series, number_rows(dev.series, dev_labels.get(name, ())), settings.window)
            dev_rows = begins + settings.window - 1
            dev_rows = dev_rows[dev_rows >= dev.begin]
        learned.append(
            LearnedSeries(
                name=name,
                scaler=scaler,
                train=train,
                inputs=make_inputs(reading, scaler, series),
                starts=starts,
                left_out=left_out,
                dev=dev,
                dev_inputs=make_inputs(reading, scaler, dev.series) if dev else None,
                dev_rows=dev_rows,
            )
        )
    return learned
