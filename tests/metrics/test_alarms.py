from __future__ import annotations

import numpy as np

from seqnlp.metrics.alarms import Alarms, flag_highest, found_by_chance, measure_alarms

LABELS = np.array([0, 0, 1, 1, 1, 0, 0, 0, 2, 2, 0, 0])
SCORES = np.linspace(0, 1, 12)


def alarms(*rows: int, gap: int = 0) -> Alarms:
    flagged = np.isin(np.arange(12), rows)
    return measure_alarms("it", SCORES, flagged, LABELS, gap)


def test_one_flagged_row_finds_a_window_and_the_others_of_it_are_not_credited() -> None:
    actual = alarms(3, 6)
    assert actual == Alarms(
        name="it", rows=12, flagged=2, found=(1,), windows=2, outside=7, false_alarms=1, false_events=1
    )
    assert (actual.recall, actual.false_rate) == (0.5, 1 / 7)


def test_an_event_that_reaches_into_a_window_is_no_false_event() -> None:
    assert alarms(0, 1, 2).false_events == 0
    assert alarms(0, 1, 2).false_alarms == 2
    assert alarms(5, 7, 11).false_events == 3
    assert alarms(5, 7, 11, gap=1).false_events == 2
    assert alarms(5, 7, 11, gap=3).false_events == 0  # the event from 5 to 11 covers the second window


def test_nothing_is_found_where_nothing_is_labelled() -> None:
    actual = measure_alarms("it", SCORES, SCORES > 0.5, np.zeros(12, dtype=np.int64), 0)
    assert (actual.recall, actual.windows, actual.false_alarms) == (0, 0, 6)


def test_the_highest_scores_are_flagged_and_ties_only_together() -> None:
    scores = np.array([3.0, 1, 2, 2, 0, 0, 0, 0, 0, 0])
    assert np.flatnonzero(flag_highest(scores, 0.1)).tolist() == [0]
    assert np.flatnonzero(flag_highest(scores, 0.2)).tolist() == [0]
    assert np.flatnonzero(flag_highest(scores, 0.3)).tolist() == [0, 2, 3]
    assert flag_highest(scores, 0.05).sum() == 0
    assert flag_highest(scores, 1.0).all()


def test_chance_finds_as_many_windows_as_random_rows_do() -> None:
    labels = np.repeat([0, 1, 0, 2, 0], [60, 12, 80, 3, 45])
    generator = np.random.default_rng(1)
    drawn = [len(set(labels[generator.random(200) < 0.04]) - {0}) for _ in range(4000)]
    assert abs(found_by_chance(labels, 8) - np.mean(drawn)) < 0.05
