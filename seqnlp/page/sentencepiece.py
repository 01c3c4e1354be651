"""What JavaScript needs of a SentencePiece model, read out of its file: a message of Protocol Buffers."""

from __future__ import annotations

import struct
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from seqnlp.errors import DataError

_PIECE, _TRAINER, _NORMALIZER = 1, 2, 3
_KINDS = {1: "unigram", 2: "bpe"}
_BYTE = 6


def read_sentencepiece(model: bytes) -> dict[str, Any]:
    """``kind``, ``pieces`` with their ``scores`` and ``types``, and how text is normalised first.

    Returns:
        Beside those ``charsmap`` (what is replaced; base64), ``prefix`` (a space is added at the beginning) and
        ``squeeze`` (spaces in a row are one, none at the ends).

    Raises:
        DataError: it is of a kind that pages do not know.
    """
    pieces: list[str] = []
    scores: list[float] = []
    types: list[int] = []
    trainer: dict[int, Any] = {}
    normalizer: dict[int, Any] = {}
    for number, value in _fields(model):
        if number == _PIECE:
            piece = dict(_fields(value))
            pieces.append(piece[1].decode())
            scores.append(struct.unpack("<f", piece[2])[0] if 2 in piece else 0.0)
            types.append(piece.get(3, 1))
        elif number == _TRAINER:
            trainer = dict(_fields(value))
        elif number == _NORMALIZER:
            normalizer = dict(_fields(value))
    kind = _KINDS.get(trainer.get(3, 1))
    if kind is None or types.count(_BYTE) != 256:
        raise DataError("expected a SentencePiece model of kind bpe or unigram with a piece for each byte")
    return {
        "kind": kind,
        "pieces": pieces,
        "scores": scores,
        "types": types,
        "charsmap": b64encode(normalizer.get(2, b"")).decode(),
        "prefix": bool(normalizer.get(3, 1)),
        "squeeze": bool(normalizer.get(4, 1)),
    }


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
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
