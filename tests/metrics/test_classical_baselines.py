"""ETS and ARIMA beside a forecaster: rolling forecasts are those of a model that was given each beginning alone."""

from __future__ import annotations

import sys
import warnings
from functools import partial

import numpy as np
import pytest

from seqnlp.data.series.parts import Series
from seqnlp.errors import SeqnlpError
from seqnlp.metrics import classical_baselines as classical

pytest.importorskip("statsmodels")


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    """A trend, a season of 6, and noise that is like the row before."""
    draw, rows = np.random.default_rng(3), np.arange(90)
    noise = np.zeros(90)
    for row in range(1, 90):
        noise[row] = 0.5 * noise[row - 1] + draw.normal()
    return np.asarray(20 + 0.1 * rows + 4 * np.sin(2 * np.pi * rows / 6) + noise)


def test_ets_from_an_origin_is_that_of_statsmodels_given_the_rows_up_to_it(values: np.ndarray) -> None:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    origins = np.array([62, 70, 85])
    actual = classical.ets(values[:60], values, 6, origins, 8)
    assert actual.name in ("ETS(A,N,A)", "ETS(A,Ad,A)")
    options = {"trend": "add", "damped_trend": True} if "Ad" in actual.name else {}
    build = partial(ETSModel, seasonal="add", seasonal_periods=6, **options)
    params = build(values[:60]).fit(disp=False).params
    for origin, forecast in zip(origins, actual.forecasts, strict=True):
        np.testing.assert_allclose(forecast, build(values[: origin + 1]).smooth(params).forecast(8), atol=1e-6)


def test_arima_from_an_origin_is_that_of_statsmodels_given_the_rows_up_to_it(
    values: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    for order, seasonal in (((1, 0, 0), (1, 0, 0)), ((1, 1, 1), (0, 1, 1))):
        monkeypatch.setattr(classical, "_ARIMA_ORDERS", (order,))
        monkeypatch.setattr(classical, "_SEASONAL_ORDERS", (seasonal,))
        origins = np.array([64, 81])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            actual = classical.arima(values[:60], values, 6, origins, 9)
            is_seasonal = actual.name.endswith("[6]")
            trend = "n" if order[1] or (is_seasonal and seasonal[1]) else "c"
            chosen = (*seasonal, 6) if is_seasonal else (0, 0, 0, 0)
            build = partial(SARIMAX, order=order, seasonal_order=chosen, trend=trend)
            params = build(values[:60]).fit(disp=False, maxiter=50).params
            for origin, forecast in zip(origins, actual.forecasts, strict=True):
                expected = build(values[: origin + 1]).filter(params).forecast(9)
                np.testing.assert_allclose(forecast, expected, atol=1e-5)


def test_a_missing_package_is_said(values: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "statsmodels", None)
    series = _series(values)
    with pytest.raises(SeqnlpError, match=r"pip install 'seqnlp\[statsmodels\]'"):
        classical.classical_baselines(series, series, "none", 6, np.array([70]), 3)


def _series(values: np.ndarray) -> Series:
    rows = values[:, None]
    return Series(("sales",), rows, np.ones_like(rows, dtype=bool), np.arange(len(rows)), (), None, (), "made up")
