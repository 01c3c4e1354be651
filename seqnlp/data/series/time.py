"""Time stamps of a series: how they are read and written."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta

from seqnlp.data.series.quarters import read_quarter, write_quarter
from seqnlp.errors import DataError
from seqnlp.text.checks import is_number

Timestamp = datetime | float
"""A time stamp: a date with or without a time of day, or a plain number."""

NUMBER = "number"
"""The time format of plain numbers."""

EPOCHS = {"unix": 1, "unix_ms": 1000}
"""Time formats that count since the beginning of 1970 (UTC), and their units in a second."""

_WEEK = re.compile(r"\d{4}(-?)W\d\d(-?[1-7])?")

_MONTH = re.compile(r"(\d{4})-(\d{2})()")
_COMPACT = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])?")
"""YYYYMM or YYYYMMDD of the years 1900 to 2099; other numbers are none."""

_WRITTEN = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d|\d{8}|\d{4}-\d\d|\d{6})"
    r"(?:(?P<gap>\D)(?P<time>\d\d(?::\d\d){0,2}(?:[.,]\d+)?))?(?P<zone>Z|z|[+-]\d\d:?\d\d)?"
)
_DASHED = re.compile(r"\d{4}-\d\d-\d\d")
"""A date that has its zeros, whether it shows one or not."""

_NUMBER = re.compile(r":?\d+")
"""A number of a time stamp; minutes and seconds with the colon before them, as they always have their zeros."""

_DIRECTIVES = re.compile("%[^aAbBpzZcxX%]")
"""What stands for numbers in a format."""

_PRECISIONS = ((2, "hours"), (5, "minutes"), (8, "seconds"), (12, "milliseconds"), (15, "microseconds"))
"""Characters of a time of day, and what isoformat calls it."""


class Stamps:
    """Reads the time stamps of a series, which are all of the kind that the first one is.

    Args:
        time_format: for ``strptime``, ``number``, or empty, see :func:`read_timestamp`.
        source: the file's name in messages.
        fixed: whether the format is that of a trained model, which nobody can change.
    """

    def __init__(self, time_format: str, source: object, fixed: bool = False) -> None:
        self.time_format, self.source, self._fixed = time_format, source, fixed
        self._kind = ""

    def read(self, text: str, column: str, line: int) -> Timestamp:
        """The next time stamp.

        Raises:
            ValueError: it is none.
            DataError: it is of another kind than those before.
        """
        numbers = self._kind == _kind(0.0) and is_number(text)  # one of them may look like a month
        moment = read_timestamp(text, NUMBER if numbers else self.time_format)
        if _kind(moment) != (self._kind or _kind(moment)):
            problem = f"expected {self._kind} as in the rows before, found {_kind(moment)} ('{text}')"
            advice = "mend it" if self._fixed else "mend it, or set data.time_format"
            raise DataError(f"column '{column}': {problem}; {advice}", self.source, line)
        self._kind = _kind(moment)
        return moment


def read_timestamp(text: str, time_format: str = "") -> Timestamp:
    """A time stamp as it is written.

    Args:
        time_format: for ``strptime``; ``number``: a plain number; ``unix``, ``unix_ms``: since 1970; empty: ISO 8601,
            also a year and month alone (2024-01 or 202401) or a quarter (2024-Q1, Q1 2024), or a number.

    Raises:
        ValueError: it is none.
    """
    if time_format == NUMBER:
        return _number(text)
    if time_format in EPOCHS:
        return _since_1970(_number(text) / EPOCHS[time_format])
    if time_format:
        return datetime.strptime(text, time_format)
    if quarter := read_quarter(text):
        return quarter
    if match := _MONTH.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = (int(part or 1) for part in match.groups())
        return datetime(year, month, day)
    return _number(text) if is_number(text) else datetime.fromisoformat(text)


def write_timestamp(moment: Timestamp, like: str, time_format: str = "") -> str:
    """A time stamp in the way in which ``like`` is written; with more of its parts where it has more."""
    if not isinstance(moment, datetime):
        return str(int(moment)) if moment == int(moment) and like.strip("-").isdigit() else repr(moment)
    if time_format in EPOCHS:
        number = EPOCHS[time_format] * (moment - _since_1970(0)).total_seconds()
        return str(int(number)) if number == int(number) and like.strip("-").isdigit() else repr(number)
    if time_format:
        return _formatted(moment, like, time_format)
    if quarter := write_quarter(moment, like):
        return quarter
    if week := _WEEK.fullmatch(like):
        return _as_week(moment, week)
    written = _WRITTEN.fullmatch(like)
    if not written:
        return moment.isoformat()
    day, shown = moment.date().isoformat(), len(written["date"].replace("-", ""))
    if shown == 6 and moment.day == 1:
        day = day[:7]
    if "-" not in written["date"]:
        day = day.replace("-", "")
    time = _time(moment, len(written["time"] or ""))
    zone = moment.isoformat()[len(moment.replace(tzinfo=None).isoformat()) :]
    as_before = written["zone"] or ""
    if zone == "+00:00" and as_before in ("Z", "z"):
        zone = as_before
    elif as_before and ":" not in as_before:
        zone = zone.replace(":", "")
    return day + (written["gap"] or " ") * bool(time) + time + zone


def stamp_text(moment: date, time_format: str = "") -> str:
    """A date of Python or pandas as text that a time format reads: by ``strptime``'s, else as ISO 8601 has it.

    Formats that count from 1970 take one without a time zone as UTC.
    """
    if "%" in time_format:
        return moment.strftime(time_format)
    if time_format in EPOCHS:
        whole = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)
        return write_timestamp(whole if whole.tzinfo else whole.replace(tzinfo=UTC), "0", time_format)
    return moment.isoformat()


def wall_clock(moment: datetime) -> datetime:
    """What clocks show there, without the time zone."""
    return moment.replace(tzinfo=None)


def _formatted(moment: datetime, like: str, time_format: str) -> str:
    """A time stamp by its format, without the zeros before days, months and hours that ``like`` has not either."""
    written = moment.strftime(time_format)
    try:
        before = datetime.strptime(like, time_format).strftime(time_format)
    except ValueError:
        return written
    is_year = [directive == "%y" for directive in _DIRECTIVES.findall(time_format)]  # of two digits: has its zeros
    zeros = list(zip(_zeros(before, like), is_year, strict=False))
    counted = [zero for zero, year in zeros if not year]
    if False not in counted:
        return written
    others = True not in counted and not _DASHED.match(like)
    bare = iter([not year and (zero is False or (zero is None and others)) for zero, year in zeros])
    return _NUMBER.sub(lambda number: re.sub("^0(?=.)", "", number[0]) if next(bare, False) else number[0], written)


def _zeros(padded: str, own: str) -> list[bool | None]:
    """Of each number of a time stamp that is written with zeros, whether ``own`` has them; None: it cannot be told."""
    pairs = list(zip(_NUMBER.findall(padded), _NUMBER.findall(own), strict=False))
    return [None if padded[0] != "0" else {padded: True, padded[1:]: False}.get(own) for padded, own in pairs]


def _time(moment: datetime, shown: int) -> str:
    """The time of day with at least so many characters, and more if it would lose something."""
    time = moment.time()
    if not shown and time.isoformat("microseconds").strip("0:.") == "":
        return ""
    written = ""
    for length, name in _PRECISIONS:
        written = time.isoformat(name)
        if length >= shown and time.fromisoformat(written) == time:
            return written
    return written


def _since_1970(seconds: float) -> datetime:
    """The moment so many seconds after the beginning of 1970.

    Raises:
        ValueError: it is in no year from 1 to 9999.
    """
    try:
        return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)
    except OverflowError:
        raise ValueError(f"expected seconds since 1970, found {seconds:g}") from None


def _as_week(moment: datetime, like: re.Match[str]) -> str:
    """A date as its year, week and, where ``like`` has it or it is no Monday, weekday."""
    year, week, weekday = moment.isocalendar()
    day = f"{like[1]}{weekday}" if like[2] or weekday > 1 else ""
    return f"{year}{like[1]}W{week:02}{day}"


def _kind(moment: Timestamp) -> str:
    if not isinstance(moment, datetime):
        return "a number"
    return "a date with a time zone" if moment.tzinfo else "a date without a time zone"


def _number(text: str) -> float:
    if not is_number(text) or not math.isfinite(float(text)):
        raise ValueError(f"expected a finite number, found '{text}'")
    return float(text)


def is_later(moment: Timestamp, other: Timestamp) -> bool:
    """Whether a time stamp comes after another of its series; all stamps of a series are of one kind."""
    if isinstance(moment, datetime) and isinstance(other, datetime):
        return moment > other
    assert not isinstance(moment, datetime)
    assert not isinstance(other, datetime)
    return moment > other
