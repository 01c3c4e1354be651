"""Time stamps in other forms than ISO 8601: which format reads one, so that messages can name it."""

from __future__ import annotations

from datetime import datetime

from seqnlp.data.series.time import QUARTER

COMMON_FORMATS = (
    *("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d/%m/%y", "%m/%d/%y"),
    *("%b %Y", "%B %Y", "%b-%y", "%b-%Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y"),
    *("%Y/%m", "%m/%Y", "%Y %b", "%a, %d %b %Y"),
)
"""Dates as people and spreadsheets write them."""

_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", "T%H:%M:%S", ", %H:%M")


def formats_of(text: str) -> list[str]:
    """The common formats that read a time stamp; several where day and month cannot be told apart."""
    return [form + time for form in COMMON_FORMATS for time in _TIMES if _reads(text, form + time)]


def is_time_stamp(text: str) -> bool:
    """Whether a text that is no number looks like a time stamp."""
    if QUARTER.fullmatch(text) or formats_of(text):
        return True
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _reads(text: str, time_format: str) -> bool:
    try:
        datetime.strptime(text, time_format)
    except ValueError:
        return False
    return True
