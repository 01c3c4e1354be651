"""Tables with a column for each label, in which 1 says that a text has it (one-hot, as `get_dummies` of pandas)."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from seqnlp.config.typed import typed, typed_names
from seqnlp.errors import DataError
from seqnlp.text.headings import known_columns
from seqnlp.text.jsonl import shown

_MARKS = {"0": False, "0.0": False, "false": False, "1": True, "1.0": True, "true": True}

_LOOKED_AT = 2000
"""Rows that show which columns hold marks."""


def marked_labels(row: Sequence[tuple[str, Any]], several: bool) -> tuple[str, ...]:
    """The labels of a row: the names of its columns that hold 1.

    Args:
        row: names and values; a value is 0 or 1, or false or true, as a number, in JSON's way or as text.
        several: whether any number of them may; else exactly one.

    Raises:
        DataError: another value, or not one label where there must be one.
    """
    labels = tuple(name for name, value in row if _is_one(name, value))
    if not several and len(labels) != 1:
        found = f"{len(labels)} ({', '.join(labels)})" if labels else "none"
        hint = "for any number of labels set data.multi_label=true"
        raise DataError(f"expected 1 in one column of data.label_columns, found it in {found}; {hint}")
    return labels


def _is_one(name: str, value: Any) -> bool:
    mark = _mark(value)
    if mark is None:
        raise DataError(f"expected 0 or 1 in '{name}' (data.label_columns), found {shown(value)}")
    return mark


def _mark(value: Any) -> bool | None:
    """What a value of such a column says; None if it is no such value."""
    return _MARKS.get(str(value).strip().lower()) if isinstance(value, str | int | float) else None


def label_columns_hint(rows: Iterable[Mapping[str, Any]], multi_label: bool) -> str:
    """What to set where rows that lack a column of labels have columns that hold 0 or 1 throughout.

    Args:
        rows: of which the first are looked at.
        multi_label: whether it is set already.
    """
    looked_at = list(islice(rows, _LOOKED_AT))
    marks = {name: [_mark(row.get(name)) for row in looked_at] for name in (looked_at[0] if looked_at else {})}
    labels = [name for name, column in marks.items() if None not in column]
    if len(labels) == 1 and len(set(marks[labels[0]])) == 1:  # one value in one column says nothing
        return ""
    if not labels or any("," in name for name in labels):
        return ""
    text = _text_column([name for name in marks if name not in labels], looked_at)
    settings = [f"data.text_column={typed(text)}"] if text else []
    if len(labels) == 1:
        chosen = f"'{labels[0]}' holds 0 or 1"
        settings.append(f"data.label_column={typed(labels[0])}")
    else:
        first = ", ".join(f"'{name}'" for name in labels[:2])
        chosen = f"{first}{' ...' if len(labels) > 2 else ''} hold 0 or 1, as a column for each label does"
        settings.append(f"data.label_columns={typed_names(labels)}")
        if not multi_label and any(sum(filter(None, row)) != 1 for row in zip(*map(marks.get, labels), strict=True)):
            settings.append("data.multi_label=true")
    return f"{chosen}: set {shlex.join(settings)}"


def _text_column(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """The column of the texts: by its name, else the one with most in it; empty if there is none."""
    if text := known_columns(names)[0]:
        return text
    return max(names, key=lambda name: sum(len(str(row.get(name))) for row in rows), default="")
