"""Messages of Protocol Buffers as bytes, as far as ONNX needs them (protobuf.dev/programming-guides/encoding)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

Parts = list[bytes | memoryview]
"""A message, or some fields of one, in pieces: what they hold is copied once, where they are joined."""

_VARINT, _BYTES = 0, 2


def varint(number: int) -> bytes:
    """A whole number in groups of seven bits, the lowest first; a negative one as its 64-bit two's complement."""
    number &= (1 << 64) - 1
    groups = bytearray()
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)


def whole(field: int, number: int) -> Parts:
    """A field with a whole number."""
    return [varint(field << 3 | _VARINT) + varint(number)]


def block(field: int, content: str | Parts) -> Parts:
    """A field with a text, bytes (in pieces) or another message."""
    parts: Parts = [content.encode()] if isinstance(content, str) else content
    return [varint(field << 3 | _BYTES) + varint(sum(map(len, parts))), *parts]


def blocks(field: int, contents: Iterable[str] | Iterable[Parts]) -> Parts:
    """A repeated field of texts or messages."""
    return list(chain.from_iterable(block(field, content) for content in contents))


def packed(field: int, numbers: Sequence[int]) -> Parts:
    """A repeated field of whole numbers."""
    return block(field, [varint(number) for number in numbers])
