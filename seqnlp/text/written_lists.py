"""Lists as JSON, Python and NumPy write them into a field of a table: ``["a", "b"]``, ``['a', 'b']``, ``['a' 'b']``."""

from __future__ import annotations

import json
import re

_ITEM = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|(?<![^\s,])-?\d+(?:\.\d*)?(?![^\s,])""", re.DOTALL)


def written_list(field: str) -> list[str] | None:
    """The quoted texts and numbers of a field that is such a list; None if it is none, such as ``[news]``."""
    field = field.strip()
    inside = field[1:-1]
    if not (field.startswith("[") and field.endswith("]")) or _ITEM.sub("", inside).strip(", \t\r\n"):
        return None
    return list(map(_text, _ITEM.findall(inside)))


def written_words(field: str) -> list[str] | None:
    """Those of a list of quoted texts; None if the field is none, or a list with a number, which may well be a text."""
    words = written_list(field)
    return words if words and all(item[0] in "'\"" for item in _ITEM.findall(field.strip()[1:-1])) else None


def _text(item: str) -> str:
    """What an item says."""
    if item[0] not in "'\"":
        return item
    try:
        return str(json.loads(item))
    except ValueError:  # Python's quotes
        return re.sub(r"\\(['\"\\])", r"\1", item[1:-1])
