"""What the first rows of a file of numbers look like: thousands, times that nobody reads, tables turned round."""

from __future__ import annotations

import calendar
import math
import re
import shlex
from collections.abc import Iterator, Sequence
from statistics import median

from seqnlp.config.series import SeriesDataConfig
from seqnlp.config.typed import quoted, typed
from seqnlp.data.series.rows import SeriesColumns
from seqnlp.data.series.split_stamps import Columns, date_in_parts, formats_in, with_time_of_day
from seqnlp.data.series.time_formats import are_time_stamps, is_time_stamp
from seqnlp.errors import listed

_FIRST = 1000
"""Rows that are looked at."""

_TIMES = 50
"""Rows, that which names the columns among them, in which times are looked for."""

_FEW_NUMBERS, _FEW_TIMES, _FEW_MONTHS = 3, 3, 6
"""Numbers with marks between thousands, names of columns that are times, and of those months, at least."""

_YEAR = re.compile(r"(19|20)\d\d")

_MONTHS = frozenset(name.lower() for name in (*calendar.month_name, *calendar.month_abbr) if name)


def noting(fields: Iterator[tuple[int, list[str]]], noted: list[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """The same rows; the first ones are noted as they pass."""
    for line, row in fields:
        if len(noted) <= _FIRST:
            noted.append(row)
        yield line, row


def notes_as_written(noted: Sequence[Sequence[str]], columns: SeriesColumns, config: SeriesDataConfig) -> Iterator[str]:
    """What to say of the first rows of a file: what is probably read otherwise than it was meant.

    Args:
        noted: fields of rows that all have the width of ``columns``; the first is the one that names the columns, or
            one of numbers.
    """
    for name, place in zip(columns.names, columns.places, strict=True):
        if not config.thousands and _in_thousands([row[place].strip() for row in noted[1:]], config):
            what = f"all decimals of column '{name}' have three digits, as thousands have"
            yield f"{what}; if {_example(noted, place)} is a thousand or more, {_advice(config)}"
    if not config.time_column:
        yield from _unread_times(noted, columns)
    times = _times(noted[0], columns)
    if len(times) >= _FEW_TIMES:
        what = f"columns are called {listed(times)}, as if each row were a series of its own"
        yield f"{what}, but a row is read as one time, and a column as a series; turn the table round"


def _in_thousands(texts: Sequence[str], config: SeriesDataConfig) -> bool:
    """Whether numbers with decimals look like thousands.

    Either numbers below a thousand stand beside them, nearer to thousands than to decimals, or ``;`` between the fields
    hints at a country that writes thousands so.
    """
    point = re.escape(config.decimal)
    marked = [text for text in texts if config.decimal in text]
    if len(marked) < _FEW_NUMBERS or not all(
        re.fullmatch(rf"[+-]?[1-9]\d{{0,2}}{point}\d{{3}}", one) for one in marked
    ):
        return False
    others = [text for text in texts if re.search(r"\d", text) and config.decimal not in text]
    if not others:
        return config.delimiter == ";"
    if not all(re.fullmatch(r"[+-]?\d{1,3}", text) for text in others):
        return False
    decimals = median(abs(float(text.replace(config.decimal, "."))) for text in marked)
    return median(abs(float(text)) for text in others) > decimals * math.sqrt(1000)


def _advice(config: SeriesDataConfig) -> str:
    if config.fixed:
        return "write it without a mark"
    marks = ("'.'", "','") if config.decimal == "." else ("','", "'.'")
    return f"set data.thousands={marks[0]} data.decimal={marks[1]}"


def _example(noted: Sequence[Sequence[str]], place: int) -> str:
    """The first number with decimals."""
    return next(row[place].strip() for row in noted[1:] if re.search(r"[.,]", row[place]))


def _unread_times(noted: Sequence[Sequence[str]], columns: SeriesColumns) -> Iterator[str]:
    """Of each column of times, which nobody has named: no wrong order, gap, total or second series can be noticed."""
    unread = {
        name.strip(): [row[place].strip() for row in noted[1:_TIMES]]
        for place, name in enumerate(noted[0])
        if place not in columns.places
    }
    dates = [name for name, texts in unread.items() if are_time_stamps(texts)] or [date_in_parts(unread)]
    for date in filter(None, dates):
        name = with_time_of_day(date, unread)
        what = f"times stand in '{name}' and are not read, so gaps, another order, totals and other series stay"
        yield f"{what} unnoticed; {_setting(name, unread)} reads them"


def _setting(time_column: str, columns: Columns) -> str:
    """What reads the time stamps of a column or several, as it is typed."""
    settings, formats = [f"data.time_column={typed(time_column)}"], formats_in(columns, time_column)
    if len(formats) == 1 and formats[0]:
        settings.append(f"data.time_format={quoted(formats[0]) if ',' in formats[0] else formats[0]}")
    return " ".join(map(shlex.quote, settings))


def _times(first: Sequence[str], columns: SeriesColumns) -> Sequence[str]:
    """Names of columns that are times; of columns without names the first row, if it counts years."""
    if columns.names != tuple(map(str, columns.places)):
        months = [name for name in columns.names if name.lower() in _MONTHS]
        if len(months) >= _FEW_MONTHS:
            return months
        return [name for name in columns.names if _YEAR.fullmatch(name) or is_time_stamp(name)]
    years = [field.strip() for field in first]
    begin = int(years[0]) if _YEAR.fullmatch(years[0]) else 0
    return years if years == [str(begin + number) for number in range(len(years))] else []
