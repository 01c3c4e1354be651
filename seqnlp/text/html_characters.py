"""Characters that are written as in HTML."""

from __future__ import annotations

import re

_CHARACTER = re.compile(r"&(?:amp|quot|apos|lt|gt|nbsp|#\d{2,6}|#x[0-9a-fA-F]{2,5});")


def html_character(text: str) -> str:
    """The first one in the text, such as ``&amp;``; empty: there is none."""
    found = _CHARACTER.search(text) if "&" in text else None
    return found[0] if found else ""
