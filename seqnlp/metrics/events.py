"""Flagged rows, put together into events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray


def short_score(number: float | None) -> float | None:
    """Four digits: enough to tell rows apart, and the same whether rows came at once or one by one."""
    return None if number is None else float(f"{number:.4g}")


@dataclass(frozen=True, slots=True)
class Event:
    """Flagged rows that belong together.

    Attributes:
        start, end: time stamps of its first and last flagged row, or whatever else names rows.
        peak: that of the row with the highest score.
        score: of that row.
        flagged: its flagged rows; between them may be others.
        first, last: numbers of its first and last flagged row.
    """

    start: str
    end: str
    peak: str
    score: float
    flagged: int
    first: int
    last: int

    def to_dict(self) -> dict[str, Any]:
        """The event as ``seqnlp detect --output jsonl`` writes it."""
        return {
            "start": self.start,
            "end": self.end,
            "peak": self.peak,
            "score": short_score(self.score),
            "flagged": self.flagged,
        }


class EventMerger:
    """Puts flagged rows together as they come; what is kept does not grow with the series.

    Args:
        gap: rows that are not flagged between two flagged ones of one event, at most.
    """

    def __init__(self, gap: int) -> None:
        self.gap = gap
        self._open: Event | None = None

    def add(self, row: int, score: float, flagged: bool, place: str = "") -> Event | None:
        """The next row, and what names it; returns the event that it shows to be over."""
        event = self._open
        over = event is not None and row - event.last > self.gap + int(flagged)
        if event is None or over:
            self._open = Event(place, place, place, score, 1, row, row) if flagged else None
        elif flagged:
            peak, highest = (place, score) if score > event.score else (event.peak, event.score)
            self._open = replace(event, end=place, last=row, flagged=event.flagged + 1, peak=peak, score=highest)
        return event if over else None

    def finish(self) -> Event | None:
        """The event under way when the series ends."""
        event, self._open = self._open, None
        return event


def find_events(scores: NDArray[np.float64], flagged: NDArray[np.bool_], gap: int) -> list[Event]:
    """All events of rows (T,), which are numbered from 0."""
    merger = EventMerger(gap)
    events = [merger.add(row, float(scores[row]), True, str(row)) for row in np.flatnonzero(flagged).tolist()]
    return [event for event in [*events, merger.finish()] if event is not None]
