"""``seqnlp detect``: anomalies in a series, from a file at once or from standard input row by row."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.cli.engine_options import add_engine_arguments, engine_options
from seqnlp.cli.output import emit, say
from seqnlp.cli.series_answers import SeriesFields, check_answered
from seqnlp.cli.worker_options import add_workers_argument, choose_workers

if TYPE_CHECKING:
    from seqnlp.api import Detection, DetectionStream, Detector, Event, ScoredRow
    from seqnlp.metrics.events import EventMerger

HELP = "find anomalies in a series, at a stated rate of false alarms"
EXAMPLES = """\
examples:
  seqnlp detect RUN series.csv                             # events: start, end, peak, score, flagged rows
  seqnlp detect RUN series.csv --false-alarms 0.001 --plot detect.png
  seqnlp detect RUN series.csv --rows --output jsonl       # each row with its score instead
  seqnlp detect RUN sensors/*.csv --workers 4              # several series; each line begins with the name of its file
  tail -n +1 -f series.csv | seqnlp detect RUN             # as rows come; an event is written when it is over

A model of several series (data.series_column) answers for each series of the file; what names it comes first.
"""

_BYTES_A_WORKER = 500_000
"""Of series: a second's work or so."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("run", metavar="RUN", help="a run, or a saved model folder")
    parser.add_argument(
        "series",
        metavar="SERIES",
        nargs="*",
        help="CSV files, gzip or plain, or parquet (default: CSV from standard input, row by row)",
    )
    parser.add_argument(
        "--false-alarms",
        type=float,
        metavar="RATE",
        help="part of the normal rows that may be flagged (default: the model's)",
    )
    parser.add_argument(
        "--gap",
        type=int,
        metavar="ROWS",
        help="flagged rows with at most so many others between them are one event (default: the model's window)",
    )
    parser.add_argument("--output", choices=("csv", "jsonl"), default="csv", help="default csv")
    parser.add_argument("--rows", action="store_true", help="write every row with its score instead of events")
    parser.add_argument(
        "--plot", type=Path, metavar="FILE", help="also draw the series, its scores and events (.png or .svg)"
    )
    add_engine_arguments(parser)
    add_workers_argument(parser, of="of several SERIES: ")


def run(arguments: argparse.Namespace) -> int:
    """Read, write what is found, and say on standard error how much that is."""
    from seqnlp.errors import SeqnlpError
    from seqnlp.plots.picture import check_suffix

    if arguments.plot and len(arguments.series) > 1:
        raise SeqnlpError(f"--plot draws one series, found {len(arguments.series)}")
    if arguments.plot and not arguments.series:
        raise SeqnlpError("--plot needs the whole series: give a file, as in `seqnlp detect RUN series.csv --plot ...`")
    check_suffix("--plot", arguments.plot)
    if arguments.rows and arguments.gap is not None:
        raise SeqnlpError("--gap joins flagged rows to events, and --rows writes rows: leave one of them out")
    several = len(arguments.series) > 1
    if not several and (arguments.workers or 1) > 1:
        raise SeqnlpError("--workers reads several series at the same time; give more than one file")
    files = map(Path, arguments.series if several else ())
    workers, engine = choose_workers(arguments.workers, engine_options(arguments), files, _BYTES_A_WORKER)
    from seqnlp.api import Detector

    detector = Detector(arguments.run, **engine)
    if several and detector.series:
        raise SeqnlpError(
            f"the model reads {len(detector.series):,} series, of which one file has the rows "
            f"(data.series_column={detector.loaded.data.series_column}); found {len(arguments.series)} files: give one "
            "at a time"
        )
    if several:
        from seqnlp.cli.detect_many import detect_files

        detect_files(arguments, detector, workers)
    elif arguments.series:
        _detect_file(arguments, detector, arguments.series[0])
    else:
        _detect_stream(arguments, detector)
    return 0


def _detect_file(arguments: argparse.Namespace, detector: Detector, series: str) -> None:
    """The whole of each series at once."""
    from seqnlp.errors import DataError

    problems = dict[str, DataError]()
    refused = problems.__setitem__ if detector.series else None
    detections = detector.detect_each(series, arguments.false_alarms, gap=arguments.gap, say=say, refused=refused)
    check_answered(detections, problems, series, without="not judged", answered="judged", plot=arguments.plot)
    columns, counts, events = SeriesFields(detector), Counts(), 0
    emit(_heading(arguments, detector, columns))
    for name, detection in detections.items():
        named = columns.of(name)
        for row in detection.rows:
            counts.count(row)
            if arguments.rows:
                emit(_row(row, arguments, detector, named))
        if not arguments.rows:
            emit("".join(_event(event, arguments, named) for event in detection.events))
        events += len(detection.events)
    counts.report(events, [detection.threshold for detection in detections.values()])
    if arguments.plot:
        [(name, detection)] = detections.items()
        _plot(arguments, detector, detection, name)


def _detect_stream(arguments: argparse.Namespace, detector: Detector) -> None:
    """Row by row."""
    from seqnlp.cli.series_input import SOURCE, read_standard_rows
    from seqnlp.data.series.many import source_of

    columns, counts, events = SeriesFields(detector), Counts(), 0
    streams: dict[str, tuple[DetectionStream, EventMerger] | None] = {}
    if not detector.series:
        streams[""] = detector.start(arguments.false_alarms, source=SOURCE), detector.merger(arguments.gap)
    rows = read_standard_rows("detect", detector.loaded.data, detector.columns)
    emit(_heading(arguments, detector, columns))
    for name, read in rows:
        if name not in streams:
            streams[name] = _stream_of(arguments, detector, name)
        if not (under_way := streams[name]):
            continue
        (stream, merger), named = under_way, columns.of(name)
        for row in stream.read(read):
            counts.count(row)
            over = merger.add(row.row, row.score or 0.0, row.flagged, row.place)
            events += over is not None
            emit(_row(row, arguments, detector, named) if arguments.rows else _event(over, arguments, named))
        for news in stream.findings.news():
            say(f"{source_of(SOURCE, name)}: {news}")
    judged = {name: each for name, each in streams.items() if each}
    for name, (stream, merger) in judged.items():
        stream.end()
        over = merger.finish()
        events += over is not None
        if not arguments.rows:
            emit(_event(over, arguments, columns.of(name)))
        if stream.findings.counts:
            say(f"{source_of(SOURCE, name)}: {stream.findings}")
    counts.report(events, [stream.threshold for stream, _ in judged.values()])


def _stream_of(
    arguments: argparse.Namespace, detector: Detector, name: str
) -> tuple[DetectionStream, EventMerger] | None:
    """The stream of a series, and what joins its events; none of one that training never saw."""
    from seqnlp.cli.series_input import SOURCE
    from seqnlp.data.series.many import source_of

    source = source_of(SOURCE, name)
    if name not in detector.series:
        say(f"{source}: not judged: training never saw the series, and what is usual of it is not known")
        return None
    one = detector.of_series(name)
    return one.start(arguments.false_alarms, source=source), one.merger(arguments.gap)


class Counts:
    """How many rows were read, scored and flagged."""

    def __init__(self) -> None:
        self.rows = self.scored = self.flagged = 0

    def count(self, row: ScoredRow) -> None:
        """Add a row."""
        self.rows += 1
        self.scored += row.score is not None
        self.flagged += row.flagged

    def report(self, events: int, thresholds: Sequence[float]) -> None:
        """Tell it on standard error; each series has a threshold."""
        from seqnlp.errors import counted

        part = f" ({100 * self.flagged / self.scored:.2f} %)" if self.scored else ""
        first = f"the first {self.rows - self.scored:,} rows"
        above = f" above {thresholds[0]:.2f} times the baseline error" if thresholds else ""
        if len(thresholds) > 1:
            first = f"the first rows of each series, {self.rows - self.scored:,} in all,"
            above = f" above the thresholds of {len(thresholds):,} series"
        say(
            f"{counted(self.scored, 'row')} scored, {self.flagged:,} flagged{part}{above}, "
            f"{counted(events, 'event')}; {first} end no whole window and have no score"
        )


def _heading(arguments: argparse.Namespace, detector: Detector, columns: SeriesFields) -> str:
    from seqnlp.cli.detect_output import event_heading, row_heading

    if arguments.rows:
        return row_heading(detector.columns, arguments.output, columns.names)
    return event_heading(arguments.output, columns.names)


def _row(row: ScoredRow, arguments: argparse.Namespace, detector: Detector, named: Mapping[str, str]) -> str:
    from seqnlp.cli.detect_output import row_line

    return row_line(row, detector.columns, arguments.output, named)


def _event(event: Event | None, arguments: argparse.Namespace, named: Mapping[str, str]) -> str:
    from seqnlp.cli.detect_output import event_line

    return event_line(event, arguments.output, named) if event else ""


def _plot(arguments: argparse.Namespace, detector: Detector, detection: Detection, name: str) -> None:
    import numpy as np

    from seqnlp.data.series.time import read_timestamp
    from seqnlp.plots.detection import detection_picture

    values = np.array(
        [[math.nan if value is None else value for value in row.values] for row in detection.rows]
    )  # (T, C)
    scores = np.array([math.nan if row.score is None else row.score for row in detection.rows])  # (T,)
    events = [(event.first - 1, event.last - 1) for event in detection.events]
    file, time_format = Path(arguments.series[0]).name, detector.loaded.data.time_format
    places = [read_timestamp(row.time, time_format) if row.time else row.row for row in detection.rows]
    title = f"{file}, {name}" if name else file
    detection_picture(arguments.plot, title, detector.columns, values, scores, places, events, detection.threshold)
    say(f"plot written to {arguments.plot}")
