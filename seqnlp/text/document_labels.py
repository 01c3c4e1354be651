"""The labels that a field of a document's row holds."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from seqnlp.errors import DataError
from seqnlp.text.jsonl import shown
from seqnlp.text.written_lists import written_list


def one_label(value: str) -> str:
    """The label without surrounding spaces.

    Raises:
        DataError: it is empty.
    """
    if not value.strip():
        raise DataError("expected a label, found none; give every document one, or set data.multi_label=true")
    return value.strip()


def distinct(labels: Iterator[str] | Sequence[str]) -> tuple[str, ...]:
    """The labels that are not empty, each once, in their order."""
    return tuple(dict.fromkeys(label for label in labels if label))


def labels_of(value: Any, name: str, several: bool) -> tuple[str, ...]:
    """The labels in a field of JSON: a label, a list of them, or an object that gives each a number, as spaCy's
    ``cats``, of which those above a half are meant.

    Args:
        name: of the field, for messages.
        several: whether a document has any number of labels; else it has one.

    Raises:
        DataError: it holds something else, or not one label where there must be one.
    """
    if isinstance(value, dict) and value:
        value = _above_a_half(value, name)
    if several:
        if isinstance(value, str) and (written := written_list(value)) is not None:
            value = written
        if not isinstance(value, list):
            raise DataError(f"expected a list of labels in '{name}', found {shown(value)}")
        return distinct([_label(one, name) for one in value])
    if isinstance(value, list):
        labels = distinct([_label(one, name) for one in value])
        if len(labels) > 1:
            several_of = f"found {shown(value)}; for several labels set data.multi_label=true"
            raise DataError(f"expected a label in '{name}', {several_of}")
        return (one_label("".join(labels)),)
    return (one_label(_label(value, name)),)


def _above_a_half(numbers: Mapping[str, Any], name: str) -> list[str]:
    if not all(isinstance(number, bool | int | float) for number in numbers.values()):
        raise DataError(f"expected a label, or a number for each label, in '{name}', found {shown(numbers)}")
    return [label for label, number in numbers.items() if number > 0.5]


def _label(value: Any, name: str) -> str:
    if isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return json.dumps(value)
    if not isinstance(value, str):
        raise DataError(f"expected a label in '{name}', found {shown(value)}")
    return value.strip()
