"""Time stamps in other forms than ISO 8601: which format reads one, so that messages can name it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from seqnlp.data.series.time import read_timestamp
from seqnlp.text.checks import is_number

COMMON_FORMATS = (
    *("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d/%m/%y", "%m/%d/%y"),
    *("%b %Y", "%B %Y", "%b-%y", "%b-%Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y"),
    *("%Y/%m", "%m/%Y", "%Y %b", "%YM%m", "%b %d %Y", "%d/%b/%Y", "%Y-%j"),
    *("%a, %d %b %Y", "%a %d %b %Y", "%a %b %d %Y", "%d.%m.%y", "%d-%m-%y", "%m-%d-%y", "%y-%m-%d", "%Y-%m-%d"),
    *("%A, %B %d, %Y", "%A, %d %B %Y", "%A %d %B %Y"),
)
"""Dates as people and spreadsheets write them."""

_TIME = re.compile(
    r"(?P<before>T|:|, | )\d{1,2}(?P<mark>[:.])\d\d(?P<seconds>(?P=mark)\d\d)?(?P<parts>\.\d{1,6})?"
    r"(?P<half> [AaPp][Mm])?(?: (?P<zone>UTC|GMT|[+-]\d\d:?\d\d))?$"
)
"""A time of day at the end of a time stamp."""

_DATE = re.compile(r"\d.*[-/. ,M]|[-/. ,].*\d")
"""What is in any date."""


def formats_of(text: str) -> list[str]:
    """The common formats that read a time stamp; several where day and month cannot be told apart."""
    time = _TIME.search(text)
    ending = _time_format(time) if time else ""
    date = text[: time.start()] if time else text
    if not _DATE.search(date) or is_number(date):
        return []
    return [form + ending for form in COMMON_FORMATS if _reads(text, form + ending)]


def formats_of_all(texts: Sequence[str]) -> list[str]:
    """The formats that read every one of some dates; an empty one is ISO 8601. Numbers are no dates here."""
    if not texts or any(map(is_number, texts)):
        return []
    forms = [""] if _is_read(texts[0]) else formats_of(texts[0])
    return [form for form in forms if all(_reads(text, form) if form else _is_read(text) for text in texts)]


def reads_all(texts: Sequence[str], time_format: str) -> bool:
    """Whether a format of ``strptime`` reads every one of some texts."""
    return all(_reads(text, time_format) for text in texts)


def _time_format(time: re.Match[str]) -> str:
    hours = "%I" if time["half"] else "%H"
    rest = f"{time['mark']}%S" * bool(time["seconds"]) + ".%f" * bool(time["parts"]) + " %p" * bool(time["half"])
    zone = "" if not time["zone"] else f" {time['zone']}" if time["zone"].isalpha() else " %z"
    return f"{time['before']}{hours}{time['mark']}%M{rest}{zone}"


def year_of_two(text: str) -> str:
    """The first of two years, one after the other, as in 2001-02, 2001/02 and 1999/2000; empty where it is none."""
    years = re.fullmatch(r"(\d{4})[-/\u2013](?:\d\d)?(\d\d)", text)
    return years[1] if years and (int(years[1]) + 1 - int(years[2])) % 100 == 0 else ""


def is_time_stamp(text: str) -> bool:
    """Whether a text looks like a time stamp with a date; numbers do where their digits are those of one."""
    return _is_read(text) or bool(formats_of(text))


def are_time_stamps(texts: Sequence[str]) -> bool:
    """Whether most of some texts look like time stamps; they are written as the first one is."""
    forms = [] if not texts or _is_read(texts[0]) else formats_of(texts[0])
    return sum(_is_read(text) or any(_reads(text, form) for form in forms) for text in texts) > len(texts) / 2


def _is_read(text: str) -> bool:
    """Whether a text is a date without any format."""
    try:
        return isinstance(read_timestamp(text), datetime)
    except ValueError:
        return False


def _reads(text: str, time_format: str) -> bool:
    if time_format.endswith("%j") and not text[-3:].isdigit():
        return False  # the day of a year has three digits, although `strptime` takes one
    try:
        datetime.strptime(text, time_format)
    except ValueError:
        return False
    return True
