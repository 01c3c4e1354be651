"""What a detector's alarms are worth, by labelled windows (Lavin & Ahmad 2015): no point adjustment.

A window counts as found if at least one of its rows is flagged. That alone is easy (rows flagged at random hit wide
windows), so false alarms stand beside it always, and what chance would find.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seqnlp.arrays import BoolArray, FloatArray, IntArray
from seqnlp.metrics.events import find_events


@dataclass(frozen=True, slots=True)
class Alarms:
    """The alarms of one detector on one part of a series.

    Attributes:
        name: of the detector.
        rows, flagged: scored rows, and those of them that are flagged.
        found: numbers of the labelled windows that are hit, from 1.
        windows: labelled windows in the part.
        outside: rows outside of labelled windows.
        false_alarms: flagged rows outside.
        false_events: events that touch no labelled window.
    """

    name: str
    rows: int
    flagged: int
    found: tuple[int, ...]
    windows: int
    outside: int
    false_alarms: int
    false_events: int

    @property
    def recall(self) -> float:
        """The part of the windows that is found; 0 without windows."""
        return len(self.found) / self.windows if self.windows else 0.0

    @property
    def false_rate(self) -> float:
        """The part of the rows outside of windows that is flagged: the achieved rate of false alarms."""
        return self.false_alarms / self.outside if self.outside else 0.0


def measure_alarms(name: str, scores: FloatArray, flagged: BoolArray, labels: IntArray, gap: int) -> Alarms:
    """Count what a detector flagged, in and outside of labelled windows.

    Args:
        scores, flagged: (T,).
        labels: (T,) the number of the labelled window a row is in, from 1; 0: none.
        gap: see :class:`~seqnlp.metrics.events.EventMerger`.
    """
    events = find_events(scores, flagged, gap)
    false_events = [event for event in events if not labels[event.first : event.last + 1].any()]
    windows = set(labels.tolist()) - {0}
    return Alarms(
        name=name,
        rows=len(labels),
        flagged=int(flagged.sum()),
        found=tuple(sorted(set(labels[flagged].tolist()) - {0})),
        windows=len(windows),
        outside=int((labels == 0).sum()),
        false_alarms=int((flagged & (labels == 0)).sum()),
        false_events=len(false_events),
    )


def joined_alarms(alarms: Sequence[Alarms]) -> Alarms:
    """The alarms of one detector on several series, whose labelled windows have numbers of their own."""
    return Alarms(
        name=alarms[0].name,
        rows=sum(each.rows for each in alarms),
        flagged=sum(each.flagged for each in alarms),
        found=tuple(sorted(number for each in alarms for number in each.found)),
        windows=sum(each.windows for each in alarms),
        outside=sum(each.outside for each in alarms),
        false_alarms=sum(each.false_alarms for each in alarms),
        false_events=sum(each.false_events for each in alarms),
    )


def flag_highest(scores: FloatArray, part: float) -> BoolArray:
    """The rows (T,) with the highest scores, at most ``part`` of all; equal scores are flagged together or not."""
    allowed = int(part * len(scores))
    if allowed >= len(scores):
        return np.ones(len(scores), dtype=bool)
    return np.asarray(scores > np.sort(scores)[::-1][allowed])


def found_by_chance(labels: IntArray, flagged: int) -> float:
    """Windows that ``flagged`` rows drawn at random would hit, on average (each row drawn by itself)."""
    sizes = np.bincount(labels)[1:]
    sizes = sizes[sizes > 0]
    return float((1 - (1 - flagged / len(labels)) ** sizes).sum()) if len(labels) else 0.0
