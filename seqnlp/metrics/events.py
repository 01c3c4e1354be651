"""Flagged rows, put together into events."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Event:
    """Flagged rows that belong together.

    Attributes:
        first, last: numbers of its first and last flagged row, from 0.
        peak: the row with the highest score.
        score: that score.
        flagged: its flagged rows; between them may be others.
    """

    first: int
    last: int
    peak: int
    score: float
    flagged: int


class EventMerger:
    """Puts flagged rows together as they come; what is kept does not grow with the series.

    Args:
        gap: rows that are not flagged between two flagged ones of one event, at most.
    """

    def __init__(self, gap: int) -> None:
        self.gap = gap
        self.open: Event | None = None

    def add(self, row: int, score: float, flagged: bool) -> Event | None:
        """The next row; returns the event that it shows to be over."""
        event = self.open
        if event is not None and row - event.last > self.gap + (1 if flagged else 0):
            self.open = Event(row, row, row, score, 1) if flagged else None
            return event
        if flagged and event is None:
            self.open = Event(row, row, row, score, 1)
        elif flagged and event is not None:
            higher = {"peak": row, "score": score} if score > event.score else {}
            self.open = replace(event, last=row, flagged=event.flagged + 1, **higher)
        return None

    def finish(self) -> Event | None:
        """The event under way when the series ends."""
        event, self.open = self.open, None
        return event


def find_events(scores: NDArray[np.float64], flagged: NDArray[np.bool_], gap: int) -> list[Event]:
    """All events of rows (T,)."""
    merger = EventMerger(gap)
    found = [merger.add(row, float(scores[row]), True) for row in np.flatnonzero(flagged).tolist()]
    return [event for event in [*found, merger.finish()] if event is not None]
