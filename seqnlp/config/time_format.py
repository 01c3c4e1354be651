"""What is wrong with ``data.time_format``, before any time stamp is read by it."""

from __future__ import annotations

import re
from datetime import datetime

NAMED = ("number", "unix", "unix_ms")
"""Time formats that are not for ``strptime``."""


def time_format_problems(time_format: str) -> list[str]:
    """What to say of a format; nothing of one that may be right."""
    if not time_format or time_format in NAMED:
        return []
    directives = re.findall(r"%(.)", time_format)
    if not directives:
        return [f"data.time_format: expected directives, as in %Y-%m-%d, or {', '.join(NAMED)}, found '{time_format}'"]
    problems = []
    if bad := _bad_directive(time_format):
        problems.append(f"data.time_format: {bad}")
    if "p" in directives and "H" in directives:
        problems.append("data.time_format: %p (AM or PM) means nothing beside %H, which counts to 23; write %I")
    if "I" in directives and "p" not in directives:
        problems.append("data.time_format: %I counts to 12 and needs %p (AM or PM); or write %H")
    if not set(directives) & set("aAwu"):
        weeks = [f"%{name}" for name in directives if name in "UWV"]
        if weeks and not set(directives) & set("djm"):
            which = f"{weeks[0]} (week) needs a weekday, such as %u, or all weeks of a year are one day"
            problems.append(f"data.time_format: {which}; weeks written as 2024-W05 are read without data.time_format")
    return problems


def _bad_directive(time_format: str) -> str:
    """What ``strptime`` says of a format that it cannot read anything by."""
    try:
        datetime.strptime("", time_format)
    except ValueError as problem:
        return "" if "does not match" in str(problem) else str(problem)
    except re.error as problem:  # of a directive that is there twice
        return str(problem)
    return ""
