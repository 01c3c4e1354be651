"""Rows of a series as they stand in a CSV file or stream: time stamps and numbers, missing ones as NaN."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from seqnlp.config.series import SeriesDataConfig, columns_of
from seqnlp.data.series.advice import (
    about_a_column,
    about_a_number,
    about_a_stamp,
    about_the_delimiter,
    about_the_width,
)
from seqnlp.data.series.missing import missing_texts
from seqnlp.data.series.time import Stamps, Timestamp
from seqnlp.errors import DataError, missing_column
from seqnlp.text.checks import is_number
from seqnlp.text.column_names import column_place


@dataclass(frozen=True, slots=True)
class Row:
    """A row.

    Attributes:
        line: where it begins in its file, from 1; 0 for one that was filled in.
        moment: its time stamp; nothing if the series has none.
        written: the time stamp as it is written.
        values: (C,) numbers; NaN where missing, infinite where so written.
    """

    line: int
    moment: Timestamp | None
    written: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SeriesColumns:
    """Where what stands: the number of fields, the places of the time stamp's parts, names and places of the values.

    The names of columns that are not read are in ``unread``.
    """

    width: int
    time: tuple[int, ...]
    names: tuple[str, ...]
    places: tuple[int, ...]
    unread: tuple[str, ...] = ()


def read_rows(
    fields: Iterator[tuple[int, list[str]]],
    config: SeriesDataConfig,
    source: object,
    wanted: tuple[str, ...] = (),
    *,
    named: bool | None = None,
) -> tuple[SeriesColumns, Iterator[Row]]:
    """The columns, read at once, and the rows, each read when it is asked for.

    Args:
        fields: line and fields of each row, the first with the names (or with numbers only).
        source: the file's name in messages.
        wanted: names of the columns to read, in their order; empty: those of the configuration.
        named: whether the first row names the columns; None: unless every field of it is a number.

    Raises:
        DataError: nothing there, a column that is not or is there twice, a row of another width, text where a number
            or a time stamp belongs; with line and column.
    """
    first = next(fields, None)
    if first is None:
        raise DataError("expected a CSV file with a row that names its columns, found no row", source)
    line, head = first
    if named is None:
        named = not all(is_number(field) or is_number(_in_python(field.strip(), config)) for field in head)
    names = [field.strip() for field in head] if named else [str(place) for place in range(len(head))]
    columns = _find_columns(names, config, source, line, wanted)
    rows = fields if named else chain([first], fields)
    return columns, _rows(rows, columns, config, source)


def _find_columns(
    names: Sequence[str], config: SeriesDataConfig, source: object, line: int, trained: tuple[str, ...]
) -> SeriesColumns:
    def place(name: str, key: str) -> int:
        if name not in names:
            raise missing_column(name, names, about_a_column(names, config, key, trained), source, line)
        return column_place(name, names, source, line)

    timed = columns_of(config.time_column, names)
    time = tuple(place(name, "time_column") for name in timed)
    wanted = trained or config.columns
    if not wanted:
        wanted = tuple(name for name in names if name not in timed)
        if "" in wanted:
            problem = f"column {names.index('') + 1} has no name (as the index that pandas writes)"
            raise DataError(f"{problem}; name the columns of numbers in data.value_columns", source, line)
    if not wanted:
        expected = "expected a column of numbers beside the time stamps, found none"
        raise DataError(f"{expected}{about_the_delimiter(names, config)}", source, line)
    places = tuple(place(name, "value_columns") for name in wanted)
    unread = tuple(name for number, name in enumerate(names) if number not in (*time, *places))
    return SeriesColumns(len(names), time, wanted, places, unread)


def _rows(
    rows: Iterator[tuple[int, list[str]]], columns: SeriesColumns, config: SeriesDataConfig, source: object
) -> Iterator[Row]:
    stamps, missing = Stamps(config.time_format, source, config.fixed), missing_texts(config)
    for line, fields in rows:
        refuse_width(fields, columns.width, config, source, line)
        moment, written = None, ""
        if columns.time:
            written = " ".join(fields[place].strip() for place in columns.time)
            moment = read_stamp(stamps, written, config, line)
        named = zip(columns.names, columns.places, strict=True)
        values = tuple(_number(fields[place], name, config, missing, source, line) for name, place in named)
        yield Row(line, moment, written, values)


def refuse_width(fields: Sequence[str], width: int, config: SeriesDataConfig, source: object, line: int) -> None:
    """Stop at a row that has not as many fields as the first.

    Raises:
        DataError: so it is; says what to do.
    """
    if len(fields) != width:
        problem = f"expected {width} fields as in the file's first row, found {len(fields)}"
        raise DataError(f"{problem}; {about_the_width(fields, config)}", source, line)


def read_stamp(stamps: Stamps, text: str, config: SeriesDataConfig, line: int) -> Timestamp:
    """The next time stamp of a series.

    Raises:
        DataError: it is none, or of another kind than those before.
    """
    try:
        return stamps.read(text, config.time_column, line)
    except ValueError:
        expected = (
            f"'{config.time_format}'" if config.time_format else "ISO 8601 (2024-01-31 or 2024-01-31 23:59) or a number"
        )
        problem = f"column '{config.time_column}': expected a time stamp ({expected}), found '{text[:30]}'"
        raise DataError(f"{problem}; {about_a_stamp(text, config)}", stamps.source, line) from None


def _in_python(text: str, config: SeriesDataConfig) -> str:
    """A number as Python reads it: without marks between thousands, with a point. Of other text no number comes."""
    if config.thousands:
        mark = "[ \u00a0\u2009\u202f]" if config.thousands == " " else re.escape(config.thousands)
        if re.fullmatch(rf"[+-]?\d{{1,3}}({mark}\d{{3}})+({re.escape(config.decimal)}\d*)?", text):
            text = re.sub(mark, "", text)
    if config.decimal == ".":
        return text
    return "" if "." in text else text.replace(",", ".", 1)  # which of the two is it?


def _number(
    text: str, name: str, config: SeriesDataConfig, missing: frozenset[str], source: object, line: int
) -> float:
    text = text.strip()
    if text.lower() in missing:
        return math.nan
    number = _in_python(text, config)
    if not is_number(number):
        problem = f"column '{name}': expected a number, found '{text[:30]}'"
        raise DataError(f"{problem}; {about_a_number(text, name, config)}", source, line)
    return float(number)
