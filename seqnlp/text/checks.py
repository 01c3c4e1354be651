"""Whether a text is a number or JSON, and whether it is a text at all."""

from __future__ import annotations

import json


def is_number(text: str) -> bool:
    """Whether a text is a number, perhaps infinite or none; ``1_000``, which Python reads as a number, is not."""
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def is_json(text: str) -> bool:
    """Whether a text is a JSON value by itself."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def half_character(text: str) -> str:
    """What a text has that UTF-8 cannot write, in words: the first half of a surrogate pair. Empty if there is none."""
    try:
        text.encode()
    except UnicodeEncodeError as problem:
        return f"U+{ord(text[problem.start]):04X} (half of a character) at {problem.start}"
    return ""
