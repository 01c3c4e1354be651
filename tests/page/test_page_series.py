"""The pages of forecasters and detectors read series and answer as Python does."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import output
from page_answers import needs_node, page_answers, variants
from tasks_in_process import trained_task
from tiny_readings import tiny_detector, write_tiny_readings
from tiny_series import make_lines, tiny_forecasting, write_series
from tiny_tasks import TINY

from seqnlp.api import Detector, Forecaster
from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.scale import Scaler
from seqnlp.data.series.step import Step
from seqnlp.data.series.time import read_timestamp, write_timestamp
from seqnlp.errors import SeqnlpError
from seqnlp.tasks.anomaly_detection.task import AnomalyDetectionTask
from seqnlp.tasks.forecasting.facts import LEVELS
from seqnlp.tasks.forecasting.task import ForecastingTask
from seqnlp.tasks.series_page import series_settings

STAMPS = [
    *(("2024-01-31", ""), ("20240131", ""), ("2024-01-31 23:59", ""), ("2024-01-31T23:59:30Z", ""), ("2024-02-30", "")),
    *(
        ("2024-01-31T23:59:30.25+05:30", ""),
        ("2024-01", ""),
        ("202401", ""),
        ("2024-Q1", ""),
        ("Q3 1999", ""),
        ("1959q4", ""),
        ("1999", ""),
        ("17.5", ""),
    ),
    *(
        ("31.1.2024", "%d.%m.%Y"),
        ("31.01.24 7:05", "%d.%m.%y %H:%M"),
        *(("10/2/05", "%m/%d/%y"), ("12/1/99", "%m/%d/%y"), ("1.12.99", "%d.%m.%y"), ("03.2.05", "%d.%m.%y")),
        ("2024-12-31 4", "%Y-%m-%d %H"),
        ("Jan 31, 2024 11:30 PM", "%b %d, %Y %I:%M %p"),
    ),
    *(("1706700000", "unix"), ("1706700000500", "unix_ms"), ("12", "number"), ("today", ""), ("2024-13-01", "")),
]
STEPS = [
    *(Step(size=86400), Step(size=900), Step(months=1), Step(months=1, day=31), Step(months=3), Step(frequency="B")),
    *(Step(frequency="7D"), Step(size=2)),
]


@needs_node
def test_time_stamps_are_read_moved_and_written_alike() -> None:
    pairs = [(stamp, step, count) for stamp in STAMPS for step in STEPS for count in (1, 5, 14)]
    questions = [{"text": t, "format": f, "step": asdict(step), "count": count} for (t, f), step, count in pairs]
    for ((text, form), step, count), actual in zip(pairs, page_answers("moments", questions), strict=True):
        try:
            moment = read_timestamp(text, form)
        except ValueError:
            assert actual is None, text
            continue
        if isinstance(moment, float) and step.of_calendar:
            continue
        later = step.after(moment, count)
        assert actual["written"] == write_timestamp(later, text, form), (text, step, count)
        assert actual["count"] == pytest.approx(step.count(moment, later)), (text, step, count)


FORECASTERS: dict[str, dict[str, Any]] = {
    "fitted": {},
    "trained, a season, logarithms, two layers": {
        **TINY["forecasting"].everything,
        **{"model__cell": "gru", "model__linear": "trained", "model__transform": "log", "model__lags": 3},
        **{"data__time_column": "year + month + day", "data__time_format": "%Y %m %d"},
    },
    "differences, no lags": {
        **{
            "model__input": "differences",
            "model__linear": "trained",
            "model__lags": 0,
            "model__calendar": "week, year",
        },
        "model__follow": 0.0,
    },
    "no time stamps, from the mean": {"data__time_column": "", "model__calendar": "", "model__reference": "mean"},
}


def dated(lines: list[str], time_column: str) -> list[str]:
    """The same rows with the day in one column, in three, or in none."""
    if time_column == "year + month + day":
        return [
            time_column.replace(" + ", ",") + lines[0].removeprefix("day"),
            *(line.replace("-", ",", 2) for line in lines[1:]),
        ]
    return lines if time_column else [line.partition(",")[2] for line in lines]


def hints_of(problem: str) -> list[str]:
    """What a refusal says of the mark between fields."""
    return re.findall("the model reads fields with .* between them", problem)


@needs_node
@pytest.mark.parametrize("name", variants(FORECASTERS, "differences, no lags", "no time stamps, from the mean"))
def test_a_forecast_is_that_of_python(tmp_path: Path, name: str) -> None:
    lines = make_lines(120)
    changes = FORECASTERS[name]
    lines = dated(lines, changes.get("data__time_column", "day"))
    write_series(tmp_path / "series.csv", lines)
    config, run = tiny_forecasting(tmp_path, data__missing_values="None there", **changes), tmp_path / "run"
    trained_task(ForecastingTask, config, run)
    output("export", run, "--page", tmp_path / "page.html")
    forecaster = Forecaster(run, engine="onnxruntime")
    texts = [
        "\n".join(rows) + "\n"
        for rows in (
            *(lines, lines[:60], mended(lines), lines[:5], ["x,y", "1,2"], further_up(lines)),
            *(in_unit(lines, factor) for factor in (1e-6, 1e6, 1e200)),
            [f'{line.rpartition(",")[0]}, "{line.rpartition(",")[2]}"' for line in lines],
            *([line.replace(",", mark) for line in lines] for mark in "\t;"),
        )
    ]
    questions = [{"text": text, "level": level} for text in texts for level in (0, 4)]
    for question, actual in zip(questions, page_answers("forecasting", questions, tmp_path / "page.html"), strict=True):
        (tmp_path / "asked.csv").write_text(question["text"])
        said: list[str] = []
        try:
            expected = forecaster.forecast(tmp_path / "asked.csv", level=LEVELS[question["level"]], say=said.append)
        except SeqnlpError as refused:
            problem = str(refused)
        else:
            problem = ""
        if problem:
            assert hints_of(actual["problem"]) == hints_of(problem)
            continue
        assert "problem" not in actual, actual["problem"]
        assert actual["times"] == list(expected.times)
        assert actual["digits"] == expected.digits
        assert all(finding in "".join(said) for finding in actual["findings"] if "training" not in finding)
        units = [without_numbers(told) for told in (said, actual["findings"])]
        assert units[0] == units[1]
        for side, values in (("values", expected.values), ("low", expected.low), ("high", expected.high)):
            shown = np.array([[np.nan if value is None else value for value in row] for row in actual[side]])
            np.testing.assert_allclose(shown, np.where(np.isinf(values), np.nan, values), rtol=1e-5)


def without_numbers(told: list[str]) -> list[str]:
    """What is said of columns in another unit: which, and how they differ."""
    pattern = (
        r"column '(\w+)' (varies|lies) \S+ (times|deviations) (as|above|below) .* training; is it in the same unit"
    )
    return [":".join(found.groups()) for one in told if (found := re.search(pattern, one))]


def in_unit(lines: list[str], factor: float) -> list[str]:
    """The same rows, the last number of each times a factor."""
    return [lines[0], *(f"{line.rpartition(',')[0]},{float(line.rpartition(',')[2]) * factor!r}" for line in lines[1:])]


def further_up(lines: list[str]) -> list[str]:
    """The same rows, each number with 9000 before it."""
    return [lines[0], *(",9000".join(line.split(",")) for line in lines[1:])]


def mended(lines: list[str]) -> list[str]:
    """Rows with a gap, missing and infinite values, and one that comes again."""
    head, *rows = lines
    stamp, comma, _ = rows[40].rpartition(",")
    rows[40] = f"{stamp}{comma}"
    rows[45] = ",".join([*rows[45].split(",")[:-1], "none there"])
    rows[50] = ",".join([*rows[50].split(",")[:-1], "inf"])
    del rows[60:63]
    return [head, *rows[:90], rows[89] if len(rows[0].split(",")) > 2 else rows[90], *rows[91:]]


@needs_node
@pytest.mark.parametrize("name", variants(["plain", "everything"], "plain"))
def test_scores_and_events_are_those_of_python(tmp_path: Path, name: str) -> None:
    write_tiny_readings(tmp_path)
    changes = {} if name == "plain" else {**TINY["anomaly_detection"].everything, "model__cell": "gru"}
    config, run = tiny_detector(tmp_path, data__missing_values="-999, None there", **changes), tmp_path / "run"
    trained_task(AnomalyDetectionTask, config, run)
    output("export", run, "--page", tmp_path / "page.html")
    detector, texts = Detector(run), [(tmp_path / "readings.csv").read_text()]
    texts.append("\n".join(mended(texts[0].splitlines())) + "\n")
    for text, actual in zip(texts, page_answers("anomaly_detection", texts, tmp_path / "page.html"), strict=True):
        (tmp_path / "asked.csv").write_text(text)
        expected = detector.detect(tmp_path / "asked.csv")
        scores = [np.nan if row.score is None else row.score for row in expected.rows]
        shown = [np.nan if row["score"] is None else row["score"] for row in actual["rows"]]
        np.testing.assert_allclose(shown, scores, rtol=1e-6)
        assert [row["flagged"] for row in actual["rows"]] == [row.flagged for row in expected.rows]
        assert [row["place"] for row in actual["rows"]] == [row.place for row in expected.rows]
        assert [row["pValue"] for row in actual["rows"]] == pytest.approx([row.p_value for row in expected.rows])
        names = ("start", "end", "peak", "flagged", "first", "last")
        assert [[event[n] for n in names] for event in actual["events"]] == (
            [[getattr(event, n) for n in names] for event in expected.events]
        )


def test_what_a_page_cannot_read_is_refused() -> None:
    data, scaler = SeriesDataConfig(time_column="day", time_format="%Y-%j"), Scaler(np.zeros(1), np.ones(1))
    with pytest.raises(SeqnlpError, match="it knows no %j"):
        series_settings(("a",), data, Step(size=86400), scaler)
    data.time_format = ""
    with pytest.raises(SeqnlpError, match="knows no step of SMS"):
        series_settings(("a",), data, Step(frequency="SMS"), scaler)
    data.thousands = ","
    with pytest.raises(SeqnlpError, match="no marks between thousands"):
        series_settings(("a",), data, Step(size=86400), scaler)
