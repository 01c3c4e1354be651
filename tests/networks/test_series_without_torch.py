"""Series where there is no torch: the same answers, and a clear word where an engine cannot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tasks_in_process import trained_task
from tiny_readings import tiny_detector, write_tiny_readings
from tiny_series import make_lines, tiny_forecasting, write_series
from tiny_tasks import TINY
from without import run_without

from seqnlp.api import Detector, Forecaster
from seqnlp.errors import SeqnlpError
from seqnlp.tasks.anomaly_detection.task import AnomalyDetectionTask
from seqnlp.tasks.forecasting.task import ForecastingTask


@pytest.fixture(scope="module", params=["plain", "calendar, a level that follows, two layers of gru"])
def detector(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained run; ``readings.csv`` is beside it."""
    folder = tmp_path_factory.mktemp("readings")
    write_tiny_readings(folder)
    changes = {} if request.param == "plain" else {**TINY["anomaly_detection"].everything, "model__cell": "gru"}
    config, run = tiny_detector(folder, trainer__epochs=1, **changes), folder / "run"
    trained_task(AnomalyDetectionTask, config, run)
    return run


def test_anomalies_are_those_of_torch(detector: Path) -> None:
    series = detector.parent / "readings.csv"
    actual, wanted = (Detector(detector, engine=engine).detect(series) for engine in ("auto", "torch"))
    scores = [[np.nan if row.score is None else row.score for row in one.rows] for one in (actual, wanted)]
    np.testing.assert_allclose(scores[0], scores[1], rtol=1e-7)
    assert actual.events == wanted.events
    assert repr(Detector(detector, engine="torch")).endswith(", engine='torch')")


def test_anomalies_are_found_without_torch(detector: Path) -> None:
    series = detector.parent / "readings.csv"
    actual = run_without("torch,onnx,onnxruntime", "detect", detector, series, "--rows")
    wanted = Detector(detector).detect(series)
    assert (actual.returncode, len(actual.stdout.splitlines())) == (0, 1 + len(wanted.rows))
    by_row = run_without("torch", "detect", detector, "--rows", text=series.read_text())
    assert by_row.stdout == actual.stdout


def test_an_engine_that_has_no_double_precision_is_refused(detector: Path) -> None:
    with pytest.raises(SeqnlpError, match=r"computes in double precision.*; use the engine numpy or torch"):
        Detector(detector, engine="onnxruntime")
    actual = run_without("torch", "detect", detector, detector.parent / "readings.csv", "--engine", "torch")
    assert actual.returncode == 2
    assert "needs torch, which is not installed" in actual.stderr


@pytest.fixture(scope="module", params=["fitted", "changes, a season, logarithms, two layers of gru"])
def forecaster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained run; ``series.csv`` is beside it."""
    folder = tmp_path_factory.mktemp("series")
    write_series(folder / "series.csv", make_lines(120))
    changes = {} if request.param == "fitted" else {**TINY["forecasting"].everything, "model__cell": "gru"}
    config, run = tiny_forecasting(folder, trainer__epochs=1, **changes), folder / "run"
    trained_task(ForecastingTask, config, run)
    return run


def test_forecasts_are_those_of_torch(forecaster: Path) -> None:
    series = forecaster.parent / "series.csv"
    wanted = Forecaster(forecaster, engine="torch").forecast(series, 8)
    for engine in ("auto", "onnxruntime", "numpy"):
        actual = Forecaster(forecaster, engine=engine, threads=1).forecast(series, 8)
        assert actual.times == wanted.times
        for name in ("values", "low", "high"):
            np.testing.assert_allclose(getattr(actual, name), getattr(wanted, name), rtol=1e-5)
    assert repr(Forecaster(forecaster, engine="numpy")).endswith(", engine='numpy')")


def test_a_series_is_forecast_without_torch(forecaster: Path) -> None:
    series = forecaster.parent / "series.csv"
    wanted = Forecaster(forecaster).forecast(series)
    for without in ("torch", "torch,onnx,onnxruntime"):
        actual = run_without(without, "forecast", forecaster, series)
        assert (actual.returncode, len(actual.stdout.splitlines())) == (0, 1 + len(wanted.times))
    by_row = run_without("torch", "forecast", forecaster, text=series.read_text())
    assert by_row.returncode == 0
    assert by_row.stdout.splitlines()[-1].split(",")[:2] == [wanted.origin, wanted.times[-1]]
