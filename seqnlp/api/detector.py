"""Use a trained anomaly detector from Python: ``seqnlp.load("RUN").detect("series.csv")``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from seqnlp.bundle import find_model, load_bundle
from seqnlp.data.series import read_series, tell
from seqnlp.data.series_rows import Row, read_rows
from seqnlp.data.series_time import read_moment
from seqnlp.errors import DataError, SeqnlpError
from seqnlp.metrics.events import Event, EventMerger
from seqnlp.tasks.anomaly_model import detector_from_bundle
from seqnlp.tasks.anomaly_stream import Judge, ScoredRow, Watch
from seqnlp.text.csv_rows import csv_rows

Say = Callable[[str], None]


@dataclass(frozen=True)
class Detection:
    """What was found in a series.

    Attributes:
        rows: every row with its score.
        events: flagged rows put together.
        threshold: the score above which a row is flagged.
    """

    rows: list[ScoredRow]
    events: list[Event]
    threshold: float


class Detector:
    """A trained anomaly detector.

    Args:
        path: a run, or a saved model folder.

    Raises:
        RunError: there is no model, it is damaged, too new or for another task.
    """

    def __init__(self, path: str | Path) -> None:
        bundle = load_bundle(path)
        self._loaded = detector_from_bundle(bundle)
        self.path = find_model(path)
        self.description, self.metrics = bundle.description, bundle.metrics
        self.columns = self._loaded.names
        self.window = self._loaded.settings.window
        self.false_alarms = self._loaded.settings.false_alarms

    def detect(
        self,
        path: str | Path,
        false_alarms: float | None = None,
        *,
        gap: int | None = None,
        say: Say = lambda text: None,
    ) -> Detection:
        """Find anomalies in a CSV file with the columns of the training file.

        Args:
            false_alarms: part of the normal rows that may be flagged; nothing: what the model was trained for.
            gap: rows that are not flagged between two flagged ones of one event, at most; nothing: a window.
            say: told what was wrong with the series and what was done about it.

        Raises:
            DataError: the file cannot be read, lacks a column, or is shorter than one window.
            SeqnlpError: a rate that the calibration rows cannot promise, or a gap below 0.
        """
        judge = self._judge(false_alarms)
        merger = self.merger(gap)
        rows = judge.rows(read_series(Path(path), self._loaded.data, say, self._loaded.step))
        events = [*(merger.add(row.row, row.score or 0.0, row.flagged, row.place) for row in rows), merger.finish()]
        return Detection(rows, [event for event in events if event is not None], judge.threshold)

    def watch(self, false_alarms: float | None = None) -> RowWatch:
        """Read a series row by row: ``watch.add([21.5], "2024-01-31 23:55")``."""
        return RowWatch(Watch(self._judge(false_alarms)), self._loaded.data.time_format)

    def stream(
        self,
        lines: Iterable[str],
        false_alarms: float | None = None,
        *,
        source: object = "standard input",
        say: Say = lambda text: None,
    ) -> Iterator[ScoredRow]:
        """Rows of CSV text, each scored as soon as its line is there; the first line names the columns.

        Raises:
            DataError: as :meth:`detect`, but a series shorter than a window has no scores.
        """
        watch = Watch(self._judge(false_alarms), source)
        _, rows = read_rows(csv_rows(lines, source), self._loaded.data, source)
        for row in rows:
            yield from watch.add(row)
        tell(watch.repair.findings, source, say)

    def merger(self, gap: int | None = None) -> EventMerger:
        """What puts the rows of :meth:`stream` together into events; see :meth:`detect` for ``gap``.

        Raises:
            SeqnlpError: a gap below 0.
        """
        if gap is not None and gap < 0:
            raise SeqnlpError(f"expected a gap of at least 0 rows, found {gap}")
        return EventMerger(self.window if gap is None else gap)

    def threshold(self, false_alarms: float | None = None) -> float:
        """The score above which a row is flagged.

        Raises:
            SeqnlpError: a rate that the calibration rows cannot promise.
        """
        return self._judge(false_alarms).threshold

    def _judge(self, false_alarms: float | None) -> Judge:
        return Judge(self._loaded, self.false_alarms if false_alarms is None else false_alarms)


class RowWatch:
    """A series that is read row by row."""

    def __init__(self, watch: Watch, time_format: str) -> None:
        self._watch, self._time_format = watch, time_format
        self._count = 0

    def add(self, values: Sequence[float], time: str = "") -> list[ScoredRow]:
        """The next row, NaN where a value is missing; with it those that are missing before it.

        Raises:
            DataError: another number of values than columns, or a time stamp that is none.
        """
        columns = self._watch.detector.names
        self._count += 1
        if len(values) != len(columns):
            raise DataError(
                f"expected {len(columns)} values ({', '.join(columns)}), found {len(values)}", "row", self._count
            )
        try:
            moment = read_moment(time, self._time_format) if self._watch.detector.data.time_column else None
        except ValueError:
            raise DataError(f"expected a time stamp, found '{time}'", "row", self._count) from None
        return list(self._watch.add(Row(self._count, moment, time, tuple(map(float, values)))))
