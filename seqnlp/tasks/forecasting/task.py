"""The forecasting task: what the training loop needs to train and keep a forecaster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqnlp.bundle import Bundle, load_bundle, save_bundle, weights_of
from seqnlp.bundle_files import FOLDER
from seqnlp.config.forecasting import ForecastingConfig
from seqnlp.data.linear_forecast import LinearForecast
from seqnlp.data.series.inputs import Inputs
from seqnlp.data.series.parts import Part, part_digest
from seqnlp.errors import RunError, counted
from seqnlp.metrics.forecasting import errors
from seqnlp.models.forecaster import RecurrentForecaster
from seqnlp.models.series_as_network import TorchForecaster
from seqnlp.models.size import count_parameters
from seqnlp.networks.protocol import ForecasterNetwork
from seqnlp.tasks.base import BaseTask
from seqnlp.tasks.forecasting.card import model_card
from seqnlp.tasks.forecasting.developing import dev_backtests, fit_series_intervals
from seqnlp.tasks.forecasting.facts import (
    EMBEDDINGS,
    INTERVALS,
    LEVELS,
    SERIES_INTERVALS,
    SeriesFacts,
    facts_to_vocabulary,
)
from seqnlp.tasks.forecasting.forecaster import forecaster_from_bundle
from seqnlp.tasks.forecasting.learned import learned_series
from seqnlp.tasks.forecasting.linear import fit_linear_part, fit_linear_part_again, residuals
from seqnlp.tasks.forecasting.many import EmbeddedSeries
from seqnlp.tasks.forecasting.model import build_forecaster, tensors_of
from seqnlp.tasks.forecasting.prediction import fit_intervals
from seqnlp.tasks.forecasting.windows import WindowPlan
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


class ForecastingTask(BaseTask[ForecastingConfig, RecurrentForecaster]):
    """A forecaster, its one or more series and its scores.

    Attributes:
        settings: those of the model, with what the data chose; the configuration stays as it was asked for.

    Raises:
        DataError: a file is missing or not as configured, or a part of the series is too short.
    """

    higher_is_better = False

    def __init__(
        self, config: ForecastingConfig, folder: Path, device: torch.device, say: Callable[[str], None]
    ) -> None:
        super().__init__(config, folder, device)
        self.digests = {TRAIN: part_digest(config.data, "train"), DEV: part_digest(config.data, "dev")}
        settings, trainer = replace(config.model), config.trainer
        self.settings = settings
        self.reading, self.series = learned_series(config.data, settings, say)
        if not config.data.series_column or (len(self.series) == 1 and not config.start_from):
            settings.series_dim = 0  # nothing sets one series apart
        start = self._start()
        inputs = [one.inputs for one in self.series]
        sources = [one.train.series.source for one in self.series]
        self.windows = WindowPlan(inputs, settings.horizon, settings.min_context, trainer.window, sources)
        self.fitted = fit_linear_part(settings, inputs, self._whole) if settings.linear == "fitted" else None
        if self.fitted:
            settings.lags = len(self.fitted.lags)
        widths = np.full((len(LEVELS), settings.horizon, len(self.facts.names)), np.inf)  # (levels, J, C)
        self.intervals, self.series_intervals = widths, np.stack([widths] * len(self.series))
        self._build(inputs, start, say)
        self._say_sizes(say)

    @property
    def facts(self) -> SeriesFacts:
        """Of the first series; names and steps are those of all."""
        return self.series[0].facts

    @property
    def dev(self) -> Part | None:
        """Of the first series."""
        return self.series[0].dev

    @property
    def dev_inputs(self) -> Inputs | None:
        """Of the first series."""
        return self.series[0].dev_inputs

    def plan(self, epoch: int) -> Sequence[Batch]:
        """The windows of an epoch, which begin elsewhere in every epoch."""
        generator = np.random.default_rng([self.config.seed, epoch])
        size, batches = self.config.trainer.batch_windows, list[Batch]()
        while not batches or len(batches) < self.config.trainer.epoch_steps:
            starts = generator.permutation(self.windows.starts(int(generator.integers(self.windows.stride))))
            batches += [starts[begin : begin + size] for begin in range(0, len(starts), size)]
        return batches

    def count(self, batch: Batch) -> int:
        """The values that windows forecast."""
        return self.windows.count(batch)

    def loss(self, examples: Batch, done: float) -> Tensor:
        """The squared or absolute errors of windows, summed."""
        windows = self.windows.read(examples).to(self.device)
        return self.model.loss(windows.inputs, windows.targets, windows.mask, windows.series)

    def evaluate(self) -> dict[str, float]:
        """The MASE, the mean of the columns' of all series; prediction intervals are fitted anew.

        A column whose MASE is undefined counts with its MAE: the mean is then called ``mae`` or, of several columns,
        ``error``.
        """
        developed = {number: one for number, one in enumerate(self.series) if one.dev}
        if not developed:
            return {}
        networks = {number: self._network(number) for number in developed}
        backtests, columns = dev_backtests(self.model, developed, networks), []
        if self.config.data.series_column:
            self.intervals, self.series_intervals = fit_series_intervals(self.series, backtests)
        else:
            self.intervals = fit_intervals(*backtests[0][1:], LEVELS)
        for number, (_, transformed, came, known) in backtests.items():  # (O, J, C) each
            forecasts, actual = self.reading.restored(transformed), self.reading.restored(came)
            columns += [
                errors(forecasts[..., place], actual[..., place], known[..., place], tuple(scales))
                for place, scales in enumerate(self.series[number].facts.naive_scales)
            ]
        mean = float(np.mean([one.mae if one.mase is None else one.mase for one in columns]))
        mase = {"mase": mean} if all(one.mase is not None for one in columns) else {}
        named = {"mae": columns[0].mae, "rmse": columns[0].rmse} if len(columns) == 1 else {}
        return {**mase, **named} or {"error": mean}

    def saved(self, metrics: dict[str, Any]) -> Bundle:
        """The model as it is now."""
        config = replace(self.config, model=self.settings)
        return Bundle(
            description=describe(config),
            weights=weights_of(tensors_of(self.model, self._interval_tensors)),
            vocabulary=facts_to_vocabulary({one.name: one.facts for one in self.series}, self._embeddings),
            labels=[],
            metrics=metrics,
            card=model_card(config, self.facts.names, metrics),
        )

    def finish(self) -> str:
        """The linear part fitted again, in words."""
        settings = self.settings
        if not (settings.refit and self.fitted and self._whole):
            return ""
        folder = self.folder / FOLDER
        saved = load_bundle(folder)
        self._set_linear(fit_linear_part_again(self.fitted, settings, self._whole))
        linear = self.model.linear
        fitted = weights_of({"linear.weight": linear.weight, "linear.bias": linear.bias})
        save_bundle(folder, replace(saved, weights={**saved.weights, **fitted}))
        return "linear part fitted again on train and dev; "

    def next_commands(self, run: str) -> list[str]:
        """What one would type next."""
        horizon = self.settings.horizon
        return [f"seqnlp forecast {run} series.csv --horizon {horizon} -o forecast.csv --plot forecast.png"]

    @property
    def _whole(self) -> list[Inputs] | None:
        """Each series to the end of its development part, if that goes on from the training part."""
        if not self.config.data.dev.endswith("%"):
            return None
        return [one.dev_inputs for one in self.series if one.dev_inputs]

    @property
    def _interval_tensors(self) -> dict[str, NDArray[np.float64]]:
        widths = {INTERVALS: self.intervals}
        return widths | {SERIES_INTERVALS: self.series_intervals} if self.config.data.series_column else widths

    def _build(self, inputs: list[Inputs], start: Bundle | None, say: Callable[[str], None]) -> None:
        """Set ``model`` with its first weights, those of the start if there is one."""
        config = self.config
        torch.manual_seed(config.seed)
        embedded = len(self.series) if self.settings.series_dim else 0
        self.model = build_forecaster(self.settings, len(self.facts.names), embedded)
        if start:
            self.digests |= start_digests(start)
            self.initialized_from = name_of(start)
            own = ("linear.",) if self.fitted else ()
            take_over_weights(config, self.model, start, own=(*own, EMBEDDINGS))
            self._take_over_embeddings(start)
            say(f"begins with the weights of {config.start_from}; values are scaled as this training part is")
        if self.fitted:
            self._learn_residuals(self.fitted, inputs)
        self.model.to(self.device)

    def _take_over_embeddings(self, start: Bundle) -> None:
        """Those of series that the start knows; others begin as their mean."""
        many = forecaster_from_bundle(start).many
        if many is None or not self.settings.series_dim:
            return
        known = [many.embedding(many.place(one.name)) for one in self.series]  # (S, E)
        with torch.no_grad():
            self.model.series.weight.copy_(torch.from_numpy(np.array(known)))

    def _say_sizes(self, say: Callable[[str], None]) -> None:
        """What a person should know of the series and the model."""
        settings, facts, trains = self.settings, self.facts, [one.train for one in self.series]
        step = f"a step of {facts.step.words(trains[0].series.moments[0])}, " if facts.step else ""
        of_series = f"{len(trains):,} series, " if self.config.data.series_column else ""
        say(
            f"train: {of_series}{sum(map(len, trains)):,} rows, {step}{counted(len(facts.names), 'column')} "
            f"({', '.join(facts.names)}); dev: {sum(len(one.dev or ()) for one in self.series):,} rows; "
            f"{count_parameters(self.model):,} parameters"
        )
        if self.fitted:
            read = f"the last {settings.lags} rows" + (f" and the {settings.calendar}" if settings.calendar else "")
            shared = "" if len(trains) == 1 else ", the same for all series, each on its own scale"
            say(f"linear part: least squares over {read}{shared}; the network learns the residuals")
        if all(one.dev is None for one in self.series):
            say("dev: none, so there is nothing to fit prediction intervals on (data.dev)")

    def _start(self) -> Bundle | None:
        """The forecaster that this run begins with, if it begins with one.

        Raises:
            RunError: there is none, or it is of another task, other columns or other settings.
        """
        config = self.config
        if not config.start_from:
            return None
        begun = start_bundle(config)
        saved = forecaster_from_bundle(begun)
        free = ("refit", "follow", "min_context", "loss") + (("lags",) if self.settings.linear == "fitted" else ())
        refuse_other(config, "the columns", ", ".join(saved.facts.names), ", ".join(self.facts.names))
        if saved.settings.series_dim and not config.data.series_column:
            problem = f"the model in {config.start_from} reads embeddings of series; name the column of series"
            raise RunError(f"start_from: {problem} in data.series_column")
        refuse_other_settings(config, saved.settings, self.settings, free)
        return begun

    @property
    def _embeddings(self) -> NDArray[np.float64] | None:
        """(S, E) of the series, if the network reads them."""
        return self.model.series.weight.detach().cpu().double().numpy() if self.settings.series_dim else None

    def _network(self, number: int) -> ForecasterNetwork:
        """The network for one of the series."""
        network = TorchForecaster(self.model)
        if not self.settings.series_dim:
            return network
        return EmbeddedSeries(network, self.model.series.weight[number].detach().cpu().double().numpy())

    def _set_linear(self, fitted: LinearForecast) -> None:
        """Put a fit into the model; it does not read the embedding of the series."""
        horizon, columns = fitted.bias.shape
        none = np.zeros((self.settings.series_dim, horizon, columns))
        of_calendar = np.concatenate([fitted.calendar_features, none])
        self.model.linear.set(fitted.lags, of_calendar, fitted.bias)

    def _learn_residuals(self, fitted: LinearForecast, inputs: list[Inputs]) -> None:
        """Put the fit into the model, and its residuals into the windows as targets, in units of their usual size."""
        windows = self.windows
        left = np.zeros(windows.targets.shape)  # (T, J, C)
        for place, one in zip(windows.places, inputs, strict=True):
            left[place] = residuals(fitted, one)
        squares = np.square(left, where=windows.mask, out=np.zeros_like(left)).sum(axis=(0, 1))  # (C,)
        usual = np.sqrt(squares / np.maximum(windows.mask.sum(axis=(0, 1)), 1))
        unit = np.where(usual > 1e-6, usual, 1.0)  # a series that repeats exactly leaves nothing
        self._set_linear(fitted)
        self.model.linear.unit.copy_(torch.from_numpy(unit))
        windows.targets = (left / unit).astype(np.float32)
