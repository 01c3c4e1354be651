"""``seqnlp forecast``: a series from a CSV file or standard input, what comes next on standard output."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.cli.engine_options import add_engine_arguments, engine_options
from seqnlp.cli.output import say
from seqnlp.cli.output_file import check_output_file
from seqnlp.cli.series_answers import SeriesFields, check_answered

if TYPE_CHECKING:
    from seqnlp.api import Forecast, Forecaster, ForecastStream

HELP = "forecast the next rows of a CSV file, or after each row of standard input"
EXAMPLES = """\
examples:
  seqnlp forecast RUN series.csv --horizon 14 --output csv -o forecast.csv --plot forecast.png
  seqnlp forecast RUN series.csv --output jsonl --level 0.8
  tail -f series.csv | seqnlp forecast RUN --output jsonl     # row by row, the state carried: one object a row

A model of several series (data.series_column) answers for each series of the file; what names it comes first.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("run", metavar="RUN", help="a run, or a saved model folder")
    parser.add_argument(
        "series",
        metavar="SERIES",
        nargs="?",
        type=Path,
        help="a CSV or parquet file; without it rows of CSV come from standard input",
    )
    parser.add_argument("--horizon", type=int, metavar="N", help="rows ahead (default: as many as in training)")
    parser.add_argument(
        "--level",
        type=float,
        default=0.9,
        metavar="P",
        help="of the prediction intervals: 0.5, 0.8, 0.9, 0.95, 0.99 (default 0.9)",
    )
    parser.add_argument(
        "--output",
        choices=("csv", "jsonl"),
        default="csv",
        help="csv: a line for each row ahead; jsonl: one object for each row from which it is forecast (default csv)",
    )
    parser.add_argument("-o", dest="file", type=Path, metavar="FILE", help="write to a file instead of standard output")
    parser.add_argument(
        "--plot", type=Path, metavar="FILE", help="also draw the series' end and the forecast (.png or .svg)"
    )
    add_engine_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Forecast a file, or the rows of standard input as they come."""
    from seqnlp.errors import SeqnlpError
    from seqnlp.plots.picture import check_suffix

    if arguments.horizon is not None and arguments.horizon < 1:
        raise SeqnlpError(f"--horizon: expected 1 or more, found {arguments.horizon}")
    if arguments.series is None and (arguments.plot or arguments.file):
        raise SeqnlpError("-o and --plot are for a file's forecast: name a CSV file, or redirect the output (> FILE)")
    check_suffix("--plot", arguments.plot)
    if arguments.file:
        check_output_file(arguments.file, read=[arguments.series])
    engine = engine_options(arguments)
    from seqnlp.api import Forecaster

    forecaster = Forecaster(arguments.run, **engine)
    if (arguments.horizon or 0) > forecaster.horizon:
        say(
            f"the model was trained for {forecaster.horizon} rows ahead: further ones go on from its own forecasts and "
            "have no prediction intervals"
        )
    return (_forecast_stream if arguments.series is None else _forecast_file)(forecaster, arguments)


def _forecast_file(forecaster: Forecaster, arguments: argparse.Namespace) -> int:
    from seqnlp.cli.forecast_output import csv_heading, write_csv, write_jsonl
    from seqnlp.errors import DataError
    from seqnlp.storage import write_atomically

    problems = dict[str, DataError]()
    forecasts = forecaster.forecast_each(
        arguments.series, arguments.horizon or 0, level=arguments.level, say=say, refused=problems.__setitem__
    )
    source, plot = arguments.series, arguments.plot
    check_answered(forecasts, problems, source, without="no forecast", answered="forecast", plot=plot)
    columns = SeriesFields(forecaster)
    if arguments.output == "csv":
        text = csv_heading(forecaster.names, columns.names)
        text += "".join(write_csv(forecast, list(columns.of(name).values())) for name, forecast in forecasts.items())
    else:
        answers: dict[str, Forecast | None] = {**forecasts, **dict.fromkeys(problems)}
        text = "".join(write_jsonl(one, columns.of(name)) for name, one in answers.items())
    if arguments.file:
        write_atomically(arguments.file, text.encode())
        say(f"forecast written to {arguments.file}")
    else:
        print(text, end="")
    if arguments.plot:
        [(name, forecast)] = forecasts.items()
        _plot(forecaster, name, arguments.series, forecast, arguments.plot)
    return 0


def _forecast_stream(forecaster: Forecaster, arguments: argparse.Namespace) -> int:
    from seqnlp.cli.forecast_output import csv_heading, write_csv, write_jsonl
    from seqnlp.cli.series_input import SOURCE, read_standard_rows
    from seqnlp.data.series.many import source_of

    columns = SeriesFields(forecaster)
    rows = read_standard_rows("forecast", forecaster.loaded.data, forecaster.names)
    if arguments.output == "csv":
        print(csv_heading(forecaster.names, columns.names), end="", flush=True)
    streams: dict[str, ForecastStream | None] = {}
    silent = 0
    for name, row in rows:
        if name not in streams:
            streams[name] = _stream_of(forecaster, name, arguments)
        stream = streams[name]
        forecast = stream.read(row) if stream else None
        silent += forecast is None
        if arguments.output == "jsonl":
            print(write_jsonl(forecast, columns.of(name)), end="", flush=True)
        elif forecast is not None:
            print(write_csv(forecast, list(columns.of(name).values())), end="", flush=True)
        for news in stream.findings.news() if stream else ():
            say(f"{source_of(SOURCE, name)}: {news}")
    for name, stream in streams.items():
        if stream is None:
            continue
        stream.end()
        if stream.findings.counts:
            say(f"{source_of(SOURCE, name)}: {stream.findings}")
    if silent:
        first = f"the first {forecaster.fewest_rows - 1}{' of each series' if forecaster.series else ''}"
        say(f"{SOURCE}: {silent:,} rows without a forecast, {first} among them")
    return 0


def _stream_of(forecaster: Forecaster, name: str, arguments: argparse.Namespace) -> ForecastStream | None:
    """The stream of a series; none of one whose scale is not known before its rows are."""
    from seqnlp.cli.series_input import SOURCE
    from seqnlp.data.series.many import source_of

    source = source_of(SOURCE, name)
    if forecaster.series and name not in forecaster.series:
        say(f"{source}: no forecasts: training never saw the series, and its scale is told by a file of its rows only")
        return None
    return forecaster.of_series(name).start(arguments.horizon or 0, level=arguments.level, source=source)


def _plot(forecaster: Forecaster, name: str, series: Path, forecast: Forecast, file: Path) -> None:
    from seqnlp.data.series.time import Timestamp
    from seqnlp.plots.forecast import forecast_picture

    loaded = forecaster.loaded
    read = forecaster.read(series, refused=lambda *other: None)[name]
    bands = forecast.low, forecast.values, forecast.high
    rows, horizon, step = len(read), len(forecast.times), loaded.facts.step
    places: list[Timestamp] = list(range(1, rows + horizon + 1))
    if step is not None and read.moments:
        places = [*read.moments, *(step.after(read.moments[-1], number) for number in range(1, horizon + 1))]
    forecast_picture(
        file,
        f"{series.name}, {name}" if name else series.name,
        forecast.names,
        read.values,
        bands,
        places,
        forecast.level,
    )
    say(f"plot written to {file}")
