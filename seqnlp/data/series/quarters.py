"""Quarters of a year as time stamps: 2024-Q1, 2024Q1, 2024q1, Q1 2024, Q1/2024."""

from __future__ import annotations

import re
from datetime import datetime

_YEAR_FIRST = re.compile(r"(?P<year>\d{4})\W?[Qq](?P<number>[1-4])")
_YEAR_LAST = re.compile(r"[Qq](?P<number>[1-4])\W(?P<year>\d{4})")


def read_quarter(text: str) -> datetime | None:
    """The first day of a quarter; nothing if the text is none.

    Raises:
        ValueError: it is of the year 0.
    """
    found = _YEAR_FIRST.fullmatch(text) or _YEAR_LAST.fullmatch(text)
    return datetime(int(found["year"]), 3 * int(found["number"]) - 2, 1) if found else None


def write_quarter(moment: datetime, like: str) -> str:
    """A quarter as ``like`` is written; empty if that is none, or if the moment is not the first day of a quarter."""
    if not read_quarter(like) or (moment.month % 3, moment.day) != (1, 1):
        return ""
    with_year = re.sub(r"\d{4}", f"{moment.year:04}", like)
    return re.sub(r"(?<=[Qq])[1-4]", str(moment.month // 3 + 1), with_year)
