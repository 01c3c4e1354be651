"""Evaluate a saved forecaster on a split of its run's series, naive forecasts and a linear one beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import BoolArray, FloatArray
from seqnlp.bundle import load_bundle, record_scores
from seqnlp.config.forecasting import ForecastingConfig
from seqnlp.data.series.inputs import Inputs, make_inputs
from seqnlp.data.series.many import load_parts
from seqnlp.data.series.parts import Part, part_digest
from seqnlp.errors import DataError, SeqnlpError, listed
from seqnlp.metrics.conformal import coverage
from seqnlp.metrics.forecasting import errors, naive, rows_ahead, seasonal_naive, seasonal_naive_with_drift
from seqnlp.metrics.linear_baseline import LinearBaseline, linear_baseline
from seqnlp.tasks.forecasting.facts import LEVELS
from seqnlp.tasks.forecasting.forecaster import LoadedForecaster, forecaster_from_bundle
from seqnlp.tasks.forecasting.prediction import backtest, fewest_rows, forecast_rows
from seqnlp.tasks.forecasting.report import ColumnReport, ForecastReport, Interval, NamedErrors, StepErrors, interval_90
from seqnlp.tasks.splits import require_split

_FOLLOWED = 5000
"""Rows before a split that its intervals follow: earlier ones no longer matter."""


def evaluate(
    run: Path,
    config: ForecastingConfig,
    split: str,
    say: Callable[[str], None],
    keep: bool = True,
    classical: bool = False,
) -> ForecastReport:
    """Score the run's model on a split and, where asked to ``keep`` them, add the scores to ``metrics.json``.

    Args:
        classical: put ETS and ARIMA beside it, too.

    Raises:
        ConfigError: the run has no such split.
        DataError: the split cannot be read, or is too short.
    """
    bundle = load_bundle(run)
    loaded = forecaster_from_bundle(bundle)
    require_split(config, split)
    parts = known_parts(loaded, config, split, say)
    trains = _training_parts(config, loaded, classical, say)
    columns, origins, seconds = list[ColumnReport](), 0, 0.0
    for name, part in parts.items():
        judged = _judged(loaded.of(name), part, trains.get(name), classical, say)
        columns += [replace(column, series=name) for column in judged.columns]
        origins, seconds = origins + judged.origins, seconds + judged.seconds
    report = ForecastReport(
        title=config.name or str(run),
        split=split,
        rows=sum(map(len, parts.values())),
        missing=sum(int((~part.series.known[part.begin :]).sum()) for part in parts.values()),
        origins=origins,
        horizon=loaded.settings.horizon,
        season=loaded.settings.season,
        columns=columns,
        seconds=seconds,
    )
    if keep:
        record_scores(run, split, _summary(report, config), say)
    return report


@dataclass(frozen=True)
class _Judged:
    """One series: a report on each column, the number of rows that it was forecast from, and how long that took."""

    columns: list[ColumnReport]
    origins: int
    seconds: float


def known_parts(
    loaded: LoadedForecaster, config: ForecastingConfig, split: str, say: Callable[[str], None]
) -> dict[str, Part]:
    """A split of each series that the model knows; of others the scale would be that of the rows to be forecast.

    Raises:
        DataError: the split cannot be read, or holds none of the model's series.
    """
    parts = load_parts(config.data, split, say, loaded.facts.names, loaded.facts.step)
    known = set(loaded.series)
    unknown = [name for name in parts if name not in known]
    if len(unknown) == len(parts):
        expected = f"expected series of the training file ({listed(loaded.series)})"
        raise DataError(f"{expected}, found {listed(unknown)}", getattr(config.data, split))
    if unknown:
        say(f"series that training never saw are not judged, they have no scale before their rows: {listed(unknown)}")
    return {name: part for name, part in sorted(parts.items()) if name in known}


def _judged(
    loaded: LoadedForecaster, part: Part, train: Part | None, classical: bool, say: Callable[[str], None]
) -> _Judged:
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
    return _Judged(columns, len(origins), seconds)


def _summary(report: ForecastReport, config: ForecastingConfig) -> dict[str, Any]:
    """What ``metrics.json`` keeps of a report."""
    named = getattr(config.data, report.split)
    kept = [
        (column, {**asdict(column.model), "coverage_90": interval_90(column).coverage}) for column in report.columns
    ]
    by_series: dict[str, dict[str, Any]] = {column.series: {} for column, _ in kept}
    for column, scores in kept:
        by_series[column.series][column.name] = scores
    return {
        "mase": None if report.score is None else round(report.score, 5),
        **({"columns": by_series[""]} if "" in by_series else {"series": by_series}),
        "file": Path(config.data.train if named.endswith("%") else named).name,
        "sha256": part_digest(config.data, report.split),
    }


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


def _training_parts(
    config: ForecastingConfig, loaded: LoadedForecaster, classical: bool, say: Callable[[str], None]
) -> dict[str, Part]:
    """The training part of each series, which linear forecasts are fitted on; none if it is not there.

    Raises:
        SeqnlpError: ETS and ARIMA are asked for, and it is not there.
    """
    if not config.data.train:  # a model folder alone
        if classical:
            raise SeqnlpError("ETS and ARIMA are fitted on the training part: evaluate a run, where it can be read")
        return {}
    try:
        return load_parts(config.data, "train", lambda text: None, loaded.facts.names, loaded.facts.step)
    except DataError as problem:
        if classical:
            raise
        say(f"no linear forecast beside the model, which is fitted on the training part: {problem}")
        return {}


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
