"""Entities as annotation tools write them in JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seqnlp.errors import DataError, listed
from seqnlp.text.jsonl import shown
from seqnlp.text.tags import Span

STARTS, ENDS, LABELS = ("start", "start_offset"), ("end", "end_offset"), ("label",)


def text_of(row: Mapping[str, Any], names: Sequence[str]) -> str:
    """The text of a row, in the first of the named fields.

    Raises:
        DataError: no such field, or no text in it.
    """
    for name in names:
        if name in row:
            if not isinstance(row[name], str):
                raise DataError(f"expected text in '{name}', found {shown(row[name])}")
            text: str = row[name]
            return text
    fields = listed(row)
    raise DataError(f"expected a text in the field {' or '.join(map(repr, names))}, found the fields {fields}")


def span_of(item: Any) -> Span:
    """``[0, 5, "X"]``, or an object with start (``start_offset``), end (``end_offset``) and label.

    Raises:
        DataError: it is neither.
    """
    values = item
    if isinstance(item, dict):
        values = [next((item[name] for name in names if name in item), None) for names in (STARTS, ENDS, LABELS)]
    if isinstance(values, list) and len(values) == 3:
        start, end, label = values
        if type(start) is type(end) is int and isinstance(label, str) and label.strip():
            return Span(start, end, label)
    raise DataError(f'expected a span [0, 5, "X"] or {{"start": 0, "end": 5, "label": "X"}}, found {shown(item)}')


def spans_of(items: Any, name: str) -> list[Span]:
    """A list of spans; null is an empty one.

    Raises:
        DataError: it is none.
    """
    if not isinstance(items, list | None):
        raise DataError(f"expected a list of spans in '{name}', found {shown(items)}")
    return [span_of(item) for item in items or []]
