"""Use a trained anomaly detector from Python: ``seqnlp.load("RUN").detect("series.csv")``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from seqnlp.bundle import load_bundle
from seqnlp.data.in_memory.series_file import series_file
from seqnlp.data.series.many import Refused, one_series, read_many
from seqnlp.data.series.parts import Series, stamp_of
from seqnlp.data.series.repair import RegularRow
from seqnlp.data.series.rows import Row
from seqnlp.errors import SeqnlpError, listed
from seqnlp.messages import Say, told_to
from seqnlp.metrics.events import Event, EventMerger
from seqnlp.networks.engine import Engine
from seqnlp.plots.answers import framed
from seqnlp.plots.lines import charts_html
from seqnlp.report.chart import Chart, Line
from seqnlp.tasks import arguments
from seqnlp.tasks.anomaly_detection.detector import LoadedDetector, detector_engine, detector_from_bundle
from seqnlp.tasks.anomaly_detection.stream import AlarmThreshold, DetectorSession, ScoredRow
from seqnlp.tasks.each_series import answer_each
from seqnlp.tasks.saved_model import SavedModel
from seqnlp.tasks.series_stream import SeriesStream


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

    def to_dict(self) -> dict[str, Any]:
        """The events, and how many rows were scored and flagged, as `seqnlp serve` answers."""
        return {
            "events": [event.to_dict() for event in self.events],
            "threshold": self.threshold,
            "scored": sum(row.score is not None for row in self.rows),
            "flagged": sum(row.flagged for row in self.rows),
        }

    def _repr_html_(self) -> str:
        scores = [(float(row.row), row.score) for row in self.rows if row.score is not None]
        ends = [(float(self.rows[0].row), self.threshold), (float(self.rows[-1].row), self.threshold)]
        chart = Chart("scores", "row", "score", [Line("score", scores), Line("threshold", ends)])
        events = "; ".join(f"{event.start} to {event.end}" for event in self.events) or "none"
        return framed(charts_html("Anomalies", f"events: {events}", [chart]))


class DetectionStream(SeriesStream):
    """A series under way, read row by row. What a row costs does not depend on how many there were.

    Attributes:
        threshold: the score above which a row is flagged.
    """

    def __init__(self, loaded: LoadedDetector, alarm_threshold: AlarmThreshold, source: object) -> None:
        super().__init__(loaded.data, loaded.names, loaded.step, source)
        self.threshold = alarm_threshold.threshold
        self._loaded, self._alarm_threshold, self._reader = loaded, alarm_threshold, DetectorSession(loaded)
        self._count = 0

    def add(self, values: Sequence[float | None], time: str | date = "") -> list[ScoredRow]:
        """Read a row: one number a column, NaN or None where it is missing, and its time stamp, if the series has them.

        Returns:
            The row, after those that are missing before it; nothing if it is left out, or so far ahead of the last one
            that the next rows must show whether its time stamp is right.

        Raises:
            WrongTypeError: a value is no number, or the time stamp no text and no date.
            DataError: another number of values, a time stamp that is none, or what the model's settings do not allow.
        """
        return self.read(self._row(values, time))

    def read(self, row: Row) -> list[ScoredRow]:
        """As :meth:`add`, a row as it is read from a file."""
        return [self._judged(even) for even in self._regular(row)]

    def _judged(self, even: RegularRow) -> ScoredRow:
        self._count += 1
        moment = even.row.moment
        time = "" if moment is None else stamp_of(even, self._loaded.data.time_format)
        score = self._reader.score(even.values, even.known, moment)
        return self._alarm_threshold.row(self._count, time, even.values, even.known, score)


class Detector(SavedModel):
    """A trained anomaly detector.

    Args:
        path: a run, or a saved model folder.
        engine: what computes: ``numpy`` (``auto``) or ``torch``; errors are computed in double precision.
        device: ``cpu``, or another of torch's, as ``cuda``, with the engine torch.
        threads: of torch; 0: as many as it chooses. It is a setting of the whole process.

    Attributes:
        engine: the one that computes.
        columns: (C,) names of the columns that it reads.
        window: rows that are rebuilt together.
        false_alarms: part of the normal rows that is flagged unless told otherwise.

    Raises:
        RunError: there is no model, it is damaged, too new or for another task.
        SeqnlpError: the engine is not installed, or does not compute on the device or in double precision.
    """

    def __init__(self, path: str | Path, *, engine: Engine = "auto", device: str = "cpu", threads: int = 0) -> None:
        bundle = load_bundle(path)
        self.engine = detector_engine(engine, device)
        self.loaded = detector_from_bundle(bundle, self.engine, device, threads)
        self._remember(bundle, path, engine=engine, device=device, threads=threads)
        self.columns = self.loaded.names
        self.window = self.loaded.settings.window
        self.false_alarms = self.loaded.settings.false_alarms
        self._one_of: tuple[Detector, str] | None = None

    @property
    def series(self) -> tuple[str, ...]:
        """The series that a model of several was trained on; none of a model of one series."""
        return tuple(self.loaded.many or ())

    def of_series(self, name: str) -> Detector:
        """The detector of one of the series; of a model of one series the model itself.

        Raises:
            DataError: training never saw the series.
        """
        if not self.loaded.many:
            return self
        one: Detector = object.__new__(type(self))
        one.__dict__.update(self.__dict__)
        one.loaded = self.loaded.of(name)
        one._one_of = (self, name)
        return one

    def __reduce__(self) -> tuple[Any, ...]:
        return (Detector.of_series, self._one_of) if self._one_of else super().__reduce__()

    def detect(
        self,
        series: Any,
        false_alarms: float | None = None,
        *,
        gap: int | None = None,
        say: Say | None = None,
    ) -> Detection:
        """Find anomalies in a series with the columns that training had.

        Args:
            series: a CSV or parquet file or, in memory, numbers, rows of numbers or a table with its times.
            false_alarms: part of the normal rows that may be flagged; nothing: what the model was trained for.
            gap: rows that are not flagged between two flagged ones of one event, at most; nothing: a window.
            say: told what was wrong with the series and what was done about it; None: the logger ``seqnlp`` is.

        Raises:
            DataError: the series cannot be read, lacks a column, is several, or is shorter than one window.
            WrongTypeError, WrongValueError: no rate, or a gap below 0.
            SeqnlpError: a rate that the calibration rows cannot promise.
        """
        self._rate(false_alarms)
        self.merger(gap)
        with series_file(series, self.loaded.data, self.columns) as path:
            name, read = one_series(self.read(path, say), path, "detect_each()")
            return self.of_series(name).detect_in(read, false_alarms, gap=gap)

    def detect_each(
        self,
        series: Any,
        false_alarms: float | None = None,
        *,
        gap: int | None = None,
        say: Say | None = None,
        refused: Refused | None = None,
    ) -> dict[str, Detection]:
        """As :meth:`detect`, in each of several series, by their names, in the order of the file or table.

        A model of one series answers under the empty name.

        Args:
            refused: told of a series that cannot be read or judged, such as one that is too short or that training
                never saw, and why; the others are answered. Without it one such series is an error.

        Raises:
            SeqnlpError, DataError: as :meth:`detect`; names the series.
        """
        self._rate(false_alarms)
        self.merger(gap)

        def read(path: Path, left_out: Refused | None) -> dict[str, Series]:
            return self.read(path, say, left_out)

        def detection(name: str, one: Series) -> Detection:
            return self.of_series(name).detect_in(one, false_alarms, gap=gap)

        return answer_each(series, self.loaded.data, self.columns, read, detection, refused)

    def read(self, path: Path, say: Say | None = None, refused: Refused | None = None) -> dict[str, Series]:
        """The series of a file by their names, as the model reads series; of a model of one series under ``""``.

        Args:
            refused: as for :meth:`detect_each`.

        Raises:
            DataError: as :meth:`detect`.
        """
        return read_many(path, self.loaded.data, told_to(say), self.loaded.step, self.columns, refused)

    def detect_in(self, read: Series, false_alarms: float | None = None, *, gap: int | None = None) -> Detection:
        """As :meth:`detect`, in a series that was read as the model reads series; of several, see :meth:`of_series`.

        Raises:
            SeqnlpError, DataError: as :meth:`detect`.
        """
        alarm_threshold, merger = self._alarm_threshold(false_alarms), self.merger(gap)
        rows = alarm_threshold.rows(read)
        events = [*(merger.add(row.row, row.score or 0.0, row.flagged, row.place) for row in rows), merger.finish()]
        return Detection(rows, [event for event in events if event is not None], alarm_threshold.threshold)

    def start(self, false_alarms: float | None = None, *, source: object = "the series") -> DetectionStream:
        """A series to read row by row: ``stream = detector.start(); stream.add([21.5], "2024-01-31 23:55")``.

        Args:
            false_alarms: as for :meth:`detect`.
            source: what messages call the series.

        A model of several series reads one of them: ``detector.of_series("harbour").start()``.

        Raises:
            SeqnlpError: as :meth:`detect`.
        """
        return DetectionStream(self.loaded, self._alarm_threshold(false_alarms), source)

    def merger(self, gap: int | None = None) -> EventMerger:
        """What puts rows of a stream together into events; see :meth:`detect` for ``gap``.

        Raises:
            SeqnlpError: a gap below 0.
        """
        if gap is not None:
            gap = arguments.count(gap, "gap", 0, 10**9)
        return EventMerger(self.window if gap is None else gap)

    def _alarm_threshold(self, false_alarms: float | None) -> AlarmThreshold:
        if self.loaded.many:
            problem = f"the model reads {len(self.series):,} series ({listed(self.series)})"
            raise SeqnlpError(f"{problem}; say which: of_series(NAME), or detect_each() for all of a file")
        return AlarmThreshold(self.loaded, self._rate(false_alarms))

    def _rate(self, false_alarms: float | None) -> float:
        return self.false_alarms if false_alarms is None else arguments.number(false_alarms, "false_alarms", 0, 1)
