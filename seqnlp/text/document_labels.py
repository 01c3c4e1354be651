"""The labels that a field of a document's row holds."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from seqnlp.errors import DataError
from seqnlp.text.jsonl import shown
from seqnlp.text.written_lists import written_list

_CHOICES = re.compile(r'\s*\{\s*"choices"\s*:')
_SEPARATOR = re.compile(r"[,;|]")


def one_label(value: str) -> str:
    """The label without surrounding spaces.

    Raises:
        DataError: it is empty.
    """
    if not value.strip():
        raise DataError("expected a label, found none; give every document one, or set data.multi_label=true")
    return value.strip()


def choices_of(value: Any) -> list[str] | None:
    """The labels that Label Studio writes where a text has several, ``{"choices": ["a", "b"]}``, in JSON or as text.

    None of what is no such object.
    """
    if isinstance(value, str) and _CHOICES.match(value):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    if not (isinstance(value, dict) and list(value) == ["choices"] and isinstance(value["choices"], list)):
        return None
    choices = value["choices"]
    return choices if all(isinstance(one, str) for one in choices) else None


def distinct(labels: Iterator[str] | Sequence[str]) -> tuple[str, ...]:
    """The labels that are not empty, each once, in their order."""
    return tuple(dict.fromkeys(label for label in labels if label))


def labels_of(value: Any, name: str, several: bool) -> tuple[str, ...]:
    """The labels in a field of JSON: a label, a list of them, the choices of Label Studio, or an object that gives
    each a number, as spaCy's ``cats``, of which those above a half are meant.

    Args:
        name: of the field, for messages.
        several: whether a document has any number of labels; else it has one.

    Raises:
        DataError: it holds something else, or not one label where there must be one.
    """
    choices = choices_of(value)
    if choices is not None:
        value = choices
    elif isinstance(value, dict) and value:
        value = _above_a_half(value, name)
    if several:
        if isinstance(value, str):
            written = written_list(value)
            value = written if written is not None else value if _SEPARATOR.search(value) else [value]
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
