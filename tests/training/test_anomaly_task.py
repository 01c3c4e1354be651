"""The real detector in the real loop: what it learns from, what sets its threshold, resumed, saved and loaded."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tasks_in_process import new_task, trained_task
from tiny_readings import make_lines, time_of, tiny_detector, write_tiny_readings
from tiny_tasks import TINY

from seqnlp.bundle import load_bundle
from seqnlp.config.reading import read_config
from seqnlp.data.series.parts import read_series
from seqnlp.errors import ConfigError, DataError, RunError, SeqnlpError
from seqnlp.metrics.false_alarms import conformal_threshold
from seqnlp.tasks.anomaly_detection.detector import detector_from_bundle
from seqnlp.tasks.anomaly_detection.scoring import ErrorBaseline
from seqnlp.tasks.anomaly_detection.task import AnomalyDetectionTask

EVERYTHING = TINY["anomaly_detection"].everything


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a series and its labelled windows."""
    folder = tmp_path_factory.mktemp("readings")
    write_tiny_readings(folder)
    return folder


make, train = partial(new_task, AnomalyDetectionTask), partial(trained_task, AnomalyDetectionTask)


def test_every_window_of_the_training_part_is_learnt_from_once_an_epoch(tmp_path: Path, data: Path) -> None:
    task = make(tiny_detector(data), tmp_path)
    for epoch in range(2):
        assert sorted(np.concatenate(task.plan(epoch))) == list(range(len(task.starts)))
    assert len(task.starts) == 84 - 5  # 35 % of 240 rows, windows of 6


def test_the_saved_model_scores_as_the_trained_one(tmp_path: Path, data: Path) -> None:
    task = train(tiny_detector(data, **EVERYTHING, trainer__patience=0), tmp_path)
    loaded = detector_from_bundle(load_bundle(tmp_path))
    assert task.detector is not None
    series = read_series(data / "readings.csv", loaded.data, lambda text: None, loaded.step)
    again = AnomalyDetectionTask(task.config, tmp_path, torch.device("cpu"), lambda text: None)
    again.model.load_state_dict({k: v for k, v in load_bundle(tmp_path).tensors.items() if k != "calibration"})
    again.model.eval()
    again.evaluate()
    assert again.detector is not None
    np.testing.assert_array_equal(loaded.score(series), again.detector.score(series))
    np.testing.assert_array_equal(
        loaded.known.held_back.scores, again.detector.known.held_back.scores
    )  # in the order of time


def test_the_calibration_rows_are_flagged_as_often_as_was_asked_for(tmp_path: Path, data: Path) -> None:
    task = train(tiny_detector(data, model__level_rows=30, model__confidence=0.0), tmp_path)
    scores = task.evaluate()
    assert task.detector is not None
    assert len(task.detector.known.held_back.scores) == 60
    assert (
        task.detector.known.held_back.scores > scores["threshold"]
    ).sum() == 2  # 5 % of 61 are 3, the new row among them


def test_no_value_after_the_training_part_changes_the_scale_or_the_windows(tmp_path: Path, data: Path) -> None:
    lines = make_lines()
    (tmp_path / "readings.csv").write_text("\n".join(lines[:100] + [f"{time_of(r)},99,{r}" for r in range(99, 240)]))
    (tmp_path / "windows.json").write_text("[]")
    one, other = make(tiny_detector(data), tmp_path / "one"), make(tiny_detector(tmp_path), tmp_path / "other")
    np.testing.assert_array_equal(one.series[0].scaler.mean, other.series[0].scaler.mean)
    np.testing.assert_array_equal(one.series[0].scaler.deviation, other.series[0].scaler.deviation)
    np.testing.assert_array_equal(one.rows, other.rows)


def test_no_later_row_changes_the_score_of_an_earlier_one(tmp_path: Path, data: Path) -> None:
    task = train(tiny_detector(data, **EVERYTHING), tmp_path / "run")
    assert task.detector is not None
    lines = make_lines()
    (tmp_path / "changed.csv").write_text("\n".join([*lines[:151], *(f"{time_of(r)},0,{r}" for r in range(150, 240))]))
    scores = [
        task.detector.score(read_series(path, task.config.data, lambda text: None))
        for path in (data / "readings.csv", tmp_path / "changed.csv")
    ]
    np.testing.assert_allclose(scores[0][:150], scores[1][:150], rtol=1e-8)
    assert (scores[0][150:] != scores[1][150:]).all()


def test_labelled_windows_are_left_out_of_training_scale_and_calibration_and_counted(tmp_path: Path) -> None:
    write_tiny_readings(tmp_path)
    lines = (tmp_path / "readings.csv").read_text().splitlines()
    spoilt = [*lines[:31], *(f"{time_of(row)},1e6,1e6" for row in range(30, 33)), *lines[34:]]
    (tmp_path / "readings.csv").write_text("\n".join(spoilt))
    (tmp_path / "windows.json").write_text(json.dumps([[time_of(30), time_of(32)], [time_of(100), time_of(100)]]))
    said: list[str] = []
    task = make(tiny_detector(tmp_path), tmp_path / "run", said.append)
    assert abs(task.series[0].scaler.mean[0] - 10) < 0.1
    assert not any(set(range(start, start + 6)) & {30, 31, 32} for start in task.starts)
    assert not set(task.series[0].dev_rows) & set(range(100, 106))
    assert said[-1].startswith(
        "train: 84 rows, 71 windows of 6 (8 left out, which touch labelled rows); calibration: 54 rows (6 left out); "
    )
    assert np.isfinite(task.evaluate()["threshold"])


def test_without_a_normal_window_or_row_nothing_can_be_learnt(tmp_path: Path) -> None:
    write_tiny_readings(tmp_path)
    (tmp_path / "windows.json").write_text(json.dumps([[time_of(row), time_of(row)] for row in range(3, 84, 5)]))
    with pytest.raises(DataError, match=r"every window of 6 rows touches a labelled one \(data.labels\)"):
        make(tiny_detector(tmp_path), tmp_path / "run")


def test_too_few_calibration_rows_for_the_rate_are_refused_before_training(tmp_path: Path, data: Path) -> None:
    with pytest.raises(SeqnlpError) as caught:
        make(tiny_detector(data, model__false_alarms=0.01), tmp_path)
    assert "0.01 takes at least 99 held-back normal rows, found 60: ask for 0.016 or more" in str(caught.value)


def test_a_part_shorter_than_a_window_and_equal_values_are_refused(tmp_path: Path, data: Path) -> None:
    with pytest.raises(DataError, match=r"expected at least 100 rows, one window \(model.window=100\), found 84"):
        make(tiny_detector(data, model__window=100), tmp_path)
    write_tiny_readings(tmp_path)
    flat = ["time,flow,heat", *(f"{time_of(row)},5,{row}" for row in range(240))]
    (tmp_path / "readings.csv").write_text("\n".join(flat))
    with pytest.raises(DataError, match="column 'flow': all 84 training values are 5, so there is nothing to learn"):
        make(tiny_detector(tmp_path), tmp_path / "run")


def test_a_development_file_of_its_own_must_have_the_same_columns(tmp_path: Path) -> None:
    write_tiny_readings(tmp_path)
    (tmp_path / "windows.json").write_text("[]")
    lines = make_lines(seed=5)
    (tmp_path / "dev.csv").write_text("\n".join(lines))
    task = make(tiny_detector(tmp_path, data__dev="dev.csv"), tmp_path / "run")
    assert (len(task.rows), len(task.series[0].dev_rows)) == (144, 240 - 5)
    assert task.evaluate()["threshold"] > 0
    (tmp_path / "dev.csv").write_text("\n".join(["time,flow,cold", *lines[1:]]))
    with pytest.raises(DataError, match="expected the column 'heat', found 'time', 'flow', 'cold'"):
        make(tiny_detector(tmp_path, data__dev="dev.csv"), tmp_path / "run")


def test_impossible_settings_are_told_together() -> None:
    with pytest.raises(ConfigError) as caught:
        read_config(
            {
                "task": "anomaly_detection",
                "data": {"train": "x.csv"},
                "model": {"scored_rows": 9, "window": 8, "calendar": "day, moon", "false_alarms": 1.0},
            }
        )
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "model.false_alarms",
        "data.dev",
        "model.scored_rows",
        "model.calendar",
        "model.calendar",
    ]
    assert caught.value.problems[1] == (
        "data.dev: missing; the threshold is set on held-back normal rows: a file, or a part such as 20%"
    )
    assert caught.value.problems[2] == "model.scored_rows: expected at most model.window (8), found 9"


def test_the_level_follows_the_errors_from_behind_and_never_falls_below_the_usual_one() -> None:
    level = ErrorBaseline(baseline_error=2.0, rows=4)
    assert [level.score(error) for error in (2.0, 8.0, 8.0)] == [1.0, 4.0, 8 / 3.5]
    assert level.score(float("nan")) == 0
    before = level.mean
    assert (level.score(0.0), level.mean) == (0, before * 0.75)
    for _ in range(100):
        level.score(0.0)
    assert level.score(2.0) == 1.0
    assert [ErrorBaseline(2.0, 0).score(error) for error in (8.0, 8.0)] == [4.0, 4.0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"task": "forecasting"}, "this is a model for forecasting, not an anomaly detector"),
        ({"extra": 1}, "{folder}/config.yaml has the unknown key 'extra'; install a newer seqnlp"),
    ],
)
def test_a_model_folder_that_is_no_detector_is_refused(
    tmp_path: Path, data: Path, change: dict[str, Any], message: str
) -> None:
    train(tiny_detector(data, trainer__epochs=1), tmp_path)
    bundle = load_bundle(tmp_path)
    bundle.description.update(change)
    with pytest.raises(RunError) as caught:
        detector_from_bundle(bundle)
    assert str(caught.value) == message.format(folder=tmp_path / "model")


def test_a_model_folder_with_missing_numbers_is_refused(tmp_path: Path, data: Path) -> None:
    train(tiny_detector(data, trainer__epochs=1), tmp_path)
    bundle = load_bundle(tmp_path)
    del bundle.vocabulary["baseline_error"]
    with pytest.raises(RunError, match="lacks the key 'baseline_error'"):
        detector_from_bundle(bundle)
    bundle = load_bundle(tmp_path)
    bundle.description["model"]["hidden_dim"] = 9
    with pytest.raises(RunError, match=r"model\.safetensors does not fit config\.yaml: "):
        detector_from_bundle(bundle)


def test_what_is_wrong_with_a_development_file_is_said(tmp_path: Path) -> None:
    write_tiny_readings(tmp_path)
    heading, *lines = make_lines(80)
    (tmp_path / "held.csv").write_text("\n".join([heading, *lines[4:], *lines[:4]]) + "\n", encoding="utf-8")
    said: list[str] = []
    make(tiny_detector(tmp_path, data__dev="held.csv", data__labels=""), tmp_path / "run", said.append)
    about_dev = [text for text in said if "held.csv" in text]
    assert len(about_dev) == 1
    assert "4 rows left out" in about_dev[0]
    said.clear()
    make(tiny_detector(tmp_path), tmp_path / "other", said.append)
    assert len(said) == 1  # a part of the training file is not told twice


def test_detectors_of_older_versions_keep_their_thresholds(tmp_path: Path, data: Path) -> None:
    train(tiny_detector(data), tmp_path)
    saved = load_bundle(tmp_path)
    surer = detector_from_bundle(saved)
    del saved.description["model"]["confidence"]
    older = detector_from_bundle(saved)
    assert surer.threshold(0.1) > older.threshold(0.1)
    assert older.threshold(0.1) == conformal_threshold(older.known.held_back.scores, 0.1)
