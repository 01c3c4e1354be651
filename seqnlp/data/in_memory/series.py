"""Series in memory: numbers, rows of numbers, (time, value) pairs, arrays, or tables with a time index or column."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from seqnlp.config.delimiter import delimiter_of
from seqnlp.config.series import columns_of
from seqnlp.data.in_memory.rows import WrittenSplit, columns_in, is_table, plain, rows_of, shown
from seqnlp.data.series.split_stamps import SAMPLED, formats_in, is_time_of_day, time_column_in
from seqnlp.data.series.time import stamp_text
from seqnlp.data.series.time_formats import is_time_stamp
from seqnlp.errors import DataError
from seqnlp.text.checks import is_number
from seqnlp.text.csv_rows import csv_line

_TIME = "time"


def written_series(examples: Any, name: str, settings: Mapping[str, Any]) -> WrittenSplit:
    """A series as CSV, with the separators and the form of times that ``settings`` say.

    The only column of dates and the only format that reads them are found as those of a file are.
    Where all columns have numbers for names, which would be read as a row, ``0`` becomes ``value 0``.
    """
    chosen = str(settings.get("data.time_column", ""))
    rows = [_cells(row, f"{name}[{place}]") for place, row in enumerate(rows_of(_with_index(examples, chosen), name))]
    if all(map(is_number, rows[0])):
        rows = [{f"value {column}": value for column, value in row.items()} for row in rows]
    names = list(rows[0])
    series = columns_of(str(settings.get("data.series_column", "")), names)
    values = [part.strip() for part in str(settings.get("data.value_columns", "")).split(",") if part.strip()]
    taken = _taken(rows, settings)
    time = chosen or taken.get("data.time_column", "") or _time_column(rows[0])
    times = columns_of(time, names)
    if missing := [column for column in [*times, *series, *values] if column not in names]:
        raise DataError(f"{name}: expected a column '{missing[0]}', found {columns_in(rows[0])}")
    numbers = set(values or names) - {*times, *series}
    delimiter, decimal, time_format = (
        str(settings.get(f"data.{key}", usual))
        for key, usual in (("delimiter", ","), ("decimal", "."), ("time_format", ""))
    )
    between = delimiter_of(delimiter)

    def field(value: Any, column: str, where: str) -> str:
        if column in numbers:
            return _number(value, column, where).replace(".", decimal)
        return _text(value, time_format if column in times and len(times) == 1 else "")

    lines = [csv_line(names, between)]
    for place, row in enumerate(rows):
        if list(row) != names:
            raise DataError(f"{name}[{place}]: expected {columns_in(rows[0])}, found {columns_in(row)}")
        lines.append(csv_line([field(row[column], column, f"{name}[{place}]") for column in names], between))
    read_by = taken | ({"data.time_column": time} if time else {})
    note = " ".join(["taken from the data:", *(f"{key}='{value}'" for key, value in taken.items())]) if taken else ""
    return WrittenSplit(".csv", "".join(lines).encode(), read_by, first_line=2, note=note)


def _with_index(examples: Any, chosen: str) -> Any:
    """A pandas table with its index of times as a column; a column of its own as a table."""
    if is_table(examples) and hasattr(examples, "index") and hasattr(examples, "reset_index"):
        frame = examples if hasattr(examples, "columns") else examples.to_frame(examples.name or "value")
        if type(frame.index).__name__ in ("DatetimeIndex", "PeriodIndex"):
            times = frame.index.astype(str) if type(frame.index).__name__ == "PeriodIndex" else frame.index
            named = chosen or frame.index.name
            if named not in frame.columns:  # else a column repeats the index
                name = named or (f"{_TIME} of the index" if _TIME in frame.columns else _TIME)
                frame = frame.copy()
                frame.insert(0, name, times)
        return frame.rename(columns=str)
    return plain(examples) if hasattr(examples, "ndim") and not hasattr(examples, "columns") else examples


def _cells(row: Any, where: str) -> dict[str, Any]:
    """A row by column; numbers without names are ``value``, or ``value 1`` and so on."""
    if isinstance(row, Mapping):
        return {str(name): value for name, value in row.items()}
    if isinstance(row, list | tuple):
        timed = len(row) > 1 and isinstance(row[0], str | date)
        values = row[1:] if timed else row
        named = {"value" if len(values) == 1 else f"value {place + 1}": value for place, value in enumerate(values)}
        return {_TIME: row[0], **named} if timed else named
    if isinstance(row, str | bytes):
        raise DataError(f"{where}: expected a number or a row of numbers, found {shown(row)}")
    return {"value": row}


def _time_column(row: Mapping[str, Any]) -> str:
    """The column that holds times, if one does."""
    return next((name for name, value in row.items() if isinstance(value, date) or name == _TIME), "")


def _taken(rows: Sequence[Mapping[str, Any]], settings: Mapping[str, Any]) -> dict[str, str]:
    """What the first rows tell of settings that are not set: the only column of dates, the only format of these."""
    chosen, values, time_format, joined = (
        str(settings.get(f"data.{key}", "")) for key in ("time_column", "value_columns", "time_format", "series_column")
    )
    series = columns_of(joined, tuple(rows[0]))
    columns = {name: [_text(row.get(name), "") for row in rows[:SAMPLED]] for name in rows[0] if name not in series}
    found = "" if chosen or values else time_column_in(columns)
    formats = [] if time_format else formats_in(columns, chosen or found)
    taken = {"data.time_column": found, "data.time_format": formats[0] if len(formats) == 1 else ""}
    return {key: value for key, value in taken.items() if value}


def _number(value: Any, column: str, where: str) -> str:
    """A number with a point before decimals; empty where it is missing."""
    value = plain(value)
    if _is_missing(value):
        return ""
    if isinstance(value, date):  # datetime too; a reader says what is wrong with it
        return value.isoformat()
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        advice = "data.value_columns names the columns of numbers"
        if isinstance(value, str) and is_time_stamp(value):
            advice = f"times stand in the column that data.time_column names: set it to '{column}'"
        elif isinstance(value, str) and is_time_of_day(value):
            advice = f"a date and its time of day in two columns are both named: data.time_column='DATE + {column}'"
        elif isinstance(value, str):
            advice += ", data.series_column one that tells series apart; make numbers of texts before"
        raise DataError(f"{where}: expected a number in '{column}', found {shown(value)}; {advice}")
    return str(value) if isinstance(value, int) else repr(float(value))


def _text(value: Any, time_format: str) -> str:
    value = plain(value)
    if _is_missing(value):
        return ""
    return stamp_text(value, time_format) if isinstance(value, date) else str(value)


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and not math.isfinite(value))
