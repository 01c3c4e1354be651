"""Whether a text is a number or JSON, and whether it is a text at all."""

from __future__ import annotations

import json
from typing import Any


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


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """What ``json`` makes of an object (its ``object_pairs_hook``), whose names must be different ones.

    Raises:
        ValueError: one is there twice.
    """
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        name = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name '{name}' is there {names.count(name)} times in one object")
    return made
