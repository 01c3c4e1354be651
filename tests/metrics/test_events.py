from __future__ import annotations

import numpy as np
import pytest

from seqnlp.metrics.events import Event, EventMerger, find_events


def by_hand(scores: np.ndarray, flagged: np.ndarray, gap: int) -> list[tuple[int, int, int, int]]:
    """First, last, peak and flagged rows of each event."""
    groups: list[list[int]] = []
    for row in np.flatnonzero(flagged):
        if groups and row - groups[-1][-1] - 1 <= gap:
            groups[-1].append(row)
        else:
            groups.append([row])
    return [(rows[0], rows[-1], max(rows, key=lambda row: scores[row]), len(rows)) for rows in groups]


@pytest.mark.parametrize("gap", [0, 1, 3])
def test_flagged_rows_are_put_together_as_by_hand_whether_at_once_or_row_by_row(gap: int) -> None:
    generator = np.random.default_rng(gap)
    for _ in range(50):
        scores, flagged = generator.normal(size=30), generator.random(30) < 0.3
        actual = find_events(scores, flagged, gap)
        shown = [(event.first, event.last, int(event.peak), event.flagged) for event in actual]
        assert shown == by_hand(scores, flagged, gap)
        assert [event.score for event in actual] == [scores[int(event.peak)] for event in actual]
        merger = EventMerger(gap)
        rows = [merger.add(row, scores[row], bool(flagged[row]), str(row)) for row in range(30)]
        assert [event for event in [*rows, merger.finish()] if event is not None] == actual


def test_an_event_is_told_as_soon_as_it_is_over() -> None:
    merger = EventMerger(1)
    told = [merger.add(row, 1.0, row == 2, f"row {row}") for row in range(6)]
    assert told == [None, None, None, None, Event("row 2", "row 2", "row 2", 1.0, 1, 2, 2), None]
    assert merger.finish() is None
