"""Forecasts on the development parts of the series that a forecaster learns from, and the intervals fitted on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch

from seqnlp.arrays import FloatArray
from seqnlp.models.forecaster import RecurrentForecaster
from seqnlp.networks.protocol import ForecasterNetwork
from seqnlp.tasks.forecasting.facts import LEVELS
from seqnlp.tasks.forecasting.learned import LearnedSeries
from seqnlp.tasks.forecasting.linear import share_of_network
from seqnlp.tasks.forecasting.prediction import Backtest, backtest, fit_intervals


def dev_backtests(
    model: RecurrentForecaster, series: Mapping[int, LearnedSeries], networks: Mapping[int, ForecasterNetwork]
) -> dict[int, Backtest]:
    """Forecasts on dev, with as much of the network's answer as is best there beside a fitted linear part.

    It is as much in every series; sets the model's share.

    Args:
        series: those that have a dev part, by their numbers.
        networks: the model for each of them.
    """

    def backtests() -> dict[int, Backtest]:
        return {number: _backtest(model, one, networks[number]) for number, one in series.items()}

    if not model.fitted:
        return backtests()
    share = model.linear.share
    share.fill_(0)
    linear = {number: test[1] for number, test in backtests().items()}  # (O, J, C) each
    share.fill_(1)
    whole = backtests()
    scaled = []
    for number, (_, forecasts, actual, known) in whole.items():
        deviation = series[number].facts.scaler.deviation  # (C,)
        scaled.append((linear[number] / deviation, forecasts / deviation, actual / deviation, known))
    best = share_of_network(scaled)  # (C,)
    share.copy_(torch.from_numpy(best))
    return {
        number: (origins, linear[number] + best * (forecasts - linear[number]), actual, known)
        for number, (origins, forecasts, actual, known) in whole.items()
    }


def _backtest(model: RecurrentForecaster, one: LearnedSeries, network: ForecasterNetwork) -> Backtest:
    assert one.dev is not None
    assert one.dev_inputs is not None
    return backtest(network, model.config, one.dev_inputs, one.dev, one.facts.scaler)


def fit_series_intervals(
    series: Sequence[LearnedSeries], backtests: Mapping[int, Backtest]
) -> tuple[FloatArray, FloatArray]:
    """Half widths of intervals of all series together, in deviations (levels, J, C), and of each (S, levels, J, C).

    Where a series' own dev part is too short it has those of all, and so has one that training never saw.
    """
    deviations = [one.facts.scaler.deviation for one in series]  # (C,) each
    scaled = [
        (forecasts / deviations[number], actual / deviations[number], known)
        for number, (_, forecasts, actual, known) in backtests.items()
    ]
    together = [np.concatenate(part) for part in zip(*scaled, strict=True)]
    shared = fit_intervals(together[0], together[1], together[2], LEVELS)  # (levels, J, C)
    each = np.stack([shared * deviation for deviation in deviations])
    for number, (_, forecasts, actual, known) in backtests.items():
        own = fit_intervals(forecasts, actual, known, LEVELS)
        each[number] = np.where(np.isfinite(own), own, each[number])
    return shared, each
