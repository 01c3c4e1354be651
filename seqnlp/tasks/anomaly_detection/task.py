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
from seqnlp.data.series.parts import part_digest
from seqnlp.data.series.step import Step
from seqnlp.errors import listed
from seqnlp.metrics.false_alarms import conformal_threshold, least_rows
from seqnlp.models.autoencoder import Autoencoder
from seqnlp.models.series_as_network import TorchDetector
from seqnlp.models.size import count_parameters
from seqnlp.tasks.anomaly_detection.card import model_card
from seqnlp.tasks.anomaly_detection.detector import (
    CALIBRATION,
    LoadedDetector,
    detector_from_bundle,
)
from seqnlp.tasks.anomaly_detection.known import facts_to_vocabulary, known_together
from seqnlp.tasks.anomaly_detection.labelled_windows import labels_digest
from seqnlp.tasks.anomaly_detection.learned import learned_series
from seqnlp.tasks.anomaly_detection.model import build_autoencoder
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
    """An autoencoder, the windows of one or more series it learns from, and the held-back rows that set its threshold.

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
        self.series = learned_series(config, say)
        self.rows = np.concatenate([one.inputs.rows for one in self.series]).astype(np.float32)  # (T, C + F)
        self.measured = np.concatenate([one.inputs.known for one in self.series])  # (T, C)
        begins = np.cumsum([0, *(len(one.train) for one in self.series)])  # the series lie one after the other
        self.starts = np.concatenate(
            [one.starts + begin for one, begin in zip(self.series, begins, strict=False)]
        )  # (N,)
        held_back = sum(len(one.dev_rows) for one in self.series)
        conformal_threshold(np.zeros(held_back), settings.false_alarms)  # refuses too few rows before training
        torch.manual_seed(config.seed)
        self.model = build_autoencoder(settings, len(self.names))
        begun = self._start()
        self.initialized_from = name_of(begun) if begun else ""
        if begun:
            self.digests |= start_digests(begun)
            take_over_weights(config, self.model, begun)
            say(f"begins with the weights of {config.start_from}; values are scaled as this training part is")
        self.model.to(device)
        self.detector: LoadedDetector | None = None
        self._say_sizes(held_back, say)

    @property
    def names(self) -> tuple[str, ...]:
        """(C,) of the columns."""
        return self.series[0].train.series.names

    @property
    def step(self) -> Step | None:
        """Between rows, if there are time stamps."""
        return self.series[0].train.series.step

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
        window, columns = self.config.model.window, len(self.names)
        chosen = self.starts[examples]
        rows = torch.from_numpy(take_windows(self.rows, chosen, window)).to(self.device)  # (B, W, C + F)
        measured = torch.from_numpy(take_windows(self.measured, chosen, window)).to(self.device)  # (B, W, C)
        return self.model.loss(rows[..., :columns], rows[..., columns:], measured)

    def evaluate(self) -> dict[str, float]:
        """The root mean squared error of the held-back normal rows, which are scored anew, and the threshold.

        Of several series it is that of all their rows, and what is flagged of a series without enough rows of its own.
        """
        network = TorchDetector(self.model)
        judged = {one.name: one.judged(network, self.config) for one in self.series}
        known, many = known_together({name: known for name, (_, known) in judged.items()})
        self.detector = LoadedDetector(
            network=network,
            settings=self.config.model,
            names=self.names,
            data=self.config.data,
            step=self.step,
            known=known,
            many=many,
        )
        error = float(np.sqrt(np.nanmean(np.concatenate([errors for errors, _ in judged.values()]))))
        threshold = self.detector.threshold(self.config.model.false_alarms)
        return {"rmse": error, "threshold": threshold}

    def more_metrics(self) -> dict[str, Any]:
        """Of how many rows it learnt, and its threshold was set."""
        assert self.detector is not None  # `evaluate` was called before
        return {"train_rows": len(self.rows), "calibration_rows": len(self.detector.known.held_back)}

    def saved(self, metrics: dict[str, Any]) -> Bundle:
        """The model as it is now."""
        detector = self.detector
        assert detector is not None  # `evaluate` was called before
        calibration = {CALIBRATION: torch.from_numpy(detector.known.held_back.scores)}  # in the order of time
        every = detector.many or {"": detector.known}
        return Bundle(
            description=describe(self.config),
            weights=weights_of({**self.model.state_dict(), **calibration}),
            vocabulary=facts_to_vocabulary(detector.names, detector.step, every),
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

    def next_commands(self, run: str) -> list[str]:
        """What one would type next."""
        plot = [] if self.config.data.series_column else [f"seqnlp detect {run} series.csv --plot detect.png"]
        return [f"seqnlp detect {run} series.csv", *plot]

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
        refuse_other(config, "the columns", ", ".join(saved.names), ", ".join(self.names))
        free = ("scored_rows", "level_rows", "false_alarms", "confidence")
        refuse_other_settings(config, saved.settings, config.model, free)
        return begun

    def _say_sizes(self, held_back: int, say: Callable[[str], None]) -> None:
        """What a person should know of the series and the model."""
        settings, series = self.config.model, self.series
        left_out = sum(one.left_out for one in series)
        dev_left_out = sum(len(one.dev or ()) for one in series) - held_back
        of_series = f"{len(series):,} series, " if self.config.data.series_column else ""
        say(
            f"train: {of_series}{len(self.rows):,} rows, {len(self.starts):,} windows of {settings.window} "
            f"({left_out:,} left out, which touch labelled rows); calibration: {held_back:,} rows "
            f"({dev_left_out:,} left out); {count_parameters(self.model):,} parameters"
        )
        least = least_rows(settings.false_alarms)
        few = [one.name for one in series if len(one.dev_rows) < least]
        if few:
            have = "has" if len(few) == 1 else "have"
            say(
                f"{len(few):,} series ({listed(few)}) {have} fewer held-back rows than the {least:,} that "
                f"{settings.false_alarms:g} false alarms take: their thresholds are set on those of all series"
            )
