"""Time stamps that are probably no numbers but dates (seconds since 1970, digits alone), or no months but years."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.rows import Row
from seqnlp.data.series.time import EPOCHS
from seqnlp.data.series.time_formats import year_of_two

_EPOCH = {"unix": (1e8, 4e9), "unix_ms": (1e11, 4e12)}
"""Time formats, and the numbers that they have in the years 1973 to 2096."""

_DIGITS = {
    "%Y%m%d%H%M%S": 14,
    "%Y%m%d%H%M": 12,
    "%Y%m%d%H": 10,
    "%Y%j": 7,
    "%d%m%Y": 8,
    "%m%d%Y": 8,
    "%y%m%d": 6,
}
"""Formats of dates that are read as numbers, and their digits."""

_SEEN = 500
"""Time stamps that are tried, spread over the file."""

_MIN_ROWS = 10
"""That must all be dates: fewer numbers may be by chance."""

_MIN_YEARS = 3
"""Months that each read as two years one after the other, such as 2001-02, 2002-03 and 2003-04, of which fewer may be
by chance."""


def tell_odd_stamps(rows: Sequence[Row], config: SeriesDataConfig, path: object, say: Callable[[str], None]) -> None:
    """Say which format makes dates of numbers, and what ``unix_ms`` or months stand for; to a trained model nothing."""
    if config.fixed:
        return
    moment, written = rows[0].moment, rows[0].written
    if len(rows) >= _MIN_YEARS and all(year_of_two(row.written) for row in rows) and isinstance(moment, datetime):
        year = year_of_two(written)
        say(f"{path}: time stamps such as {written} are read as months; if each is a year, write {year} for {written}")
    if config.time_format == "unix_ms" and _since_1970(written, "unix"):
        say(f"{path}: time stamp {written} is read as {moment}; if it counts seconds, set data.time_format=unix")
    if config.time_format or not isinstance(moment, float):
        return
    forms = [form for form in _DIGITS if _all_dates(rows, form)]
    for form in forms:
        say(f"{path}: if time stamps such as {written} are dates, data.time_format={form} reads them so")
    for form in EPOCHS if not forms and moment == int(moment) else ():
        if _since_1970(written, form):
            unit = "milliseconds" if form == "unix_ms" else "seconds"
            say(f"{path}: if the time stamps count {unit} since 1970, data.time_format={form} makes them dates")


def _since_1970(written: str, form: str) -> bool:
    low, high = _EPOCH[form]
    return low <= float(written) <= high


def _all_dates(rows: Sequence[Row], form: str) -> bool:
    """Whether a format reads all of some time stamps as dates of 1900 to 2099, one later than the other."""
    some = rows[:: len(rows) // _SEEN + 1]
    digits = _DIGITS[form]
    if len(rows) < _MIN_ROWS or not all(row.written.isdigit() and len(row.written) == digits for row in some):
        return False
    before = datetime(1899, 12, 31)
    for row in some:
        try:
            moment = datetime.strptime(row.written, form)
        except ValueError:
            return False
        if not before < moment < datetime(2100, 1, 1):
            return False
        before = moment
    return True
