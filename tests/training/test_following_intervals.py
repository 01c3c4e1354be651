"""Prediction intervals that follow the series, in evaluation and in rolling use."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_series import make_lines, tiny_forecasting, write_series

import seqnlp
from seqnlp.api import Forecaster
from seqnlp.bundle import load_bundle
from seqnlp.tasks.forecasting.adaptive_intervals import AdaptiveIntervals
from seqnlp.tasks.forecasting.evaluation import evaluate
from seqnlp.tasks.forecasting.forecaster import forecaster_from_bundle
from seqnlp.tasks.forecasting.task import ForecastingTask
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit


@pytest.mark.parametrize("noise", [0.3, 4.0])
@pytest.mark.parametrize("horizon", [1, 5])
def test_intervals_of_a_series_that_got_wilder_or_calmer_hold_as_promised(noise: float, horizon: int) -> None:
    draw, levels = np.random.default_rng(0), (0.5, 0.9)
    came = draw.normal(scale=noise, size=(3000, 1))
    forecasts = np.zeros((3000, horizon, 1))
    widths = np.array([0.674, 1.645])[:, None, None] * np.ones((2, horizon, 1))  # right for a noise of 1
    factors = AdaptiveIntervals(widths, levels, 0.1).along(forecasts, came, np.ones((3000, 1), dtype=bool))  # (O, L, C)
    for place, level in enumerate(levels):
        held = np.abs(came[501:, 0]) <= widths[place, 0, 0] * factors[500:-1, place, 0]
        assert held.mean() == pytest.approx(level, abs=0.03)
    assert factors[500:].mean() == pytest.approx(noise, rel=0.2)


def test_a_forecast_is_judged_by_its_own_row_and_missing_rows_judge_nothing() -> None:
    widths = np.ones((1, 2, 1))
    intervals = AdaptiveIntervals(widths, (0.9,), 0.1)
    here, gone = np.array([True]), np.array([False])
    scale = intervals.after(intervals.beginning, np.array([7.0]), here, np.array([[0.0], [5.0]]))
    assert scale.logarithms[0, 0] == 0  # nothing was forecast of the first row
    scale = intervals.after(scale, np.array([0.5]), here, np.array([[4.9], [9.0]]))
    assert scale.logarithms[0, 0] == pytest.approx(-0.01)  # it held
    assert intervals.after(scale, np.array([99.0]), gone, None).logarithms[0, 0] == pytest.approx(-0.01)
    scale = intervals.after(scale, np.array([6.5]), here, None)  # 5.0 two rows ago and 4.9 one row ago missed
    assert scale.logarithms[0, 0] == pytest.approx(-0.01 + 0.09)
    assert scale.waiting == ()


def test_a_forecaster_widens_its_intervals_on_a_wilder_series_unless_it_is_told_not_to(tmp_path: Path) -> None:
    calm, wild = make_lines(200), make_lines(260, seed=1)
    for number in range(200, 261):
        day, a, b = wild[number].split(",")
        wild[number] = f"{day},{float(a) + 4 * (-1) ** (number // 2):.3f},{b}"
    write_series(tmp_path / "series.csv", calm)
    write_series(tmp_path / "wild.csv", wild)
    for follow in (0.1, 0.0):
        config = tiny_forecasting(tmp_path, model__follow=follow)
        run = tmp_path / f"run{follow}"
        run.mkdir()
        task = ForecastingTask(config, run, torch.device("cpu"), lambda text: None)
        fit(task, config, run, Processes())
        config.data.test = "wild.csv"
        report = evaluate(run, config, "test", lambda text: None, keep=False)
        first = report.columns[0]
        held = {interval.level: interval for interval in first.intervals}[0.9]
        assert held.fixed is not None
        loaded = seqnlp.load(run)
        assert isinstance(loaded, Forecaster)
        before, after = (loaded.forecast(tmp_path / name) for name in ("series.csv", "wild.csv"))
        width = [actual.high - actual.low for actual in (before, after)]
        if follow:
            assert held.coverage > held.fixed
            assert (width[1][:, 0] > 1.5 * width[0][:, 0]).all()
        else:
            assert held.coverage == held.fixed
            assert width[1] == pytest.approx(width[0])


def test_models_of_older_versions_keep_their_widths(tmp_path: Path) -> None:
    write_series(tmp_path / "series.csv", make_lines(120))
    config = tiny_forecasting(tmp_path)
    (tmp_path / "run").mkdir()
    task = ForecastingTask(config, tmp_path / "run", torch.device("cpu"), lambda text: None)
    fit(task, config, tmp_path / "run", Processes())
    saved = load_bundle(tmp_path / "run")
    del saved.description["model"]["follow"]
    assert forecaster_from_bundle(saved).settings.follow == 0
