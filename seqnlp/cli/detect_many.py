"""``seqnlp detect`` of several series: each is read whole, several at the same time; the order stays."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seqnlp.cli.output import emit, say

if TYPE_CHECKING:
    from seqnlp.api import Detector


@dataclass(frozen=True)
class Detected:
    """What is written of a series, what is said of it, and how many rows and events it has."""

    written: str
    rows: int
    flagged: int
    events: int
    said: list[str] = field(default_factory=list)


def detect_files(arguments: argparse.Namespace, detector: Detector, workers: int) -> None:
    """Write the events, or the rows, of all series, and say how many there are.

    Raises:
        DataError: a series cannot be read; what was found in those before it is written.
    """
    from seqnlp.cli.detect_output import event_heading, row_heading
    from seqnlp.workers import mapped

    columns, output = detector.columns, arguments.output
    emit(row_heading(columns, output, ["series"]) if arguments.rows else event_heading(output, ["series"]))
    detecting = _Detecting(detector, output, arguments.rows, arguments.false_alarms, arguments.gap)
    rows = flagged = events = 0
    for one in mapped(detecting, _alone(arguments.series), workers, "series"):
        for line in one.said:
            say(line)
        emit(one.written)
        rows, flagged, events = rows + one.rows, flagged + one.flagged, events + one.events
    say(f"{len(arguments.series):,} series, {rows:,} rows, {flagged:,} flagged, {events:,} events")


@dataclass(frozen=True)
class _Detecting:
    """Reads one series."""

    detector: Detector
    output: str
    rows: bool
    false_alarms: float | None
    gap: int | None

    def __call__(self, names: list[str]) -> Detected:
        from seqnlp.cli.detect_output import event_line, row_line

        [name] = names
        said: list[str] = []
        detection = self.detector.detect(name, self.false_alarms, gap=self.gap, say=said.append)
        if self.rows:
            lines = [row_line(row, self.detector.columns, self.output, {"series": name}) for row in detection.rows]
        else:
            lines = [event_line(event, self.output, {"series": name}) for event in detection.events]
        flagged = sum(row.flagged for row in detection.rows)
        return Detected("".join(lines), len(detection.rows), flagged, len(detection.events), said)


def _alone(names: Iterable[str]) -> Iterable[list[str]]:
    return ([name] for name in names)
