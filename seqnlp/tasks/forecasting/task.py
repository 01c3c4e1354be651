"""The forecasting task: what the training loop needs to train and keep a forecaster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seqnlp.bundle import Bundle, load_bundle, save_bundle, weights_of
from seqnlp.bundle_files import FOLDER
from seqnlp.config.forecasting import AUTO, ForecastingConfig
from seqnlp.data.linear_forecast import LinearForecast
from seqnlp.data.series.inputs import Inputs, fit_scale, known_calendar_features, make_inputs
from seqnlp.data.series.parts import Part, load_part, part_digest
from seqnlp.errors import DataError
from seqnlp.metrics.forecasting import errors, naive_scale
from seqnlp.models.forecaster import RecurrentForecaster
from seqnlp.models.series_as_network import TorchForecaster
from seqnlp.models.size import count_parameters
from seqnlp.tasks.base import BaseTask
from seqnlp.tasks.forecasting.card import model_card
from seqnlp.tasks.forecasting.facts import LEVELS, SeriesFacts, facts_to_vocabulary, reading_of
from seqnlp.tasks.forecasting.forecaster import forecaster_from_bundle
from seqnlp.tasks.forecasting.linear import fit_linear_part, fit_linear_part_again, residuals, share_of_network
from seqnlp.tasks.forecasting.model import build_forecaster, tensors_of
from seqnlp.tasks.forecasting.prediction import Backtest, backtest, fit_intervals
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
    """A forecaster, its series and its scores.

    Raises:
        DataError: a file is missing or not as configured, or a part of the series is too short.
    """

    higher_is_better = False

    def __init__(
        self, config: ForecastingConfig, folder: Path, device: torch.device, say: Callable[[str], None]
    ) -> None:
        super().__init__(config, folder, device)
        self.digests = {TRAIN: part_digest(config.data, "train"), DEV: part_digest(config.data, "dev")}
        settings, trainer = config.model, config.trainer
        train = load_part(config.data, "train", say)
        if settings.calendar == AUTO:
            settings.calendar = ", ".join(known_calendar_features(train.series.moments))
        self.reading = reading_of(settings)
        self.facts = self._learn_facts(train)
        start = self._start()
        inputs = make_inputs(self.reading, self.facts.scaler, train.series)
        self.windows = WindowPlan(inputs, settings.horizon, settings.min_context, trainer.window, train.series.source)
        self._load_dev(train, say)
        goes_on = self.dev_inputs if config.data.dev.endswith("%") else None
        self.fitted = fit_linear_part(settings, inputs, goes_on) if settings.linear == "fitted" else None
        if self.fitted:
            settings.lags = len(self.fitted.lags)
        self.intervals = np.full((len(LEVELS), settings.horizon, len(self.facts.names)), np.inf)  # (levels, J, C)
        self._build(inputs, start, say)
        self._say_sizes(train, say)

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
        return self.model.loss(windows.inputs, windows.targets, windows.mask)

    def evaluate(self) -> dict[str, float]:
        """The MASE, the mean of the columns'; prediction intervals are fitted anew.

        A column whose MASE is undefined counts with its MAE: the mean is then called ``mae`` or, of several columns,
        ``error``.
        """
        if self.dev is None or self.dev_inputs is None:
            return {}
        _, forecasts, actual, known = self._backtest(self.dev, self.dev_inputs)  # (O, J, C) each
        self.intervals = fit_intervals(forecasts, actual, known, LEVELS)
        forecasts, actual = self.reading.restored(forecasts), self.reading.restored(actual)
        columns = [
            errors(forecasts[..., place], actual[..., place], known[..., place], tuple(scales))
            for place, scales in enumerate(self.facts.naive_scales)
        ]
        mean = float(np.mean([one.mae if one.mase is None else one.mase for one in columns]))
        mase = {"mase": mean} if all(one.mase is not None for one in columns) else {}
        named = {"mae": columns[0].mae, "rmse": columns[0].rmse} if len(columns) == 1 else {}
        return {**mase, **named} or {"error": mean}

    def saved(self, metrics: dict[str, Any]) -> Bundle:
        """The model as it is now."""
        return Bundle(
            description=describe(self.config),
            weights=weights_of(tensors_of(self.model, self.intervals)),
            vocabulary=facts_to_vocabulary(self.facts),
            labels=[],
            metrics=metrics,
            card=model_card(self.config, self.facts.names, metrics),
        )

    def finish(self) -> str:
        """The linear part fitted again, in words."""
        settings = self.config.model
        if not (settings.refit and self.fitted and self.dev_inputs and self.config.data.dev.endswith("%")):
            return ""
        folder = self.folder / FOLDER
        saved = load_bundle(folder)
        again = fit_linear_part_again(self.fitted, settings, self.dev_inputs)
        linear = self.model.linear
        linear.set(again.lags, again.calendar_features, again.bias)
        fitted = weights_of({"linear.weight": linear.weight, "linear.bias": linear.bias})
        save_bundle(folder, replace(saved, weights={**saved.weights, **fitted}))
        return "linear part fitted again on train and dev; "

    def next_commands(self, run: Path) -> list[str]:
        """What one would type next."""
        horizon = self.config.model.horizon
        return [f"seqnlp forecast {run} series.csv --horizon {horizon} -o forecast.csv --plot forecast.png"]

    def _load_dev(self, train: Part, say: Callable[[str], None]) -> None:
        """Set ``dev`` and ``dev_inputs``; None without a development split."""
        data = self.config.data
        say_dev = (lambda text: None) if data.dev.endswith("%") else say  # a part: said of the training file
        like_train = (train.series.names, train.series.step)
        self.dev = load_part(data, "dev", say_dev, *like_train) if data.dev else None
        self.dev_inputs = make_inputs(self.reading, self.facts.scaler, self.dev.series) if self.dev else None

    def _build(self, inputs: Inputs, start: Bundle | None, say: Callable[[str], None]) -> None:
        """Set ``model`` with its first weights, those of the start if there is one."""
        config = self.config
        torch.manual_seed(config.seed)
        self.model = build_forecaster(config.model, len(self.facts.names))
        if start:
            self.digests |= start_digests(start)
            self.initialized_from = name_of(start)
            take_over_weights(config, self.model, start, own=("linear.",) if self.fitted else ())
            say(f"begins with the weights of {config.start_from}; values are scaled as this training part is")
        if self.fitted:
            self._learn_residuals(self.fitted, inputs)
        self.model.to(self.device)

    def _say_sizes(self, train: Part, say: Callable[[str], None]) -> None:
        """What a person should know of the series and the model."""
        settings, facts = self.config.model, self.facts
        step = f"a step of {facts.step.words(train.series.moments[0])}, " if facts.step else ""
        say(
            f"train: {len(train):,} rows, {step}{len(facts.names)} columns ({', '.join(facts.names)}); "
            f"dev: {len(self.dev) if self.dev else 0:,} rows; {count_parameters(self.model):,} parameters"
        )
        if self.fitted:
            read = f"the last {settings.lags} rows" + (f" and the {settings.calendar}" if settings.calendar else "")
            say(f"linear part: least squares over {read}; the network learns the residuals")
        if self.dev is None:
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
        free = ("refit", "follow", "min_context", "loss") + (("lags",) if config.model.linear == "fitted" else ())
        refuse_other(config, "the columns", ", ".join(saved.facts.names), ", ".join(self.facts.names))
        refuse_other_settings(config, saved.settings, config.model, free)
        return begun

    def _backtest(self, dev: Part, inputs: Inputs) -> Backtest:
        """Forecasts on dev, with as much of the network's answer as is best there beside a fitted linear part."""
        network, given = TorchForecaster(self.model), (inputs, dev, self.facts.scaler)
        if not self.model.fitted:
            return backtest(network, self.config.model, *given)
        share = self.model.linear.share
        share.fill_(0)
        linear = backtest(network, self.config.model, *given)[1]  # (O, J, C)
        share.fill_(1)
        origins, whole, actual, known = backtest(network, self.config.model, *given)
        best = share_of_network(linear, whole, actual, known)  # (C,)
        share.copy_(torch.from_numpy(best))
        return origins, linear + best * (whole - linear), actual, known

    def _learn_residuals(self, fitted: LinearForecast, inputs: Inputs) -> None:
        """Put the fit into the model, and its residuals into the windows as targets, in units of their usual size."""
        windows = self.windows
        left = residuals(fitted, inputs)  # (T, J, C)
        squares = np.square(left, where=windows.mask, out=np.zeros_like(left)).sum(axis=(0, 1))  # (C,)
        usual = np.sqrt(squares / np.maximum(windows.mask.sum(axis=(0, 1)), 1))
        unit = np.where(usual > 1e-6, usual, 1.0)  # a series that repeats exactly leaves nothing
        self.model.linear.set(fitted.lags, fitted.calendar_features, fitted.bias)
        self.model.linear.unit.copy_(torch.from_numpy(unit))
        windows.targets = (left / unit).astype(np.float32)

    def _learn_facts(self, train: Part) -> SeriesFacts:
        """What the training part says; nothing of a later row is in it."""
        series, season = train.series, self.config.model.season
        if len(series) <= season:
            problem = f"expected more than {season:,} training rows, a season (model.season), found {len(series):,}"
            raise DataError(problem, series.source)
        columns = zip(series.values.T, series.known.T, strict=True)
        scales = [[naive_scale(values, known, rows) for rows in (season, 1)] for values, known in columns]  # (C, 2)
        return SeriesFacts(series.names, series.step, fit_scale(self.reading, series), np.array(scales))
