"""Evaluate a saved anomaly detector on a split of its run's data, rolling z-scores beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from seqnlp.arrays import BoolArray, FloatArray
from seqnlp.bundle import load_bundle, record_scores
from seqnlp.config.anomaly_detection import AnomalyDetectionConfig
from seqnlp.config.series import part_of
from seqnlp.data.series.many import load_parts
from seqnlp.data.series.parts import Part, Series, part_digest
from seqnlp.metrics.alarms import Alarms, flag_highest, found_by_chance, joined_alarms, measure_alarms
from seqnlp.metrics.held_back import HeldBackScores
from seqnlp.metrics.z_score import rolling_z_scores
from seqnlp.tasks.anomaly_detection.detector import LoadedDetector, detector_from_bundle
from seqnlp.tasks.anomaly_detection.labelled_windows import unmet
from seqnlp.tasks.anomaly_detection.report import AnomalyDetectionReport, LabelledWindow
from seqnlp.tasks.anomaly_detection.scored_parts import ScoredPart, scored_parts
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
    parts = load_parts(config.data, split, say, detector.names, detector.step)
    scored = scored_parts(detector, config, split, parts)
    for one in scored if split == "test" else ():  # earlier splits may well have none
        if problem := unmet(one.windows, one.all_labels, one.part.series):
            say(problem)
    if split != "test" and any(one.labels.any() for one in scored):
        say(f"{split}: its labelled windows were left out of training and calibration; the other rows were not")
    report = _report(config, split, scored, detector, config.name or str(run))
    model, budgeted = report.at_rate[0], report.at_budget[0]
    summary = {
        "windows found": list(budgeted.found),
        "windows": budgeted.windows,
        "false alarms within the budget": budgeted.false_alarms,
        "rate asked for": report.rate,
        "rate achieved": round(model.false_rate, 5),
        "signature": report.signature,
        "baselines": {each.name: len(each.found) for each in report.at_budget[1:]},
        "file": _file_name(config, split),
        "sha256": part_digest(config.data, split),
    }
    if keep:
        record_scores(run, split, summary, say)
    return report


def _file_name(config: AnomalyDetectionConfig, split: str) -> str:
    named = str(getattr(config.data, split))
    return Path(config.data.train if part_of(named) is not None else named).name


def _report(
    config: AnomalyDetectionConfig,
    split: str,
    scored: Sequence[ScoredPart],
    detector: LoadedDetector,
    title: str,
) -> AnomalyDetectionReport:
    rate = detector.settings.false_alarms
    own = [one.scores for one in scored]
    thresholds = [one.detector.threshold(rate) for one in scored]
    at_rate = [_at_thresholds("this model", scored, own, thresholds)]
    at_budget = [_at_budget("this model", scored, own)]
    calibration = _calibration_parts(config, detector) if config.data.dev else {}  # a model folder alone has none
    for length in LENGTHS:
        name = f"z-score, {length} rows back"
        z_scores = [_z_scores(one.detector, one.part.series, length)[one.first :] for one in scored]
        if calibration:
            limits = _z_score_limits(detector, calibration, length)
            at_rate.append(_at_thresholds(name, scored, z_scores, [limits[one.name] for one in scored]))
        at_budget.append(_at_budget(name, scored, z_scores))
    known, labels = np.concatenate(own), np.concatenate([one.labels for one in scored])
    return AnomalyDetectionReport(
        title=title,
        split=split,
        rows=len(known),
        unscored=sum(one.first - one.part.begin for one in scored),
        rate=rate,
        budget=BUDGET,
        threshold=detector.threshold(rate),
        at_rate=at_rate,
        at_budget=at_budget,
        chance=found_by_chance(labels, int(BUDGET * len(labels))),
        windows=_windows(scored, thresholds),
        highest=_highest(known),
        seconds=sum(one.seconds for one in scored),
    )


def _at_thresholds(
    name: str, scored: Sequence[ScoredPart], scores: Sequence[FloatArray], thresholds: Sequence[float]
) -> Alarms:
    """The alarms of a detector with these scores (T,) and this threshold on each series."""
    flagged = [each > threshold for each, threshold in zip(scores, thresholds, strict=True)]
    return _alarms(name, scored, scores, flagged)


def _at_budget(name: str, scored: Sequence[ScoredPart], scores: Sequence[FloatArray]) -> Alarms:
    """The alarms of a detector that flags its highest scores (T,) of all series."""
    flagged = flag_highest(np.concatenate(scores), BUDGET)
    return _alarms(name, scored, scores, np.split(flagged, np.cumsum([len(each) for each in scores])[:-1]))


def _alarms(
    name: str, scored: Sequence[ScoredPart], scores: Sequence[FloatArray], flagged: Sequence[BoolArray]
) -> Alarms:
    return joined_alarms(
        [
            measure_alarms(name, values, raised, one.labels, one.detector.settings.window)
            for one, values, raised in zip(scored, scores, flagged, strict=True)
        ]
    )


def _highest(scores: FloatArray) -> list[tuple[int, float]]:
    """The row, from 1, and the score of the highest in each of at most :data:`DRAWN` stretches."""
    ends = np.linspace(0, len(scores), min(DRAWN, len(scores)) + 1).astype(int)
    rows = [begin + int(scores[begin:end].argmax()) for begin, end in pairwise(ends.tolist())]
    return [(row + 1, float(scores[row])) for row in rows]


def _calibration_parts(config: AnomalyDetectionConfig, detector: LoadedDetector) -> dict[str, Part]:
    """The held-back rows of each series, for the baselines' thresholds."""
    parts = load_parts(config.data, "dev", lambda text: None, detector.names, detector.step)
    return {name: Part(part.series, max(part.begin, detector.settings.window - 1)) for name, part in parts.items()}


def _z_score_limits(detector: LoadedDetector, calibration: Mapping[str, Part], length: int) -> dict[str, float]:
    """The threshold of each series, set as the model's are."""
    settings, limits = detector.settings, {}
    held_back = {
        name: HeldBackScores(_z_scores(detector.of(name), part.series, length)[part.begin :])
        for name, part in calibration.items()
    }
    of_all = HeldBackScores(np.concatenate([one.scores for one in held_back.values()]))
    for name in detector.many or [""]:
        judging = held_back.get(name, of_all).or_all(settings.false_alarms, of_all)
        limits[name] = judging.threshold(settings.false_alarms, settings.window, settings.confidence)
    return limits


def _z_scores(detector: LoadedDetector, series: Series, length: int) -> FloatArray:
    return rolling_z_scores(detector.known.scaler.scale(series.values), length)


def _windows(scored: Sequence[ScoredPart], thresholds: Sequence[float]) -> list[LabelledWindow]:
    """What became of each labelled window; rows are counted over all series."""
    windows, before = [], 0
    for one, threshold in zip(scored, thresholds, strict=True):
        flagged = one.scores > threshold
        for number in sorted(set(one.labels.tolist()) - {0}):
            rows = np.flatnonzero(one.labels == number)
            hits = rows[flagged[rows]]
            windows.append(
                LabelledWindow(
                    begin=one.written(rows[0]),
                    end=one.written(rows[-1]),
                    rows=len(rows),
                    flagged=len(hits),
                    first=one.written(hits[0]) if len(hits) else "",
                    score=float(one.scores[rows].max()),
                    first_row=before + int(rows[0]) + 1,
                    last_row=before + int(rows[-1]) + 1,
                    series=one.name,
                )
            )
        before += len(one.scores)
    return windows
