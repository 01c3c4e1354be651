"""Rows of a series judged: all at once, or one by one at a cost that does not depend on how many there were."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqnlp.data.series.parts import Series
from seqnlp.data.series.time import Timestamp
from seqnlp.metrics.events import short_score
from seqnlp.tasks.anomaly_detection.detector import LoadedDetector


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """A row of a series at a regular step, and what the detector makes of it.

    Attributes:
        row: its number, from 1; rows that were filled in count.
        time: its time stamp as it is written; empty if the series has none.
        values: (C,) nothing where one was missing.
        score: its window's error as a multiple of the usual one; nothing for the first rows, which end no window.
        p_value: how rarely a normal row scores as high; nothing where there is no score.
        flagged: whether that is surely rarer than the false alarms that were asked for.
    """

    row: int
    time: str
    values: tuple[float | None, ...]
    score: float | None
    p_value: float | None
    flagged: bool

    @property
    def place(self) -> str:
        """The time stamp, or the number of the row where there is none."""
        return self.time or str(self.row)

    def to_dict(self, columns: Sequence[str]) -> dict[str, Any]:
        """The row as ``seqnlp detect --rows --output jsonl`` writes it."""
        return {
            "row": self.row,
            "time": self.time,
            "values": dict(zip(columns, self.values, strict=True)),
            "score": short_score(self.score),
            "p_value": short_score(self.p_value),
            "flagged": self.flagged,
        }


class AlarmThreshold:
    """Tells which scores are too high for a normal row.

    Args:
        false_alarms: part of the normal rows that may be flagged.

    Raises:
        SeqnlpError: the calibration rows are too few for the rate.
    """

    def __init__(self, detector: LoadedDetector, false_alarms: float) -> None:
        self.detector, self.false_alarms = detector, false_alarms
        self.threshold = detector.threshold(false_alarms)
        self._judging = detector.known.judging(false_alarms)

    def rows(self, series: Series) -> list[ScoredRow]:
        """All rows of a series that is there at once."""
        scores = self.detector.score(series)  # (T,)
        times = series.stamps or [""] * len(series)
        columns = zip(times, series.values.tolist(), series.known.tolist(), scores.tolist(), strict=True)
        return [
            self.row(number, time, tuple(values), tuple(known), None if np.isnan(score) else score)
            for number, (time, values, known, score) in enumerate(columns, 1)
        ]

    def row(
        self, number: int, time: str, values: tuple[float, ...], known: tuple[bool, ...], score: float | None
    ) -> ScoredRow:
        """One row."""
        shown = tuple(value if good else None for value, good in zip(values, known, strict=True))
        if score is None:
            return ScoredRow(number, time, shown, None, None, False)
        p_value = float(self._judging.p_values(np.array([score]))[0])
        return ScoredRow(number, time, shown, score, p_value, score > self.threshold)


class DetectorSession:
    """Reads a series row by row. It keeps the last window, the baseline error, the last errors, and nothing else."""

    def __init__(self, detector: LoadedDetector) -> None:
        self.detector = detector
        self._level = detector.level()
        self._window: deque[tuple[list[float], tuple[bool, ...]]] = deque(maxlen=detector.settings.window)

    def score(self, values: Sequence[float], known: tuple[bool, ...], moment: Timestamp | None) -> float | None:
        """The next row's score; nothing while rows are too few for a window."""
        scaled = self.detector.known.scaler.scale(np.array(values)).tolist()  # C numbers
        self._window.append(([*scaled, *self.detector.reading.calendar_values(moment)], known))
        return self._level.score(self._error()) if len(self._window) == self._window.maxlen else None

    def _error(self) -> float:
        columns = len(self.detector.names)
        rows = np.array([[row for row, _ in self._window]])  # (1, W, C + F)
        measured = np.array([[known for _, known in self._window]])  # (1, W, C)
        return float(self.detector.network.errors(rows[..., :columns], rows[..., columns:], measured)[0])
