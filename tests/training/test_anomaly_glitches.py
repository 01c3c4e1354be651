"""One absurd reading does not blind a detector that follows its level."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from tasks_in_process import trained_task
from tiny_readings import make_lines, tiny_detector, write_tiny_readings

from seqnlp.api import Detector
from seqnlp.config.anomaly_detection import AutoencoderConfig
from seqnlp.tasks.anomaly_detection.scoring import ErrorBaseline, baseline_of
from seqnlp.tasks.anomaly_detection.task import AnomalyDetectionTask

ODD_ROWS = (170, 220)
"""Where the made-up series is odd, from 0."""


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Detector:
    """One whose level has a memory of 30 rows."""
    folder = tmp_path_factory.mktemp("glitches")
    write_tiny_readings(folder)
    config, run = tiny_detector(folder, model__level_rows=30), folder / "run"
    trained_task(AnomalyDetectionTask, config, run)
    return Detector(run)


def with_glitch(row: int, reading: str) -> list[str]:
    lines = make_lines()
    time, flow, _ = lines[1 + row].split(",")
    lines[1 + row] = f"{time},{flow},{reading}"
    return lines


@pytest.mark.parametrize("reading", ["1e2", "1e4", "-1e4", "1e300"])
@pytest.mark.parametrize("row", [40, 100, 150, 190])
def test_no_later_event_is_lost_to_a_glitch(detector: Detector, tmp_path: Path, row: int, reading: str) -> None:
    path, lines = tmp_path / "series.csv", with_glitch(row, reading)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows = detector.detect(path).rows
    flagged = {each.row - 1 for each in rows if each.flagged}
    assert {row, *(odd for odd in ODD_ROWS if odd > row)} <= flagged
    assert all(math.isfinite(each.score) for each in rows if each.score is not None)
    stream = detector.start()
    fields = [line.split(",") for line in lines[1:]]
    read = [judged for time, *values in fields for judged in stream.add([float(value) for value in values], time)]
    assert [(each.flagged, each.score and f"{each.score:.4g}") for each in read] == [
        (each.flagged, each.score and f"{each.score:.4g}") for each in rows
    ]


@pytest.mark.parametrize("error", [1e4, 1e30, math.inf])
@pytest.mark.parametrize("scored_rows", [1, 12])
def test_the_rows_that_see_one_glitch_raise_the_level_a_little(error: float, scored_rows: int) -> None:
    level = baseline_of(AutoencoderConfig(window=12, scored_rows=scored_rows, level_rows=100), baseline_error=1.0)
    for _ in range(scored_rows):
        level.score(error)
    assert level.mean <= 1 + 0.2 * scored_rows


def test_a_shift_that_stays_is_followed_as_by_a_plain_mean() -> None:
    level, plain = (
        baseline_of(AutoencoderConfig(window=12, level_rows=100), baseline_error=1.0),
        ErrorBaseline(baseline_error=1.0, rows=100),
    )
    shifted = [(level.score(1e4), plain.score(1e4)) for _ in range(400)]
    assert shifted[0] == (1e4, 1e4)
    assert shifted[40][0] < 2 * shifted[40][1]
    assert shifted[-1] == pytest.approx((1, 1), abs=0.05)
