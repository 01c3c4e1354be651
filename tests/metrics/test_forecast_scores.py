from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from seqnlp.metrics.conformal import conformal_quantile, coverage
from seqnlp.metrics.forecasting import (
    Errors,
    errors,
    naive,
    naive_scale,
    rows_ahead,
    seasonal_naive,
    seasonal_naive_with_drift,
)
from seqnlp.tasks.forecasting.report import (
    ColumnReport,
    ForecastReport,
    Interval,
    NamedErrors,
    StepErrors,
)


def test_errors_by_hand() -> None:
    forecasts, actual = np.array([[1.0, 2.0], [3.0, 100.0]]), np.array([[2.0, 2.0], [6.0, 0.0]])
    known = np.array([[True, True], [True, False]])
    result = errors(forecasts, actual, known, (2.0, 0.5))
    assert result.mae == pytest.approx(4 / 3)
    assert result.rmse == pytest.approx(math.sqrt(10 / 3))
    assert (result.mase, result.mase_naive) == pytest.approx((2 / 3, 8 / 3))
    assert errors(forecasts, actual, np.zeros_like(known), (1.0, 1.0)) == Errors(0, 0, 0, 0)


def test_the_scale_is_the_mean_change_over_a_season_of_what_is_known() -> None:
    values = np.array([1.0, 5.0, 2.0, 9.0, 7.0])
    assert naive_scale(values, np.ones(5, dtype=bool), 2) == pytest.approx((1 + 4 + 5) / 3)
    assert naive_scale(values, np.array([True, True, True, False, True]), 2) == pytest.approx((1 + 5) / 2)
    assert naive_scale(np.ones(5), np.ones(5, dtype=bool), 1) == 0


def test_naive_forecasts_are_what_their_names_say() -> None:
    values = np.arange(20.0)[:, None] ** 2
    origins = np.array([7, 11, 15])
    for season in (1, 3, 4):
        seasonal = seasonal_naive(values, origins, 5, season)
        drifted = seasonal_naive_with_drift(values, origins, 5, season)
        for place, origin in enumerate(origins):
            slope = (values[origin, 0] - values[0, 0]) / origin
            for step in range(1, 6):
                row = origin + step
                while row > origin:
                    row -= season
                assert seasonal[place, step - 1, 0] == values[row, 0]
                assert drifted[place, step - 1, 0] == pytest.approx(values[row, 0] + slope * (origin + step - row))
    assert np.array_equal(seasonal_naive(values, origins, 5, 1), naive(values, origins, 5))
    assert rows_ahead(origins, 2).tolist() == [[8, 9], [12, 13], [16, 17]]


def test_the_conformal_quantile_is_the_score_of_its_rank() -> None:
    scores = np.random.default_rng(0).permutation(np.arange(1.0, 20.0))  # 19 of them
    assert conformal_quantile(scores, 0.9) == 18
    assert conformal_quantile(scores, 0.95) == 19
    assert conformal_quantile(scores, 0.5) == 10
    assert conformal_quantile(scores, 0.96) == math.inf
    assert conformal_quantile(np.zeros(0), 0.5) == math.inf


def test_a_new_score_stays_below_the_conformal_quantile_as_often_as_promised() -> None:
    draw = np.random.default_rng(1)
    held = [draw.exponential() <= conformal_quantile(draw.exponential(size=25), 0.8) for _ in range(4000)]
    assert 0.8 - 0.02 < np.mean(held) < 0.8 + 1 / 26 + 0.02


def test_coverage_counts_known_values_only() -> None:
    assert coverage(np.array([True, False, False]), np.array([True, True, False])) == 0.5
    assert coverage(np.array([True]), np.array([False])) == 0


def a_report() -> ForecastReport:
    model, seasonal, drift = (Errors(rmse, rmse, rmse / 4, rmse / 2) for rmse in (3.0, 4.0, 6.0))
    baselines = [NamedErrors("naive", drift), NamedErrors("seasonal", seasonal), NamedErrors("drift", drift)]
    intervals = [Interval(0.9, 0.88, 5.0), Interval(0.99, 1.0, None)]
    column = ColumnReport("<b>", model, baselines, intervals, [StepErrors(1, 3.0, 3.0, 4.0, 0.88)])
    return ForecastReport("demo", "test", 50, 2, 10, 1, 7, [column], 0.5)


def test_the_report_says_how_far_below_the_naive_forecasts_the_model_is() -> None:
    actual = a_report().to_dict()
    assert (actual["measure"], actual["score"]) == ("mase", 0.75)
    assert (actual["below_seasonal_naive"], actual["below_drift"], actual["coverage_90"]) == (0.25, 0.5, 0.88)
    text = a_report().to_text()
    assert text.startswith(
        "demo on test: 50 rows (2 missing values, which do not count), 1 ahead from each of 10 rows\n"
    )
    for part in ("0.750  (1: the seasonal-naive error in training, season of 7)", "25.00 %  (with drift: 50.00 %)"):
        assert part in text
    assert "unbounded" in text


def test_what_cannot_be_divided_by_an_exact_season_is_undefined_and_the_report_is_json() -> None:
    nothing, model = Errors(0.0, 0.0, None, 0.0), Errors(0.5, 0.5, None, 0.25)
    baselines = [NamedErrors(name, nothing) for name in ("seasonal", "drift")]
    exact = ColumnReport("exact", model, baselines, [Interval(0.9, 1.0, 2.0)], [StepErrors(1, 0.5, 0.5, 0.0, 1.0)])
    report = replace(a_report(), columns=[exact])
    actual = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert [actual[name] for name in ("score", "below_seasonal_naive", "below_drift")] == [None, None, None]
    text = report.to_text()
    assert "undefined: the training part repeats exactly (season of 7)" in text
    assert "-  (with drift: -)" in text
    both = replace(report, columns=[exact, *a_report().columns])
    assert both.score == 0.75
    assert "undefined, left out: exact" in both.to_text()
    assert "undefined, left out: exact" in both.to_html()


def test_errors_over_a_scale_of_0_are_no_multiples() -> None:
    actual = errors(np.ones((1, 2)), np.zeros((1, 2)), np.ones((1, 2), dtype=bool), (0.0, 2.0))
    assert (actual.mae, actual.mase, actual.mase_naive) == (1, None, 0.5)


def test_the_page_escapes_names_of_columns() -> None:
    page = a_report().to_html()
    assert "&lt;b&gt;: errors" in page
    assert "<b>" not in page


def test_the_linear_forecast_stands_beside_the_model_where_there_is_one() -> None:
    assert a_report().to_dict()["below_linear"] is None
    linear = NamedErrors("harmonics + AR(7), least squares", Errors(2.0, 2.5, 0.5, 1.0))
    report = replace(a_report(), columns=[replace(column, linear=linear) for column in a_report().columns])
    assert report.to_dict()["below_linear"] == pytest.approx(1 - 3.0 / 2.5)
    text = report.to_text()
    assert "RMSE below linear" in text
    assert "harmonics + AR(7), least squares" in text


def test_the_page_draws_errors_and_intervals_of_several_steps() -> None:
    (column,) = a_report().columns
    longer = replace(column, steps=[*column.steps, StepErrors(2, 4.0, 4.0, 5.0, 0.9)])
    page = replace(a_report(), columns=[longer]).to_html()
    assert "<polyline" not in a_report().to_html()  # one step is no line
    assert page.count("<svg") == 2
    assert "<b>" not in page
