"""The settings of a forecaster."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from seqnlp.config.common import Config
from seqnlp.config.loop import LoopConfig
from seqnlp.config.schema import names_in, setting
from seqnlp.config.series import CALENDAR_FEATURES, SeriesDataConfig

AUTO = "auto"
"""The calendar that the training part shows."""


@dataclass
class ForecasterConfig:
    """Recurrent layers that read a series row by row and after each row say what the next rows will be."""

    horizon: int = setting(12, "rows ahead that are forecast, each by its own outputs (direct)", low=1, high=1000)
    season: int = setting(
        1, "rows in a season: of the seasonal-naive forecast, of MASE, and of model.difference; 1: none", low=1
    )
    transform: Literal["none", "log", "sqrt"] = setting(
        "none",
        "values are read as they are, as logarithms (all above 0), or as square roots (none below 0)",
    )
    difference: Literal["none", "season"] = setting(
        "none",
        "season: the change since the same row of the last season is read and forecast",
    )
    reference: Literal["last", "mean"] = setting(
        "last",
        "what the network's answer is added to: the last value (of the difference), or the training mean; with "
        "model.linear=fitted what the linear part is shrunk towards, the more the fewer data there are",
    )
    input: Literal["values", "differences"] = setting(
        "values",
        "what is read: values (or seasonal differences), or their differences from row to row; differenced input hides "
        "the level, so that forecasts do not return to that of the training split",
    )
    calendar: str = setting(
        AUTO,
        f"calendar features to read beside the values, as `year, week`: {', '.join(CALENDAR_FEATURES)}; "
        "auto: those that the training part shows",
    )
    linear: Literal["fitted", "trained"] = setting(
        "fitted",
        "the linear part beside the network: fitted before training, by least squares over the last rows and the "
        "calendar, so that the network learns the residuals; or trained with the network (the highway of LSTNet)",
    )
    lags: int = setting(
        0,
        "last rows that the linear part reads; 0: with model.linear=fitted as many as forecast the end of the "
        "training part best, with trained there is no linear part",
        low=0,
        high=1000,
    )
    refit: bool = setting(
        True,
        "after training a fitted linear part is fitted anew, on train and dev, where dev is the end of the training "
        "file; dev scores and intervals are from before",
        only="linear=fitted",
    )
    series_dim: int = setting(
        4,
        "width of the embedding of the series that the network reads in every row; only with data.series_column; "
        "0: none, all series are read alike",
        low=0,
        high=1024,
    )
    cell: Literal["lstm", "gru", "rnn", "peephole"] = setting("lstm", "recurrent cell")
    hidden_dim: int = setting(32, "width of the recurrent layers", low=1, high=8192)
    num_layers: int = setting(1, "recurrent layers", low=1, high=8)
    hidden_dropout: float = setting(0.1, "locked dropout between recurrent layers", low=0, below=1)
    output_dropout: float = setting(0.1, "locked dropout on the last layer", low=0, below=1)
    weight_drop: float = setting(0.0, "dropout on the recurrent weights, drawn for each batch", low=0, below=1)
    follow: float = setting(
        0.1,
        "step by which the logarithm of the intervals' widths follows how often they hold, as rows come; 0: never",
        low=0,
        high=1,
    )
    min_context: int = setting(12, "rows read before a forecast counts, and the fewest to forecast from", low=1)
    loss: Literal["squared", "absolute"] = setting(
        "squared",
        "what is made small, in units of the scaled values: squared or absolute errors",
    )

    @property
    def calendar_features(self) -> tuple[str, ...]:
        """The names in ``calendar``."""
        return () if self.calendar == AUTO else names_in(self.calendar)


@dataclass
class WindowTrainerConfig(LoopConfig):
    """The training loop over windows of a series."""

    window: int = setting(
        48, "rows of the series that are read in one piece while training, those of model.min_context among them", low=2
    )
    batch_windows: int = setting(16, "windows in one optimizer step", low=1)
    epoch_steps: int = setting(
        50, "fewest steps in an epoch: a short series is read again, cut into windows elsewhere, until there are", low=0
    )


@dataclass
class ForecastingConfig(Config):
    """Everything that decides the training of a forecaster."""

    task: str = setting("forecasting", "what the model does", choices=("forecasting",))
    data: SeriesDataConfig = field(default_factory=SeriesDataConfig)
    model: ForecasterConfig = field(default_factory=ForecasterConfig)
    trainer: WindowTrainerConfig = field(default_factory=WindowTrainerConfig)
    trained_on = "a CSV file"

    @property
    def width(self) -> int:
        """The width of the recurrent layers."""
        return self.model.hidden_dim

    @property
    def dev_score_names(self) -> tuple[str, ...]:
        """As :meth:`Config.dev_score_names`."""
        return ("mase", "mae", "rmse", "error")  # which of them, the columns decide

    def problems(self) -> list[str]:
        """Settings that are fine alone and make no sense together."""
        data, model = self.data, self.model
        problems = super().problems() + data.problems()
        problems += data.calendar_problems(model.calendar_features)
        if model.difference == "season" and model.season == 1:
            problems.append("model.season: expected 2 or more with model.difference=season, found 1")
        if model.input == "differences" and model.reference != "last":
            problems.append(f"model.reference: expected last with model.input=differences, found '{model.reference}'")
        if self.trainer.window <= model.min_context:
            problems.append(
                f"trainer.window: expected more than model.min_context ({model.min_context}), "
                f"found {self.trainer.window}"
            )
        return problems if data.dev else problems + self.needs_dev()
