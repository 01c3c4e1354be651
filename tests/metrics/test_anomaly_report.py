from __future__ import annotations

import json
from dataclasses import replace

import pytest

from seqnlp.metrics.alarms import Alarms
from seqnlp.tasks.anomaly_detection.report import (
    AnomalyDetectionReport,
    LabelledWindow,
)


@pytest.fixture
def report() -> AnomalyDetectionReport:
    model = Alarms("this model", 990, 12, (1, 2), 2, 900, 3, 1)
    z_score = Alarms("z-score, 24 rows back", 990, 9, (1,), 2, 900, 8, 7)
    windows = [
        LabelledWindow("2030-01-01", "2030-01-05", 60, 9, "2030-01-02", 31.25, 101, 160),
        LabelledWindow("<b>", "2030-02-05", 30, 0, "", 2.0, 501, 530),
    ]
    return AnomalyDetectionReport(
        title="<pumps>",
        split="test",
        rows=990,
        unscored=10,
        rate=0.01,
        budget=0.01,
        threshold=4.5,
        at_rate=[model, z_score],
        at_budget=[Alarms("this model", 990, 9, (1,), 2, 900, 0, 0), z_score],
        chance=0.71,
        windows=windows,
        highest=[(90, 1.5), (120, 31.25), (620, 2.0)],
        seconds=0.5,
    )


def test_the_text_has_all_numbers_with_chance_beside_them(report: AnomalyDetectionReport) -> None:
    assert report.to_text().splitlines() == [
        "<pumps> on test: 990 rows (10 more before the first whole window), 2 labelled windows",
        "  windows found, 0.01 of the rows flagged  1 of 2, 0 false alarms  (random rows would find 0.7)",
        "  false alarms asked for                   0.01 of normal rows",
        "  false alarms achieved                    0.0033  (3 of 900 rows)",
        "  threshold                                4.50 times the baseline error",
        "  computed by                              labelled windows|budget:0.01|point adjustment:no",
        "  speed                                    1,980 rows/s",
        "",
        "Thresholds for 0.01 false alarms, set on held-back rows",
        "  detector               windows found  % flagged  false alarms per 1,000  false events",
        "  this model                    2 of 2       1.21                    3.33             1",
        "  z-score, 24 rows back         1 of 2       0.91                    8.89             7",
        "",
        "The highest scores, 0.01 of the rows",
        "  detector               windows found  % flagged  false alarms per 1,000  false events",
        "  this model                    1 of 2       0.91                    0.00             0",
        "  z-score, 24 rows back         1 of 2       0.91                    8.89             7",
        "",
        "Labelled windows, at the threshold",
        "  begin       end         rows  flagged  first flagged  highest score",
        "  2030-01-01  2030-01-05    60        9  2030-01-02              31.2",
        "  <b>         2030-02-05    30        0  -                        2.0",
    ]


def test_the_page_escapes_what_comes_from_data(report: AnomalyDetectionReport) -> None:
    page = report.to_html()
    assert "&lt;pumps&gt;" in page
    assert "<pumps>" not in page
    assert ">&lt;b&gt;</td>" in page


def test_the_dictionary_is_json_and_says_how_the_score_was_made(report: AnomalyDetectionReport) -> None:
    facts = json.loads(json.dumps(report.to_dict()))
    assert (facts["measure"], facts["score"], facts["chance"]) == ("windows found", 0.5, 0.71)
    assert facts["at_rate"][0]["false_rate"] == pytest.approx(3 / 900)
    assert facts["windows"][1]["first"] == ""


def test_the_page_draws_scores_over_the_labelled_windows(report: AnomalyDetectionReport) -> None:
    page = report.to_html()
    assert page.count('<rect class="span"') == 3  # two windows and their name
    assert page.count("<polyline") == 4  # scores and threshold, and their names


def test_one_row_is_not_called_one_rows(report: AnomalyDetectionReport) -> None:
    assert replace(report, rows=1, windows=report.windows[:1]).size.endswith("1 labelled window")
    assert replace(report, rows=1).size.startswith("1 row")
    assert not replace(report, rows=1).size.startswith("1 rows")
