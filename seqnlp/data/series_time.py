"""Time stamps of a series: how they are read, how far apart they are, which come next."""

from __future__ import annotations

import calendar
import itertools
import math
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

Moment = datetime | float
"""A time stamp: a date with or without a time of day, or a plain number."""

_MONTH = re.compile(r"\d{4}-\d{2}")
_STEPS_OF_MONTHS = ((27, 32, 1), (88, 93, 3), (364, 367, 12))
"""Days between two rows, at least and at most, that make a step of so many months."""


@dataclass(frozen=True, slots=True)
class Step:
    """The time from a row to the next.

    Attributes:
        months: of the calendar, which differ in length; 0: the step is ``size``.
        size: seconds, or of plain numbers the difference.
    """

    months: int = 0
    size: float = 0.0

    def count(self, earlier: Moment, later: Moment) -> float:
        """Steps from one moment to another."""
        if self.months and isinstance(earlier, datetime) and isinstance(later, datetime):
            return (_in_months(later) - _in_months(earlier)) / self.months
        return _distance(earlier, later) / self.size

    def after(self, moment: Moment, steps: int = 1) -> Moment:
        """The moment so many steps later; a month that is too short ends on its last day."""
        if not isinstance(moment, datetime):
            return moment + steps * self.size
        if not self.months:
            return moment + timedelta(seconds=steps * self.size)
        years, month = divmod(moment.year * 12 + moment.month - 1 + steps * self.months, 12)
        day = min(moment.day, calendar.monthrange(years, month + 1)[1])
        return moment.replace(year=years, month=month + 1, day=day)

    def __str__(self) -> str:
        if self.months:
            return f"{self.months} month{'s' * (self.months > 1)}"
        return f"{self.size:g}"


def read_moment(text: str, time_format: str = "") -> Moment:
    """A time stamp as it is written.

    Args:
        time_format: for ``strptime``; empty: ISO 8601, also a year and month alone, or a number.

    Raises:
        ValueError: it is none.
    """
    if time_format:
        return datetime.strptime(text, time_format)
    if _MONTH.fullmatch(text):
        return datetime.fromisoformat(f"{text}-01")
    try:
        number = float(text)
    except ValueError:
        return datetime.fromisoformat(text)
    if not math.isfinite(number):
        raise ValueError("not finite")
    return number


def write_moment(moment: Moment, like: str, time_format: str = "") -> str:
    """A time stamp in the way in which ``like`` is written."""
    if not isinstance(moment, datetime):
        return str(int(moment)) if moment == int(moment) and like.strip("-").isdigit() else repr(moment)
    if time_format:
        return moment.strftime(time_format)
    written = moment.isoformat(sep=" " if " " in like else "T")
    midnight = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return written[: len(like)] if len(like) in (7, 10) and midnight else written


def find_step(moments: Sequence[Moment]) -> Step | None:
    """The usual step: the median of those that go forward; nothing if there is none. Months are recognised."""
    distances = [_distance(*pair) for pair in itertools.pairwise(moments)]
    forward = [distance for distance in distances if distance > 0]
    if not forward:
        return None
    usual = statistics.median_low(forward)
    if isinstance(moments[0], datetime):
        for low, high, months in _STEPS_OF_MONTHS:
            if low * 86400 < usual < high * 86400:
                return Step(months=months)
    return Step(size=usual)


def _distance(earlier: Moment, later: Moment) -> float:
    """Seconds, or of plain numbers the difference."""
    if isinstance(earlier, datetime) and isinstance(later, datetime):
        return (later - earlier).total_seconds()
    assert not isinstance(earlier, datetime)  # `read_rows` sees to it
    assert not isinstance(later, datetime)
    return later - earlier


def _in_months(moment: datetime) -> float:
    days = calendar.monthrange(moment.year, moment.month)[1]
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return moment.year * 12 + moment.month - 1 + (moment.day - 1 + seconds / 86400) / days
