"""Objects of JSON that hold a whole table where one row is expected, and what to do about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NESTED = ("data", "rows", "records", "examples", "items", "documents", "sentences")


def table_hint(row: Any) -> str:
    """What to do, after a semicolon, about an object that is a table of columns or holds its rows; empty: it is none.

    ``{"text": {"0": "a", "1": "b"}, "label": ...}`` and ``{"text": ["a", "b"], "label": [...]}`` are tables of columns.
    """
    if not isinstance(row, Mapping):
        return ""
    for name in _NESTED:
        if isinstance(row.get(name), list) and row[name] and all(isinstance(one, dict) for one in row[name]):
            return f"; the rows are in '{name}': write them alone, for example with `jq -c '.{name}[]'`"
    values = list(row.values())
    if len(values) > 1 and (all(map(_is_numbered, values)) or _are_columns(values, row.get("text"))):
        return (
            "; this is a whole table: write an object for each row (pandas: to_json(..., orient='records', lines=True))"
        )
    return ""


def _is_numbered(value: Any) -> bool:
    """Whether a column has its rows by their numbers."""
    return isinstance(value, dict) and bool(value) and all(key.isdecimal() for key in value)


def _are_columns(values: list[Any], text: Any) -> bool:
    """Whether fields are lists of one length, and not those of the words of one sentence."""
    if not all(isinstance(value, list) for value in values) or len(set(map(len, values))) > 1:
        return False
    return isinstance(text, list) or any(isinstance(one, list) for value in values for one in value)
