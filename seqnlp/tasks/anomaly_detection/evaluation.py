"""Evaluate a saved anomaly detector on a split of its run's data, rolling z-scores beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray
from seqnlp.bundle import load_bundle, record_scores
from seqnlp.config.anomaly_detection import AnomalyDetectionConfig
from seqnlp.data.series.parts import Part, Series, load_part, part_digest
from seqnlp.metrics.alarms import flag_highest, found_by_chance, measure_alarms
from seqnlp.metrics.false_alarms import surer_threshold
from seqnlp.metrics.z_score import rolling_z_scores
from seqnlp.tasks.anomaly_detection.detector import LoadedDetector, detector_from_bundle
from seqnlp.tasks.anomaly_detection.labelled_windows import labelled_windows, number_rows, unmet
from seqnlp.tasks.anomaly_detection.report import AnomalyDetectionReport, LabelledWindow
from seqnlp.tasks.splits import require_split

BUDGET = 0.01
"""Part of the rows that each detector may flag when they are compared."""

DRAWN = 400
"""Stretches of rows whose highest score is kept for the report's chart."""

LENGTHS = (24, 96, 288)
"""Rows that the z-scores of the baselines look back."""


def evaluate(
    run: Path, config: AnomalyDetectionConfig, split: str, say: Callable[[str], None], keep: bool = True
) -> AnomalyDetectionReport:
    """Score the run's detector on a split and, where asked to ``keep`` them, add the scores to ``metrics.json``.

    The score of a row is what `seqnlp detect` gives it in the whole file: rows before the split are known.

    Raises:
        ConfigError: the run has no such split.
        DataError: the split cannot be read.
    """
    detector = detector_from_bundle(load_bundle(run))
    require_split(config, split)
    part = load_part(config.data, split, say, detector.names, detector.step)
    started = time.perf_counter()
    scores = detector.score(part.series)  # (T,)
    seconds = time.perf_counter() - started
    windows = labelled_windows(config.data, split)
    labels = number_rows(part.series, windows)  # (T,)
    if split == "test" and (problem := unmet(windows, labels, part.series)):  # earlier splits may well have none
        say(problem)
    if split != "test" and labels[part.begin :].any():
        say(f"{split}: its labelled windows were left out of training and calibration; the other rows were not")
    report = _report(config, split, part, detector, scores, labels, seconds, config.name or str(run))
    model, budgeted = report.at_rate[0], report.at_budget[0]
    summary = {
        "windows found": list(budgeted.found),
        "windows": budgeted.windows,
        "false alarms within the budget": budgeted.false_alarms,
        "rate asked for": report.rate,
        "rate achieved": round(model.false_rate, 5),
        "signature": report.signature,
        "baselines": {each.name: len(each.found) for each in report.at_budget[1:]},
        "file": Path(part.series.source).name,
        "sha256": part_digest(config.data, split),
    }
    if keep:
        record_scores(run, split, summary, say)
    return report


def _report(
    config: AnomalyDetectionConfig,
    split: str,
    part: Part,
    detector: LoadedDetector,
    scores: FloatArray,
    labels: NDArray[np.int64],
    seconds: float,
    title: str,
) -> AnomalyDetectionReport:
    first = max(part.begin, detector.settings.window - 1)
    unscored, rate, gap = first - part.begin, detector.settings.false_alarms, detector.settings.window
    known, labels = scores[first:], labels[first:]
    threshold = detector.threshold(rate)
    at_rate = [measure_alarms("this model", known, known > threshold, labels, gap)]
    at_budget = [measure_alarms("this model", known, flag_highest(known, BUDGET), labels, gap)]
    calibration = _calibration_rows(config, detector) if config.data.dev else None  # a model folder alone has none
    for length in LENGTHS:
        name = f"z-score, {length} rows back"
        z_scores = _z_scores(detector, part.series, length)[first:]
        if calibration:
            held_back = _z_scores(detector, calibration.series, length)[calibration.begin :]
            limit = surer_threshold(held_back, rate, gap, detector.settings.confidence)
            at_rate.append(measure_alarms(name, z_scores, z_scores > limit, labels, gap))
        at_budget.append(measure_alarms(name, z_scores, flag_highest(z_scores, BUDGET), labels, gap))
    return AnomalyDetectionReport(
        title=title,
        split=split,
        rows=len(known),
        unscored=unscored,
        rate=rate,
        budget=BUDGET,
        threshold=threshold,
        at_rate=at_rate,
        at_budget=at_budget,
        chance=found_by_chance(labels, int(BUDGET * len(labels))),
        windows=_windows(part.series, first, known, known > threshold, labels),
        highest=_highest(known),
        seconds=seconds,
    )


def _highest(scores: FloatArray) -> list[tuple[int, float]]:
    """The row, from 1, and the score of the highest in each of at most :data:`DRAWN` stretches."""
    ends = np.linspace(0, len(scores), min(DRAWN, len(scores)) + 1).astype(int)
    rows = [begin + int(scores[begin:end].argmax()) for begin, end in pairwise(ends.tolist())]
    return [(row + 1, float(scores[row])) for row in rows]


def _calibration_rows(config: AnomalyDetectionConfig, detector: LoadedDetector) -> Part:
    """The held-back rows, for the baselines' thresholds."""
    part = load_part(config.data, "dev", lambda text: None, detector.names, detector.step)
    return Part(part.series, max(part.begin, detector.settings.window - 1))


def _z_scores(detector: LoadedDetector, series: Series, length: int) -> FloatArray:
    return rolling_z_scores(detector.scaler.scale(series.values), length)


def _windows(
    series: Series,
    first: int,
    scores: FloatArray,
    flagged: NDArray[np.bool_],
    labels: NDArray[np.int64],
) -> list[LabelledWindow]:
    """What became of each labelled window; rows are counted from ``first``."""

    def written(row: int) -> str:
        if not series.moments:
            return f"row {first + row + 1}"
        return series.stamps[first + row]

    windows = []
    for number in sorted(set(labels.tolist()) - {0}):
        rows = np.flatnonzero(labels == number)
        hits = rows[flagged[rows]]
        windows.append(
            LabelledWindow(
                begin=written(rows[0]),
                end=written(rows[-1]),
                rows=len(rows),
                flagged=len(hits),
                first=written(hits[0]) if len(hits) else "",
                score=float(scores[rows].max()),
                first_row=int(rows[0]) + 1,
                last_row=int(rows[-1]) + 1,
            )
        )
    return windows
