"""Messages of Protocol Buffers as bytes, as far as ONNX needs them (protobuf.dev/programming-guides/encoding)."""

from __future__ import annotations

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


def whole(field: int, number: int) -> bytes:
    """A field with a whole number."""
    return varint(field << 3 | _VARINT) + varint(number)


def block(field: int, content: bytes | str) -> bytes:
    """A field with a text, bytes or another message."""
    data = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | _BYTES) + varint(len(data)) + data


def blocks(field: int, contents: list[bytes] | list[str] | tuple[str, ...]) -> bytes:
    """A repeated field of texts or messages."""
    return b"".join(block(field, content) for content in contents)


def packed(field: int, numbers: list[int] | tuple[int, ...]) -> bytes:
    """A repeated field of whole numbers."""
    return block(field, b"".join(map(varint, numbers)))
