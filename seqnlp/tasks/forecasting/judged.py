"""A saved forecaster on one series, naive forecasts and a linear one beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import BoolArray, FloatArray
from seqnlp.data.series.inputs import Inputs, make_inputs
from seqnlp.data.series.parts import Part
from seqnlp.errors import DataError
from seqnlp.metrics.conformal import coverage
from seqnlp.metrics.forecasting import errors, naive, rows_ahead, seasonal_naive, seasonal_naive_with_drift
from seqnlp.metrics.linear_baseline import LinearBaseline, linear_baseline
from seqnlp.tasks.forecasting.facts import LEVELS
from seqnlp.tasks.forecasting.forecaster import LoadedForecaster
from seqnlp.tasks.forecasting.prediction import backtest, fewest_rows, forecast_rows
from seqnlp.tasks.forecasting.report import ColumnReport, Interval, NamedErrors, StepErrors

_FOLLOWED = 5000
"""Rows before a split that its intervals follow: earlier ones no longer matter."""


@dataclass(frozen=True)
class Judged:
    """One series: a report on each column, the number of rows that it was forecast from, and how long that took."""

    columns: list[ColumnReport]
    origins: int
    seconds: float


def judge(
    loaded: LoadedForecaster, part: Part, train: Part | None, classical: bool, say: Callable[[str], None]
) -> Judged:
    """One series, with the naive forecasts and the linear one beside the model's.

    Raises:
        DataError: the split is too short.
    """
    inputs = make_inputs(loaded.reading, loaded.facts.scaler, part.series)
    started = time.perf_counter()
    origins, transformed, _, known = backtest(loaded.network, loaded.settings, inputs, part, loaded.facts.scaler)
    seconds = time.perf_counter() - started
    values, season, horizon = part.series.values, loaded.settings.season, loaded.settings.horizon
    actual = values[rows_ahead(origins, horizon)]  # (O, J, C)
    named = _baselines(values, origins, horizon, season)
    linear, others = _fitted(loaded, train, part, origins, classical, say)
    factors = _factors(loaded, inputs, part.series.known, origins)  # (O, L, C)
    columns = [
        _column(
            loaded,
            factors[..., place],
            place,
            transformed,
            actual,
            known,
            {**others[place], **{name: forecasts[..., place] for name, forecasts in named.items()}},
            linear,
        )
        for place in range(len(part.series.names))
    ]
    return Judged(columns, len(origins), seconds)


def _factors(loaded: LoadedForecaster, inputs: Inputs, known: BoolArray, origins: NDArray[np.int64]) -> FloatArray:
    """How wide intervals are (O, L, C) at each origin, as a multiple of what dev set, for who reads the series."""
    intervals, settings = loaded.adaptive_intervals, loaded.settings
    if not intervals.rate:
        return np.ones((len(origins), len(LEVELS), len(loaded.facts.names)))
    first = max(fewest_rows(settings, loaded.reading) - 1, int(origins[0]) - _FOLLOWED)
    rows = np.arange(min(first, int(origins[0])), int(origins[-1]) + 1)
    forecasts = forecast_rows(loaded.network, inputs, loaded.reading, loaded.facts.scaler, rows)
    factors: FloatArray = intervals.along(forecasts, inputs.transformed[rows], known[rows])[origins - rows[0]]
    return factors


def _fitted(
    loaded: LoadedForecaster,
    train: Part | None,
    part: Part,
    origins: NDArray[np.int64],
    classical: bool,
    say: Callable[[str], None],
) -> tuple[LinearBaseline | None, list[dict[str, FloatArray]]]:
    """The linear forecast, if the training part is there to fit it on; ETS's and ARIMA's (O, J) a column.

    Raises:
        SeqnlpError: ETS and ARIMA are asked for, but statsmodels is not there.
    """
    settings, none = loaded.settings, [dict[str, FloatArray]() for _ in part.series.names]
    if train is None:
        return None, none
    given = (train.series, part.series, settings.transform, settings.season, origins, settings.horizon)
    try:
        linear = linear_baseline(*given)
    except DataError as problem:
        if classical:
            raise
        say(f"no linear forecast beside the model, which is fitted on the training part: {problem}")
        return None, none
    if not classical:
        return linear, none
    from seqnlp.metrics.classical_baselines import classical_baselines

    say("fitting ETS and ARIMA on the training part ...")
    return linear, [{one.name: one.forecasts for one in column} for column in classical_baselines(*given)]


def _baselines(values: FloatArray, origins: NDArray[np.int64], horizon: int, season: int) -> dict[str, FloatArray]:
    """Naive forecasts (O, J, C) by name; the seasonal-naive one and the one with drift come last."""
    drifted = seasonal_naive_with_drift(values, origins, horizon, season)
    last = naive(values, origins, horizon)
    if season == 1:
        return {"naive (the last value)": last, "naive with drift": drifted}
    seasonal = seasonal_naive(values, origins, horizon, season)
    of = f"season of {season}"
    named = {"naive (the last value)": last, f"seasonal-naive ({of})": seasonal}
    return {**named, f"seasonal-naive with drift ({of})": drifted}


def _column(
    loaded: LoadedForecaster,
    factors: FloatArray,
    place: int,
    transformed: FloatArray,
    actual: FloatArray,
    known: BoolArray,
    named: dict[str, FloatArray],
    linear: LinearBaseline | None,
) -> ColumnReport:
    """Errors and intervals of one column: ``transformed``, ``actual``, ``known`` (O, J, C), ``factors`` (O, L)."""
    scales = tuple(loaded.facts.naive_scales[place])
    middle, actual, there = transformed[..., place], actual[..., place], known[..., place]  # (O, J)
    forecasts = loaded.reading.restored(middle)
    intervals, held = _intervals(loaded, place, middle, factors, actual, there)
    seasonal = list(named.values())[-2]
    return ColumnReport(
        name=loaded.facts.names[place],
        model=errors(forecasts, actual, there, scales),
        baselines=[NamedErrors(name, errors(baseline, actual, there, scales)) for name, baseline in named.items()],
        intervals=intervals,
        steps=_steps(forecasts, seasonal, held, actual, there, scales),
        linear=NamedErrors(linear.names[place], errors(linear.forecasts[..., place], actual, there, scales))
        if linear
        else None,
    )


def _intervals(
    loaded: LoadedForecaster,
    place: int,
    middle: FloatArray,
    factors: FloatArray,
    actual: FloatArray,
    known: BoolArray,
) -> tuple[list[Interval], BoolArray]:
    """How often the intervals of one column held, at each level, and (O, J) where those of 90 % did.

    Args:
        middle: (O, J) forecasts on the transformed scale.
        factors: (O, L) of the widths that dev set.
        actual, known: (O, J).
    """
    restored, intervals, held = loaded.reading.restored, [], {}
    for number, (level, fixed) in enumerate(zip(LEVELS, loaded.intervals[..., place], strict=True)):  # fixed: (J,)
        covered = []  # with the widths that dev set, and with those that follow the series
        for widths in (np.broadcast_to(fixed, middle.shape), fixed * factors[:, [number]]):  # (O, J) each
            low, high = restored(middle - widths), restored(middle + widths)  # (O, J)
            low = np.where(np.isinf(widths), -np.inf, low)
            held[level] = (low <= actual) & (actual <= high)  # (O, J)
            covered.append(coverage(held[level], known))
        width = float((high - low)[known].mean()) if np.isfinite(fixed).all() else None
        intervals.append(Interval(level, covered[1], width, covered[0]))
    return intervals, held[0.9]


def _steps(
    forecasts: FloatArray,
    seasonal: FloatArray,
    held: BoolArray,
    actual: FloatArray,
    known: BoolArray,
    scales: tuple[float, float],
) -> list[StepErrors]:
    """Errors of each step ahead of one column, beside those of the seasonal-naive forecast; arrays are (O, J)."""
    steps = []
    for step in range(forecasts.shape[1]):
        at = (slice(None), slice(step, step + 1))
        own = errors(forecasts[at], actual[at], known[at], scales)
        naive_rmse = errors(seasonal[at], actual[at], known[at], scales).rmse
        steps.append(StepErrors(step + 1, own.mae, own.rmse, naive_rmse, coverage(held[at], known[at])))
    return steps
