"""How far apart the rows of a series are: a length of time, or an offset of the calendar as pandas has them."""

from __future__ import annotations

import calendar
import functools
import itertools
import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime, timedelta
from typing import TYPE_CHECKING, Any

from seqnlp.data.series.time import Timestamp, wall_clock
from seqnlp.errors import SeqnlpError

if TYPE_CHECKING:
    from pandas.tseries.offsets import BaseOffset

_DAY = 86400
_MONTHLY = (27 * _DAY, 367 * _DAY)
"""Seconds between two rows, at least and at most, that may be a step of months."""

_FREQUENCIES = ((13, 17, ("SMS", "SME")), (25, 35, ("BME", "BMS")), (85, 97, ("BQE-DEC", "BQS-JAN")))
"""Days between two rows, at least and at most, and the frequencies of pandas that such a step may be."""

_WEEKS = (28, 35)
"""Days between two rows that may be a step from, say, a month's second Friday to the next month's."""

_ALIKE = 1.5
"""Times that a step is longer than one that is another."""

_WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")

_UNITS = ((_DAY, "day"), (3600, "hour"), (60, "minute"), (1, "second"))

_IN_WORDS = {
    "B": "1 weekday",
    "SMS": "half a month (the 1st and the 15th)",
    "SME": "half a month (the 15th and the last day)",
    "BME": "1 month (its last weekday)",
    "BMS": "1 month (its first weekday)",
    "BQE-DEC": "3 months (their last weekday)",
    "BQS-JAN": "3 months (their first weekday)",
}


@dataclass(frozen=True, slots=True)
class Step:
    """The time from a row to the next. Days and longer follow the clock on the wall, whatever happens to its zone.

    Attributes:
        months: of the calendar, which differ in length; 0: the step is ``size`` or ``frequency``.
        size: seconds, or of plain numbers the difference.
        day: of the month, on which steps of months end, or its last one if it is shorter; 0: that of the row before.
        frequency: the name that pandas has for the step, such as B (weekdays) or 7D.
    """

    months: int = 0
    size: float = 0.0
    day: int = 0
    frequency: str = ""

    def leads(self, earlier: datetime, later: datetime) -> bool:
        """Whether it is one step from one moment to another."""
        if self.of_calendar:
            return self._after(wall_clock(earlier), 1) == wall_clock(later)
        return _distance(earlier, later) == self.size

    def count(self, earlier: Timestamp, later: Timestamp) -> float:
        """Steps from one moment to another; between two steps the part of the second one."""
        if not isinstance(earlier, datetime) or not isinstance(later, datetime) or not self.of_calendar:
            return _distance(earlier, later) / self.size
        earlier, later = wall_clock(earlier), wall_clock(later)
        if self._after(earlier, 1) == later:
            return 1.0
        length, steps = (self._after(earlier, 12) - earlier) / 12, 0
        for _ in range(5):  # nearer each time, whatever the distance
            steps += math.trunc((later - self._after(earlier, steps)) / length)
        while self._after(earlier, steps) > later:
            steps -= 1
        while self._after(earlier, steps + 1) <= later:
            steps += 1
        begin, end = self._after(earlier, steps), self._after(earlier, steps + 1)
        return steps + (later - begin) / (end - begin)

    def after(self, moment: Timestamp, steps: int = 1) -> Timestamp:
        """The moment so many steps later, in the same time zone."""
        if not isinstance(moment, datetime):
            return moment + steps * self.size
        if not self.of_calendar:
            return moment + timedelta(seconds=steps * self.size)
        return self._after(wall_clock(moment), steps).replace(tzinfo=moment.tzinfo)

    def alike(self, other: Step) -> bool:
        """Whether a model of rows ``other`` apart can read these: weekdays as days, four weeks as a month."""
        return within(_length(self) / _length(other))

    def words(self, like: Timestamp) -> str:
        """The step as one says it; ``like`` is a moment of the series."""
        if not isinstance(like, datetime):
            return f"{self.size:g}"
        if self.months:
            day = "the last day" if self.day == 31 else f"day {self.day}"
            return _plural(self.months, "month") + (f" ({day})" if self.day else "")
        if self.frequency.endswith("D"):
            return _plural(int(self.frequency[:-1] or 1), "day")
        if self.frequency:
            return _IN_WORDS.get(self.frequency, f"1 month ({self.frequency})")
        unit, name = next((unit for unit in _UNITS if self.size % unit[0] == 0), _UNITS[-1])
        return _plural(self.size / unit, name)

    @property
    def of_calendar(self) -> bool:
        """Whether the step has no length of its own, so that only dates can be so far apart."""
        return bool(self.months or self.frequency)

    def _after(self, moment: datetime, steps: int) -> datetime:
        """Of a moment without time zone, with a step of the calendar."""
        if not steps:
            return moment
        if self.months:
            years, month = divmod(moment.month - 1 + steps * self.months, 12)
            year, month = moment.year + years, month + 1
            if not MINYEAR <= year <= MAXYEAR:
                raise ValueError(f"year {year} is out of range")
            last = calendar.monthrange(year, month)[1]  # a month that lacks the day ends on its last one
            return moment.replace(year, month, min(self.day or moment.day, last))
        offset = steps * _offset(self.frequency)
        later: datetime = (calendar_library().Timestamp(moment) + offset).to_pydatetime()
        return later


@functools.lru_cache
def _offset(frequency: str) -> BaseOffset:
    offset: BaseOffset = calendar_library().tseries.frequencies.to_offset(frequency)
    return offset


def calendar_library() -> Any:
    """pandas, which knows weekdays and holidays.

    Raises:
        SeqnlpError: it is not installed.
    """
    try:
        import pandas
    except ImportError:
        raise SeqnlpError(
            "steps of the calendar (weekdays, the days of a time zone) need pandas, which is not installed; "
            "`pip install pandas`"
        ) from None
    return pandas


def find_step(moments: Sequence[Timestamp]) -> Step | None:
    """The step that explains the most pairs of rows that go forward; nothing if there is no such pair.

    Where several explain as many, it is the first of: months, days of a time zone, the median distance, other steps of
    the calendar.
    """
    dates = [moment for moment in moments if isinstance(moment, datetime)]
    if not dates:
        forward = [distance for one, next in itertools.pairwise(moments) if (distance := _distance(one, next)) > 0]
        return Step(size=statistics.median_low(forward)) if forward else None
    pairs = [(one, next) for one, next in itertools.pairwise(dates) if one < next]
    if not pairs:
        return None
    return max(_candidates(dates, pairs), key=lambda step: sum(step.leads(one, next) for one, next in pairs))


def within(steps: float) -> bool:
    """Whether so many steps may be one that is a little off."""
    return 1 / _ALIKE < steps < _ALIKE


def _candidates(dates: Sequence[datetime], pairs: Sequence[tuple[datetime, datetime]]) -> Iterator[Step]:
    """Steps that a series may have, in the order in which one prefers them."""
    usual = statistics.median_low([(next - one).total_seconds() for one, next in pairs])
    if _MONTHLY[0] <= usual <= _MONTHLY[1]:
        months = statistics.median_low([_months(one, next) for one, next in pairs])
        yield from (Step(months=max(months, 1), day=day) for day in _days(dates))
    on_the_wall = statistics.median_low([(wall_clock(next) - wall_clock(one)).total_seconds() for one, next in pairs])
    days = round(on_the_wall / _DAY)
    if days and on_the_wall == days * _DAY and dates[0].tzinfo:
        yield Step(frequency=f"{days}D")  # a day on which clocks change has not 24 hours
    yield Step(size=usual)
    if days == 1 and not any(date.weekday() >= _WEEKDAYS.index("SAT") for date in dates):
        yield Step(frequency="B")
    yield from (Step(frequency=name) for low, high, names in _FREQUENCIES if low <= days <= high for name in names)
    if _WEEKS[0] <= days <= _WEEKS[1]:
        weekday, week = _WEEKDAYS[dates[0].weekday()], min((dates[0].day + 6) // 7, 4)
        yield from (Step(frequency=f"WOM-{week}{weekday}"), Step(frequency=f"LWOM-{weekday}"))


def _length(step: Step) -> float:
    """Seconds from a row to the next, on average; of plain numbers the difference."""
    if not step.of_calendar:
        return step.size
    begin = datetime(2023, 1, 2)
    later = step.after(begin, 12)
    assert isinstance(later, datetime)
    return (later - begin).total_seconds() / 12


def _days(dates: Sequence[datetime]) -> list[int]:
    """Of the month, on which steps of months may end."""
    ends = sum(date.day == calendar.monthrange(date.year, date.month)[1] for date in dates)
    last = max(date.day for date in dates)
    return [31, 0, last] if ends == len(dates) else [0, 31, last]


def _months(earlier: datetime, later: datetime) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def _distance(earlier: Timestamp, later: Timestamp) -> float:
    """Seconds, or of plain numbers the difference."""
    if isinstance(earlier, datetime) and isinstance(later, datetime):
        return (later - earlier).total_seconds()
    assert not isinstance(earlier, datetime)  # `read_rows` sees to it
    assert not isinstance(later, datetime)
    return later - earlier


def _plural(count: float, name: str) -> str:
    return f"{count:g} {name}{'s' * (count != 1)}"
