"""The anomaly-detection task: what the training loop needs to train, calibrate and keep a detector."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seqnlp.bundle import Bundle, load_bundle, weights_of
from seqnlp.config.anomaly_detection import AnomalyDetectionConfig
from seqnlp.data.batches import plan_epoch
from seqnlp.data.series.inputs import make_inputs
from seqnlp.data.series.parts import Part, load_part, part_digest
from seqnlp.data.series.scale import fit_scaler
from seqnlp.metrics.false_alarms import conformal_threshold
from seqnlp.models.autoencoder import Autoencoder
from seqnlp.models.series_as_network import TorchDetector
from seqnlp.models.size import count_parameters
from seqnlp.tasks.anomaly_detection.card import model_card
from seqnlp.tasks.anomaly_detection.detector import (
    CALIBRATION,
    LoadedDetector,
    detector_from_bundle,
    facts_to_vocabulary,
    refuse_other_columns,
)
from seqnlp.tasks.anomaly_detection.labelled_windows import labelled_windows, labels_digest, normal_windows, number_rows
from seqnlp.tasks.anomaly_detection.model import build_autoencoder
from seqnlp.tasks.anomaly_detection.reading import reading_of
from seqnlp.tasks.anomaly_detection.scoring import baseline_of, row_errors, row_scores
from seqnlp.tasks.anomaly_detection.windows import take_windows
from seqnlp.tasks.base import BaseTask
from seqnlp.tasks.saved_series import describe
from seqnlp.tasks.start import (
    name_of,
    refuse_other,
    refuse_other_settings,
    start_bundle,
    start_digests,
    take_over_weights,
)
from seqnlp.training.checkpoint import DEV, TRAIN
from seqnlp.training.task import Batch


class AnomalyDetectionTask(BaseTask[AnomalyDetectionConfig, Autoencoder]):
    """An autoencoder, the windows it learns from, and the held-back rows that set its threshold.

    Windows that touch a labelled one are left out of training and calibration.

    Raises:
        DataError: a file is missing or not as configured, or a part has too few rows.
    """

    higher_is_better = False

    def __init__(
        self, config: AnomalyDetectionConfig, folder: Path, device: torch.device, say: Callable[[str], None]
    ) -> None:
        super().__init__(config, folder, device)
        settings = config.model
        dev_digest = part_digest(config.data, "dev") + labels_digest(config.data)
        self.digests = {TRAIN: part_digest(config.data, "train"), DEV: dev_digest}
        say_dev = (lambda text: None) if config.data.dev.endswith("%") else say  # a part: said of the training file
        train = load_part(config.data, "train", say)
        dev = load_part(config.data, "dev", say_dev, train.series.names, train.series.step)
        self.train, self.dev = train.series, dev
        refuse_other_columns(self.train.names, dev.series)
        labels, dev_labels = self._labels(train, "train"), self._labels(dev, "dev")  # (T,) each
        normal = self.train.known & (labels == 0)[:, None]  # (T, C)
        self.scaler = fit_scaler(self.train.values, normal, self.train.names, self.train.source)
        self.inputs, self.dev_inputs = (
            make_inputs(reading_of(settings), self.scaler, series) for series in (self.train, dev.series)
        )
        self.rows = self.inputs.rows.astype(np.float32)  # (T, C + F)
        self.starts, left_out = normal_windows(self.train, labels, settings.window, config.trainer.stride)  # (N,)
        ends = normal_windows(dev.series, dev_labels, settings.window)[0] + settings.window - 1
        self.dev_rows = ends[ends >= dev.begin]  # (n,)
        conformal_threshold(np.zeros(len(self.dev_rows)), settings.false_alarms)  # refuses too few rows before training
        torch.manual_seed(config.seed)
        self.model = build_autoencoder(settings, len(self.train.names))
        begun = self._start()
        self.initialized_from = name_of(begun) if begun else ""
        if begun:
            self.digests |= start_digests(begun)
            take_over_weights(config, self.model, begun)
            say(f"begins with the weights of {config.start_from}; values are scaled as this training part is")
        self.model.to(device)
        self.detector: LoadedDetector | None = None
        say(
            f"train: {len(self.rows):,} rows, {len(self.starts):,} windows of {settings.window} ({left_out:,} left "
            f"out, which touch labelled rows); calibration: {len(self.dev_rows):,} rows "
            f"({len(dev) - len(self.dev_rows):,} left out); {count_parameters(self.model):,} parameters"
        )

    def plan(self, epoch: int) -> Sequence[Batch]:
        """The batches of an epoch, as numbers of windows."""
        lengths = np.full(len(self.starts), self.config.model.window)  # (N,)
        size = self.config.trainer.batch_windows
        return plan_epoch(lengths, size, size * self.config.model.window, self.config.seed, epoch)

    def count(self, batch: Batch) -> int:
        """The windows of a batch."""
        return len(batch)

    def loss(self, examples: Batch, done: float) -> Tensor:
        """The mean squared error of each of the given windows, summed."""
        window, columns = self.config.model.window, self.inputs.known.shape[1]
        chosen = self.starts[examples]
        rows = torch.from_numpy(take_windows(self.rows, chosen, window)).to(self.device)  # (B, W, C + F)
        measured = torch.from_numpy(take_windows(self.inputs.known, chosen, window)).to(self.device)  # (B, W, C)
        return self.model.loss(rows[..., :columns], rows[..., columns:], measured)

    def evaluate(self) -> dict[str, float]:
        """The root mean squared error of the held-back normal rows, which are scored anew, and the threshold."""
        window, begin, network = self.config.model.window, self.dev.begin, TorchDetector(self.model)
        errors = row_errors(network, window, self.dev_inputs, self.dev.series.source)  # (T,)
        before = errors[:begin] if begin else row_errors(network, window, self.inputs, self.train.source)
        baseline_error = float(np.nanmean(before[self.starts + window - 1]))
        scores = row_scores(errors, window, baseline_of(self.config.model, baseline_error))  # (T,)
        self.detector = LoadedDetector(
            network=network,
            settings=self.config.model,
            names=self.train.names,
            data=self.config.data,
            step=self.train.step,
            scaler=self.scaler,
            baseline_error=baseline_error,
            calibration=scores[self.dev_rows],
        )
        error = float(np.sqrt(np.nanmean(errors[self.dev_rows])))
        threshold = self.detector.threshold(self.config.model.false_alarms)
        return {"rmse": error, "threshold": threshold}

    def more_metrics(self) -> dict[str, Any]:
        """Of how many rows it learnt, and its threshold was set."""
        assert self.detector is not None  # `evaluate` was called before
        return {"train_rows": len(self.rows), "calibration_rows": len(self.detector.calibration)}

    def saved(self, metrics: dict[str, Any]) -> Bundle:
        """The model as it is now."""
        detector = self.detector
        assert detector is not None  # `evaluate` was called before
        calibration = {CALIBRATION: torch.from_numpy(detector.calibration)}  # in the order of time
        return Bundle(
            description=describe(self.config),
            weights=weights_of({**self.model.state_dict(), **calibration}),
            vocabulary=facts_to_vocabulary(detector),
            labels=[],
            metrics=metrics,
            card=model_card(self.config, detector.names, metrics),
        )

    def finish(self) -> str:
        """Where the threshold is, in words."""
        threshold = load_bundle(self.folder).metrics["dev"]["threshold"]
        return (
            f"flagged from {threshold:.1f} times the baseline error (false alarms {self.config.model.false_alarms:g}); "
        )

    @staticmethod
    def next_commands(run: str) -> list[str]:
        """What one would type next."""
        return [f"seqnlp detect {run} series.csv", f"seqnlp detect {run} series.csv --plot detect.png"]

    def _start(self) -> Bundle | None:
        """The detector that this run begins with, if it begins with one.

        Raises:
            RunError: there is none, or it is of another task, other columns or other settings.
        """
        config = self.config
        if not config.start_from:
            return None
        begun = start_bundle(config)
        saved = detector_from_bundle(begun)
        refuse_other(config, "the columns", ", ".join(saved.names), ", ".join(self.train.names))
        free = ("scored_rows", "level_rows", "false_alarms", "confidence")
        refuse_other_settings(config, saved.settings, config.model, free)
        return begun

    def _labels(self, part: Part, split: str) -> Batch:
        """The numbers (T,) of the labelled windows that rows are in."""
        return number_rows(part.series, labelled_windows(self.config.data, split))
