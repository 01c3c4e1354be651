"""Time stamps that stand in several columns of a file: date and time of day, date and hour, or year, month and day."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from seqnlp.config.series import columns_of
from seqnlp.data.series.time_formats import formats_of_all, reads_all
from seqnlp.text.checks import is_number

Columns = Mapping[str, Sequence[str]]
"""The texts of each column, by its name; of the same rows, and empty where one is missing."""

SAMPLED = 200
"""Rows that are looked at."""

_PARTS = {
    "%Y": (("year", "yr", "yyyy"), range(1000, 3000)),
    "%m": (("month", "mo", "mon"), range(1, 13)),
    "%d": (("day", "dy", "dd"), range(1, 32)),
    "%H": (("hour", "hr", "hh"), range(24)),
    "%M": (("minute",), range(60)),
}
"""Directives of `strptime`, each with what columns of such numbers are called and the numbers that they have."""

_MIN_PARTS = 2
"""Parts of a date, year and month, that cannot be there by chance."""

_TIME_OF_DAY = re.compile(r"\d{1,2}([:.])\d\d(\1\d\d([.,]\d+)?)?( ?[AaPp]\.?[Mm]\.?)?")


def is_time_of_day(text: str) -> bool:
    """Whether a text is an hour with its minutes, such as 17:30, 5:30 PM or 17.30.00."""
    return bool(_TIME_OF_DAY.fullmatch(text))


def stamps_in(columns: Columns, time_column: str) -> list[str]:
    """The time stamps of the rows in which none of their parts is missing."""
    names = columns_of(time_column, tuple(columns))
    if not all(name in columns for name in names):
        return []
    return [" ".join(texts) for texts in zip(*(columns[name] for name in names), strict=True) if all(texts)]


def formats_in(columns: Columns, time_column: str) -> list[str]:
    """The formats that read all time stamps; an empty one is ISO 8601."""
    stamps, names = stamps_in(columns, time_column), columns_of(time_column, tuple(columns))
    if (formats := formats_of_all(stamps)) or not stamps or len(names) < _MIN_PARTS:
        return formats
    parts = [_part(name, columns[name]) for name in names]
    if all(parts):
        formats = [" ".join(parts)]
    elif parts[-1] == "%H":
        dates = formats_of_all(stamps_in(columns, " + ".join(names[:-1])))
        formats = [f"{date or '%Y-%m-%d'} %H" for date in dates]
    return [form for form in formats if reads_all(stamps, form)]


def time_column_in(columns: Columns) -> str:
    """The only column of dates, with that of times of day; or those of years, months, days; empty if there is none.

    Dates that are numbers may be values.
    """
    dates = [name for name in columns if formats_in(columns, name)]
    if not dates:
        return date_in_parts(columns)
    return with_time_of_day(dates[0], columns) if len(dates) == 1 else ""


def with_time_of_day(date: str, columns: Columns) -> str:
    """What ``data.time_column`` is for a column of dates, each there twice or more: with the only one of times of day.

    Times of day are such as 17:30, or whole hours in a column that is called so.
    """
    dates = stamps_in(columns, date)
    if not dates or 2 * len(set(dates)) > len(dates):
        return date
    joined = [f"{date} + {name}" for name, texts in columns.items() if _are_times_of_day(name, texts)]
    read = [both for both in joined if formats_in(columns, both)]
    return read[0] if len(read) == 1 else date


def date_in_parts(columns: Columns) -> str:
    """What ``data.time_column`` is for columns of years, months and so on: ``year + month``; empty if none are."""
    found: list[str] = []
    for directive in _PARTS:
        names = [name for name, texts in columns.items() if _part(name, texts) == directive]
        if len(names) != 1:
            break
        found += names
    return " + ".join(found) if len(found) >= _MIN_PARTS else ""


def _are_times_of_day(name: str, texts: Sequence[str]) -> bool:
    return _part(name, texts) == "%H" or all(is_time_of_day(text) and not is_number(text) for text in texts if text)


def _part(name: str, texts: Sequence[str]) -> str:
    """The directive of a column of years, months, days, hours or minutes; empty for another."""
    for directive, (names, numbers) in _PARTS.items():
        known = [text for text in texts if text]
        if name.lower() in names and known and all(text.isdecimal() and int(text) in numbers for text in known):
            return directive
    return ""
