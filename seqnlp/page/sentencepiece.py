"""What JavaScript needs of a SentencePiece model, read out of its file: a message of Protocol Buffers."""

from __future__ import annotations

import struct
from base64 import b64encode
from typing import Any

from seqnlp.errors import DataError
from seqnlp.text.sentencepiece_file import KINDS, NORMALIZER, TRAINER, fields_of_message

_PIECE = 1
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
    for number, value in fields_of_message(model):
        if number == _PIECE:
            piece = dict(fields_of_message(value))
            pieces.append(piece[1].decode())
            scores.append(struct.unpack("<f", piece[2])[0] if 2 in piece else 0.0)
            types.append(piece.get(3, 1))
        elif number == TRAINER:
            trainer = dict(fields_of_message(value))
        elif number == NORMALIZER:
            normalizer = dict(fields_of_message(value))
    kind = KINDS.get(trainer.get(3, 1))
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
