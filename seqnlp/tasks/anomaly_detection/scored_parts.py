"""A split of each series as a detector scores it, beside the labelled windows in it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.config.anomaly_detection import AnomalyDetectionConfig
from seqnlp.data.series.many import refuse_new_series
from seqnlp.data.series.parts import Part
from seqnlp.tasks.anomaly_detection.detector import LoadedDetector
from seqnlp.tasks.anomaly_detection.labelled_windows import (
    TimeWindow,
    labelled_windows,
    number_rows,
    refuse_other_labels,
)


@dataclass(frozen=True)
class ScoredPart:
    """A split of one series.

    Attributes:
        name: of the series; empty: the file is one.
        detector: of the series.
        part: the split, and the rows before it.
        all_scores: (T,) of all rows; NaN where there is none.
        windows: the labelled windows.
        all_labels: (T,) the number of the labelled window that a row is in; 0: none. No two series share a number.
        seconds: the time that scoring took.
    """

    name: str
    detector: LoadedDetector
    part: Part
    all_scores: FloatArray
    windows: Sequence[TimeWindow]
    all_labels: IntArray
    seconds: float

    @property
    def first(self) -> int:
        """The first row of the split that has a score."""
        return max(self.part.begin, self.detector.settings.window - 1)

    @property
    def scores(self) -> FloatArray:
        """(R,) of the rows of the split that have one."""
        return self.all_scores[self.first :]

    @property
    def labels(self) -> IntArray:
        """(R,) of the same rows."""
        return self.all_labels[self.first :]

    def written(self, row: int) -> str:
        """The time stamp of one of these rows, or the number of the row where there is none."""
        series = self.part.series
        return series.stamps[self.first + row] if series.moments else f"row {self.first + row + 1}"


def scored_parts(
    detector: LoadedDetector, config: AnomalyDetectionConfig, split: str, parts: Mapping[str, Part]
) -> list[ScoredPart]:
    """Each series of a split; the score of a row is what `seqnlp detect` gives it in the whole file.

    Raises:
        DataError: a series that training never saw, or one shorter than a window; or labels of another series.
    """
    if detector.many:
        refuse_new_series(parts, detector.many, getattr(config.data, split))
    windows, scored, numbered = labelled_windows(config.data, split), [], 0
    refuse_other_labels(windows, detector.many or [""], config.data.labels)
    for name, part in parts.items():
        one, labelled = detector.of(name), windows.get(name, [])
        labels = number_rows(part.series, labelled)  # (T,)
        labels[labels > 0] += numbered
        numbered += len(labelled)
        started = time.perf_counter()
        scores = one.score(part.series)  # (T,)
        seconds = time.perf_counter() - started
        scored.append(ScoredPart(name, one, part, scores, labelled, labels, seconds))
    return scored
