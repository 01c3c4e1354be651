"""The settings of an anomaly detector."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from seqnlp.config.common import Config
from seqnlp.config.loop import LoopConfig
from seqnlp.config.schema import names_in, setting
from seqnlp.config.series import CALENDAR_FEATURES, SeriesDataConfig


@dataclass
class AnomalyDataConfig(SeriesDataConfig):
    """A series of measurements; the development part is normal and sets the threshold."""

    labels: str = setting(
        "",
        "JSON with the time windows of known anomalies: [[begin, end], ...], or such a list for each file name; they "
        "are kept out of training and calibration, and evaluation looks for them",
    )

    @property
    def judges_odd_values(self) -> bool:
        """A detector in use does, and so do labels."""
        return self.fixed or bool(self.labels)


@dataclass
class AutoencoderConfig:
    """Recurrent encoder -> code -> recurrent decoder; a row's score says how badly its window is rebuilt."""

    cell: Literal["lstm", "gru", "rnn", "peephole"] = setting("lstm", "recurrent cell")
    window: int = setting(48, "rows that are rebuilt together; the score of a row is from the window it ends", low=2)
    calendar: str = setting(
        "",
        f"calendar features that encoder and decoder know of each row, as `week, day`: {', '.join(CALENDAR_FEATURES)}",
    )
    hidden_dim: int = setting(32, "width of the recurrent layers", low=1, high=4096)
    num_layers: int = setting(1, "recurrent layers of the encoder and of the decoder", low=1, high=8)
    code_dim: int = setting(6, "width of the code between them", low=1, high=4096)
    scored_rows: int = setting(1, "last rows of a window whose mean squared error is its last row's error", low=1)
    level_rows: int = setting(
        0,
        "rows over which the baseline error is followed by a running mean: a score is the error as a multiple of it; "
        "0: of the training error, always",
        low=0,
    )
    false_alarms: float = setting(
        0.01, "part of the normal rows that may be flagged, unless `seqnlp detect` says another", above=0, below=1
    )

    confidence: float = setting(
        0.9,
        "how surely the rate is to be kept: the threshold is raised by how uncertain held-back rows leave it, which "
        "resampling them in blocks of a window tells; 0: it is not raised",
        low=0,
        below=1,
    )

    @property
    def calendar_features(self) -> tuple[str, ...]:
        """The names in ``calendar``."""
        return names_in(self.calendar)


@dataclass
class AutoencoderTrainerConfig(LoopConfig):
    """The training loop over windows of a series."""

    batch_windows: int = setting(64, "windows in one optimizer step", low=1)
    stride: int = setting(1, "rows between the beginnings of training windows", low=1)


@dataclass
class AnomalyDetectionConfig(Config):
    """Everything that decides the training of an anomaly detector."""

    task: str = setting("anomaly_detection", "what the model does", choices=("anomaly_detection",))
    data: AnomalyDataConfig = field(default_factory=AnomalyDataConfig)
    model: AutoencoderConfig = field(default_factory=AutoencoderConfig)
    trainer: AutoencoderTrainerConfig = field(default_factory=AutoencoderTrainerConfig)
    trained_on = "a CSV file"

    @property
    def width(self) -> int:
        """The width of the recurrent layers."""
        return self.model.hidden_dim

    @property
    def dev_score_names(self) -> tuple[str, ...]:
        """As :meth:`Config.dev_score_names`."""
        return ("rmse", "threshold")

    def problems(self) -> list[str]:
        """Settings that are fine alone and make no sense together."""
        data, model = self.data, self.model
        problems = super().problems() + data.problems()
        if data.train and not data.dev:
            problems.append(
                "data.dev: missing; the threshold is set on held-back normal rows: a file, or a part such as 20%"
            )
        if model.scored_rows > model.window:
            problems.append(
                f"model.scored_rows: expected at most model.window ({model.window}), found {model.scored_rows}"
            )
        problems += data.calendar_problems(model.calendar_features)
        return problems
