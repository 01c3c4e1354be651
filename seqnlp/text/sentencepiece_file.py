"""How a SentencePiece model was trained, read out of its file: a message of Protocol Buffers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

TRAINER, NORMALIZER = 2, 3
"""The fields of a model that hold how it was trained and how it normalises text."""

KINDS = {1: "unigram", 2: "bpe"}
"""Names of the numbers in the trainer's field 3."""

_KIND, _RULE = 3, 1


def trained_with(model: bytes) -> dict[str, str]:
    """The settings ``kind`` and ``normalization`` of a serialised model; one that it does not say is left out."""
    found = {}
    for number, value in fields_of_message(model):
        if number == TRAINER:
            found["kind"] = KINDS.get(dict(fields_of_message(value)).get(_KIND, 1), "")
        elif number == NORMALIZER:
            found["normalization"] = dict(fields_of_message(value)).get(_RULE, b"").decode()
    return {name: value for name, value in found.items() if value}


def fields_of_message(message: bytes) -> Iterator[tuple[int, Any]]:
    """The number and the value of each field: a whole number, or bytes."""
    place = 0
    while place < len(message):
        key, place = _whole_number(message, place)
        kind = key & 7
        if kind == 0:
            value, place = _whole_number(message, place)
            yield key >> 3, value
            continue
        size = {1: 8, 5: 4}.get(kind, 0)
        if kind == 2:
            size, place = _whole_number(message, place)
        yield key >> 3, message[place : place + size]
        place += size


def _whole_number(message: bytes, place: int) -> tuple[int, int]:
    """A number in seven bits a byte, and the place after it."""
    value = shift = 0
    while True:
        byte = message[place]
        value |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return value, place
