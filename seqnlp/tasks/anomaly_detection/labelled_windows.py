"""Labelled windows of anomalies, from a JSON file such as NAB's ``combined_windows.json``."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.config.anomaly_detection import AnomalyDataConfig
from seqnlp.config.series import part_of
from seqnlp.data.series.parts import Series
from seqnlp.data.series.time import Timestamp, read_timestamp
from seqnlp.data.split_sources import existing_file
from seqnlp.errors import DataError, did_you_mean, listed
from seqnlp.tasks.anomaly_detection.windows import take_windows, window_starts
from seqnlp.text.files import file_digest

TimeWindow = tuple[Timestamp, Timestamp]

_DAY = re.compile(r"\d{4}-\d\d-\d\d|\d{8}")
"""A date without a time of day."""

_EXPECTED = "expected a list of [begin, end] pairs of time stamps, or such a list for each file name"
_EXPECTED_OF_SERIES = (
    "expected a list of [begin, end] pairs of time stamps for each series (data.series_column), or such lists for each "
    "file name"
)


def labelled_windows(config: AnomalyDataConfig, split: str) -> dict[str, list[TimeWindow]]:
    """The labelled windows of the file that a split is in, by series; none without ``data.labels``.

    Those of a file that is one series are under ``""``, in the order of the file. Windows by file names are searched
    for those of the name that the split's path ends with.

    Raises:
        DataError: no such file, none of its names is the split's, or something that is no window.
    """
    if not config.labels:
        return {}
    path = existing_file(config, "labels", config.labels)
    expected = _EXPECTED_OF_SERIES if config.series_column else _EXPECTED
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise DataError(f"this is not JSON ({problem}); {expected}", path) from None
    if config.series_column:
        if isinstance(content, dict) and content and all(isinstance(each, dict) for each in content.values()):
            content = _of_file(content, _file_of(config, split), path)
        by_series = content
    else:
        by_series = {"": _of_file(content, _file_of(config, split), path) if isinstance(content, dict) else content}
    if not isinstance(by_series, dict) or not all(isinstance(each, list) for each in by_series.values()):
        raise DataError(f"{expected}, found {json.dumps(content)[:40]}", path)
    return {name: [_window(each, path, expected) for each in windows] for name, windows in by_series.items()}


def refuse_other_labels(windows: Mapping[str, object], series: Collection[str], source: object) -> None:
    """Stop at windows of a series that is not there.

    Raises:
        DataError: there are some; names both.
    """
    for name in windows:
        if name and name not in series:
            close = did_you_mean(name, list(series))
            raise DataError(f"expected windows of series ({listed(series)}), found those of '{name}'{close}", source)


def labels_digest(config: AnomalyDataConfig) -> str:
    """SHA-256 of the file of labelled windows; empty without one.

    Raises:
        DataError: the file cannot be read.
    """
    return file_digest(existing_file(config, "labels", config.labels)) if config.labels else ""


def number_rows(series: Series, windows: Sequence[TimeWindow]) -> NDArray[np.int64]:
    """For each row (T,) the number of the window it is in, from 1; 0 for rows in none.

    Rows without time stamps are numbered from 1, and windows name such numbers.

    Raises:
        DataError: windows of dates in a series of plain numbers, or the other way round.
    """
    moments: Sequence[Timestamp] = series.moments or [float(row) for row in range(1, len(series) + 1)]
    numbers = np.zeros(len(series), dtype=np.int64)  # (T,)
    for number, (begin, end) in enumerate(windows, 1):
        if isinstance(begin, datetime) != isinstance(moments[0], datetime):
            kinds = ("dates", "numbers") if isinstance(begin, datetime) else ("numbers", "dates")
            raise DataError(f"data.labels has windows of {kinds[0]}, the series has {kinds[1]}", series.source)
        _refuse_other_zone(begin, end, moments[0], series)
        inside = [_key(begin, moment) <= _key(moment, begin) <= _key(end, moment) for moment in moments]
        numbers[np.array(inside)] = number
    return numbers


def normal_windows(
    series: Series, labels: NDArray[np.int64], length: int, stride: int = 1
) -> tuple[NDArray[np.int64], int]:
    """Where windows begin (W,) that touch no labelled row, and how many others there are.

    Args:
        labels: (T,) from :func:`number_rows`.

    Raises:
        DataError: the series is shorter than one window, or every window touches a labelled row.
    """
    starts = window_starts(len(series), length, stride, series.source, f"model.window={length}")
    normal = starts[~take_windows(labels, starts, length).any(axis=1)]
    if not len(normal):
        raise DataError(f"every window of {length} rows touches a labelled one (data.labels)", series.source)
    return normal, len(starts) - len(normal)


def _file_of(config: AnomalyDataConfig, split: str) -> str:
    name = str(getattr(config, split))
    return config.train if part_of(name) is not None else name


def _of_file(content: dict[str, Any], name: str, path: object) -> Any:
    parts = PurePath(name).parts
    for key, windows in content.items():
        wanted = PurePath(key).parts
        if parts[-len(wanted) :] == wanted:
            return windows
    shown = ", ".join(f"'{key}'" for key in list(content)[:4])
    close = did_you_mean(PurePath(name).name, [PurePath(key).name for key in content])
    raise DataError(f"expected windows for '{name}', found those of {shown}{close}", path)


def unmet(windows: Sequence[TimeWindow], numbers: NDArray[np.int64], series: Series) -> str:
    """What to say where windows are labelled and none of them holds a row of the whole series; else nothing.

    Args:
        numbers: (T,) from :func:`number_rows`.
    """
    if not windows or numbers.any():
        return ""
    span = (
        f"its rows are those of {series.stamps[0]} to {series.written}" if series.stamps else "see its numbers of rows"
    )
    begin, end = windows[0]
    where = f"the first is from {begin} to {end}; {span}"
    return f"{series.source}: none of the windows of data.labels holds a row ({where}), so all rows count as normal"


def _window(raw: Any, path: object, expected: str) -> TimeWindow:
    try:
        begin, end = (read_timestamp(str(edge)) for edge in raw)
        if isinstance(end, datetime) and _DAY.fullmatch(str(raw[1])):
            end += timedelta(days=1, microseconds=-1)  # the whole day
        ordered = _key(begin, end) <= _key(end, begin)
    except (TypeError, ValueError):
        raise DataError(f"{expected}, found the window {json.dumps(raw)[:60]}", path) from None
    if not ordered:
        raise DataError(f"the window {json.dumps(raw)} ends before it begins", path)
    return begin, end


def _refuse_other_zone(begin: Timestamp, end: Timestamp, moment: Timestamp, series: Series) -> None:
    """Stop where windows or rows have a time zone other than UTC and the others none: which hour is meant?

    Raises:
        DataError: they do.
    """
    for edge in (begin, end):
        if (
            not isinstance(edge, datetime)
            or not isinstance(moment, datetime)
            or bool(edge.tzinfo) == bool(moment.tzinfo)
        ):
            continue
        if edge.utcoffset() or moment.utcoffset():
            with_zone, without = ("windows", "time stamps") if edge.tzinfo else ("time stamps", "windows")
            problem = f"data.labels: the {with_zone} have a time zone and the {without} none"
            raise DataError(f"{problem} ({edge} beside {moment}); write the zone of {without}, too", series.source)


def _key(moment: Timestamp, other: Timestamp) -> float:
    """A moment as a number that compares with ``other``'s; dates without a time zone are taken as UTC."""
    if isinstance(moment, datetime):
        if not isinstance(other, datetime):
            raise TypeError("a date and a number")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return moment
