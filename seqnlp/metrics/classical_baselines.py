"""Exponential smoothing and ARIMA beside a forecaster, by statsmodels: fitted on the training part alone.

The kind is chosen there, too, by the corrected Akaike criterion. Parameters stay as they were fitted; the state follows
the series, so that each origin's forecast knows all rows up to it, as the forecaster does.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.data.series.inputs import InputTransform
from seqnlp.data.series.parts import Series
from seqnlp.errors import DataError, SeqnlpError

MAX_SEASON = 24
"""Longest season that these models have a state for; longer ones take minutes to fit and more rows than there are."""

_ARIMA_ORDERS = ((1, 0, 0), (2, 0, 0), (1, 0, 1), (2, 0, 1), (0, 1, 1), (1, 1, 1), (2, 1, 1))
_SEASONAL_ORDERS = ((1, 0, 0), (0, 1, 1))


@dataclass(frozen=True)
class ClassicalForecast:
    """Forecasts (O, J) of one column, and what made them."""

    forecasts: FloatArray
    name: str


def classical_baselines(
    train: Series, series: Series, transform: str, season: int, origins: IntArray, horizon: int
) -> list[list[ClassicalForecast]]:
    """ETS and ARIMA of each column, in the units of the data.

    Args:
        train: the training part.
        series: what is forecast; it begins with the training part or follows it.
        transform: none, log or sqrt: the scale on which the models are fitted.
        season: rows in a season; one of more than :data:`MAX_SEASON` is left to the other baselines.
        origins: (O,) rows of ``series`` to forecast from.
        horizon: J.

    Raises:
        SeqnlpError: statsmodels is not installed.
        DataError: a value has no logarithm or square root, or no model can be fitted.
    """
    if find_spec("statsmodels") is None:
        raise SeqnlpError("ETS and ARIMA need statsmodels: pip install 'seqnlp[statsmodels]'")
    reading = InputTransform(transform, 0, ())
    fitted_on, read = (reading.transformed(one.values, one.names, one.source) for one in (train, series))
    season = season if 1 < season <= MAX_SEASON and len(fitted_on) > 2 * season else 1
    baselines = []
    for place in range(read.shape[1]):
        column, rows = fitted_on[:, place], read[:, place]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of fits that did not converge, which their criterion shows
            both = [ets(column, rows, season, origins, horizon), arima(column, rows, season, origins, horizon)]
        baselines.append([ClassicalForecast(reading.restored(one.forecasts), one.name) for one in both])
    return baselines


def ets(train: FloatArray, values: FloatArray, season: int, origins: IntArray, horizon: int) -> ClassicalForecast:
    """Exponential smoothing with additive errors: with a damped trend and a season, or without (Hyndman et al. 2008).

    Args:
        train: (n,) what it is fitted on.
        values: (T,) what is forecast.
    """
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    def model(rows: FloatArray, trend: bool, seasonal: bool) -> Any:
        return ETSModel(
            rows,
            trend="add" if trend else None,
            damped_trend=trend,
            seasonal="add" if seasonal else None,
            seasonal_periods=season if seasonal else None,
        )

    kinds = [(trend, seasonal) for trend in (False, True) for seasonal in ((False, True) if season > 1 else (False,))]
    fits = {kind: model(train, *kind).fit(disp=False) for kind in kinds}
    trend, seasonal = min(fits, key=lambda kind: _criterion(fits[kind].aicc))
    params = fits[trend, seasonal].params
    states = model(values, trend, seasonal).smooth(params)
    ahead = np.arange(1, horizon + 1)
    forecasts = np.repeat(np.asarray(states.level)[origins, None], horizon, axis=1)  # (O, J)
    if trend:
        damping = states.damping_trend
        forecasts = forecasts + np.asarray(states.slope)[origins, None] * np.cumsum(damping**ahead)
    if seasonal:
        last = (
            origins[:, None] + ahead - season * np.ceil(ahead / season).astype(np.int64)
        )  # (O, J) same row, a season ago
        forecasts = forecasts + np.asarray(states.season)[last]
    return ClassicalForecast(forecasts, f"ETS(A,{'Ad' if trend else 'N'},{'A' if seasonal else 'N'})")


def arima(train: FloatArray, values: FloatArray, season: int, origins: IntArray, horizon: int) -> ClassicalForecast:
    """ARIMA, seasonal or not, through its state (Durbin & Koopman 2012); the arguments are those of :func:`ets`."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    def model(rows: FloatArray, order: tuple[int, ...], seasonal: tuple[int, ...]) -> Any:
        trend = "n" if order[1] or (seasonal and seasonal[1]) else "c"
        return SARIMAX(rows, order=order, seasonal_order=seasonal or (0, 0, 0, 0), trend=trend)

    best: tuple[float, tuple[int, ...], tuple[int, ...], FloatArray] | None = None
    for order, seasonal in _orders(season):
        try:
            fit = model(train, order, seasonal).fit(disp=False, maxiter=50)
        except np.linalg.LinAlgError:  # parameters on the edge of what is stationary; another order is better anyway
            continue
        criterion = _criterion(fit.aicc)
        if best is None or criterion < best[0]:
            best = criterion, order, seasonal, fit.params
    if best is None:
        raise DataError("no ARIMA can be fitted on the training part: does it repeat exactly? Leave --classical out")
    _, order, seasonal, params = best
    read = model(values, order, seasonal).filter(params)
    matrices = read.filter_results
    move, say = matrices.transition[..., 0], matrices.design[..., 0]  # (k, k), (1, k)
    drift = matrices.state_intercept[:, [0]]  # (k, 1)
    state, forecasts = read.filtered_state[:, origins], []  # (k, O)
    for _ in range(horizon):
        state = move @ state + drift
        forecasts.append((say @ state)[0] + matrices.obs_intercept[0, 0])
    suffix = f"({','.join(map(str, seasonal[:3]))})[{season}]" if seasonal else ""
    return ClassicalForecast(np.stack(forecasts, axis=1), f"ARIMA({','.join(map(str, order))}){suffix}")


def _orders(season: int) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """What is tried."""
    for order in _ARIMA_ORDERS:
        yield order, ()
        if season > 1:
            yield from ((order, (*seasonal, season)) for seasonal in _SEASONAL_ORDERS)


def _criterion(value: float) -> float:
    """A criterion that is not a number is that of a fit that failed."""
    return math.inf if math.isnan(value) else float(value)
