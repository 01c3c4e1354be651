"""Whether a text is a number, and whether it is a text at all."""

from __future__ import annotations


def is_number(text: str) -> bool:
    """Whether a text is a number, perhaps infinite or none; ``1_000``, which Python reads as a number, is not."""
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def half_character(text: str) -> str:
    """What a text has that UTF-8 cannot write, in words: the first half of a surrogate pair. Empty if there is none."""
    try:
        text.encode()
    except UnicodeEncodeError as problem:
        return f"U+{ord(text[problem.start]):04X} (half of a character) at {problem.start}"
    return ""
