"""What a detector finds and what it flags in vain, stretch by stretch of the series."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from seqnlp.bundle import load_bundle
from seqnlp.config.anomaly_detection import AnomalyDetectionConfig
from seqnlp.data.series.many import load_parts
from seqnlp.metrics.alarms import flag_highest
from seqnlp.metrics.paired_counts import CountedScore, percent_of
from seqnlp.tasks.anomaly_detection.detector import detector_from_bundle
from seqnlp.tasks.anomaly_detection.evaluation import BUDGET
from seqnlp.tasks.anomaly_detection.scored_parts import scored_parts
from seqnlp.tasks.counted import CountedAnswers
from seqnlp.tasks.splits import require_split

ROWS = 100
"""Rows of a stretch outside of labelled windows."""


def counted_alarms(run: Path, config: AnomalyDetectionConfig, split: str, say: Callable[[str], None]) -> CountedAnswers:
    """Labelled windows found, and rows flagged in vain, when each detector may flag 1 % of the rows.

    A labelled window is one example, and so is every stretch of ``ROWS`` rows between windows: alarms come in bursts.
    Rows that a detector cannot score yet are not flagged.

    The arguments and errors are those of :func:`seqnlp.tasks.anomaly_detection.evaluation.evaluate`.
    """
    detector = detector_from_bundle(load_bundle(run))
    require_split(config, split)
    parts = load_parts(config.data, split, say, detector.names, detector.step)
    scored = scored_parts(detector, config, split, parts)
    highest = flag_highest(np.concatenate([one.scores for one in scored]), BUDGET)
    flags_of, stretches_of, before = [], [], 0
    for one, own in zip(scored, np.split(highest, np.cumsum([len(one.scores) for one in scored])[:-1]), strict=True):
        labels = one.all_labels[one.part.begin :]  # (T,)
        flags_of.append(np.concatenate([np.zeros(len(labels) - len(own), dtype=bool), own]))
        stretches = before + np.arange(len(labels)) // ROWS  # (T,) no stretch has rows of two series
        stretches_of.append(np.where(labels > 0, -labels, stretches))
        before = int(stretches[-1]) + 1
    flagged, stretches = np.concatenate(flags_of), np.concatenate(stretches_of)
    names, places = np.unique(stretches, return_inverse=True)
    flags, sizes = np.bincount(places, weights=flagged), np.bincount(places)  # (S,)
    window = names < 0
    detected = np.stack([window & (flags > 0), window], axis=1).astype(np.float64)  # (S, 2)
    vain = np.stack([np.where(window, 0, flags), np.where(window, 0, sizes)], axis=1).astype(np.float64)
    scores = [CountedScore("% of other rows flagged", vain, percent_of, higher_is_better=False)]
    if window.any():
        scores.insert(0, CountedScore("% of windows found", detected, percent_of))
    return CountedAnswers(
        unit="windows and stretches between them",
        examples=[*names.tolist(), *sizes.tolist()],
        answers=flagged.tolist(),
        scores=scores,
    )
