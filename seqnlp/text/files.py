"""Text files, plain or gzip, as numbered lines, with one clear error for each way they can be broken."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from seqnlp.errors import DataError, did_you_mean

PARQUET_MARK = b"PAR1\x15"
"""What a parquet file begins with."""

_NO_TEXT = {
    PARQUET_MARK: (
        "a parquet file",
        "`seqnlp batch` answers it, training reads its folder with data.format=hub data.hub=FOLDER, and series "
        "are read from files, not from streams",
    ),
    b"PK\x03\x04": ("an Excel, Word or ZIP file", "save it as CSV or text, or unpack it"),
    b"\xd0\xcf\x11\xe0": ("an old Excel or Word file", "save it as CSV or text"),
    b"%PDF-": ("a PDF file", "extract its text first"),
    b"\x1f\x8b": ("a gzip file", "unpack it with `gunzip`, or on the way: `zcat FILE.gz | seqnlp ...`"),
    b"BZh91AY&SY": ("a bzip2 file", "unpack it with `bunzip2`"),
    b"\xfd7zXZ": ("an xz file", "unpack it with `unxz`"),
    b"\x28\xb5\x2f\xfd": ("a Zstandard file", "unpack it with `unzstd`"),
    b"7z\xbc\xaf": ("a 7-Zip file", "unpack it"),
    b"Rar!\x1a": ("a RAR file", "unpack it"),
    b"{\\rtf": ("a document in RTF", "save it as plain text"),
    b"ARROW1\0": ("an Arrow file", "write it as parquet or CSV"),
    b"\x89PNG\r\n": ("an image (PNG)", "write what it shows as text"),
    b"\xff\xd8\xff": ("an image (JPEG)", "write what it shows as text"),
    b"GIF87a": ("an image (GIF)", "write what it shows as text"),
    b"GIF89a": ("an image (GIF)", "write what it shows as text"),
    b"SQLite format 3\0": ("a database", "write the rows as CSV"),
}
"""How files begin that are no text: what they are called, and what to do."""

_GZIP_MAGIC = b"\x1f\x8b"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF32_MARKS = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
_FROM_UTF16 = "convert it with `iconv -f utf-16 -t utf-8`"


@contextmanager
def open_bytes(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked if it begins as gzip does (whatever its name says).

    Raises:
        DataError: no such file, a folder, no permission, nothing in it, or gzip data that are cut off or damaged.
    """
    try:
        with open(path, "rb") as raw:
            head = raw.peek(2)  # it may be a pipe, which cannot go back
            if not head:
                raise DataError("the file is empty", path)
            if head.startswith(_GZIP_MAGIC):
                with gzip.open(raw) as unpacked:
                    yield cast(BinaryIO, unpacked)
            else:
                yield raw
    except EOFError:
        raise DataError("the gzip file is cut off; copy or download it again", path) from None
    except (gzip.BadGzipFile, zlib.error) as problem:
        raise DataError(f"the gzip file is damaged ({problem}); copy or download it again", path) from None
    except OSError as problem:
        raise DataError(_why_not_opened(Path(path), problem), path) from None


def read_lines(path: str | os.PathLike[str]) -> Iterator[tuple[int, str]]:
    r"""Line numbers (from 1) and lines without their ends.

    Only ``\n`` and ``\r\n`` end a line: form feeds, U+0085 or U+2028 stay inside one. A byte order mark is dropped
    where a line begins with it, as lines of joined files do; before a space it is a word, as in lists of vectors.

    Raises:
        DataError: see :func:`open_bytes`; also a carriage return elsewhere, a NUL byte, UTF-16, or other bytes that are
            not UTF-8, with the line.
    """
    number = 0
    with open_bytes(path) as file:
        for number, raw in enumerate(file, start=1):
            if number == 1:
                refuse_no_text(raw, path)
            if raw.startswith(BYTE_ORDER_MARK) and (number == 1 or raw[3:4] not in b" \t"):
                raw = raw.removeprefix(BYTE_ORDER_MARK)
            if b"\0" in raw:
                actual = f"found a NUL byte: a binary file, or UTF-16 text (then {_FROM_UTF16})"
                raise DataError(f"expected UTF-8 text, {actual}", path, number)
            line = without_end(raw)
            refuse_lone_return(line, path, number)
            try:
                yield number, line.decode("utf-8")
            except UnicodeDecodeError as problem:
                raise DataError(not_utf8(problem), path, number) from None
    if number == 0:
        raise DataError("the file is empty", path)


def first_line(path: str | os.PathLike[str]) -> str:
    """The first line that is not blank; empty: there is none.

    Raises:
        DataError: see :func:`read_lines`.
    """
    return next((line for _, line in read_lines(path) if line.strip()), "")


def without_end(raw: bytes) -> bytes:
    r"""The line without its ``\n`` or ``\r\n``."""
    return raw.removesuffix(b"\n").removesuffix(b"\r")


def refuse_lone_return(line: bytes, source: object, number: int) -> None:
    """Stop at a carriage return inside a line: lines that ended as on old Macs would be read as a single one.

    Raises:
        DataError: there is one.
    """
    place = line.find(b"\r")
    if place >= 0:
        actual = f"a carriage return without a line feed at byte {place + 1} of the line"
        remedy = "if lines end so (old Macs), convert with `tr '\\r' '\\n'`; otherwise put a space in its place"
        raise DataError(f"expected lines that end in a line feed, found {actual}; {remedy}", source, number)


def refuse_no_text(first: bytes, source: object) -> None:
    """Stop at a first line that is none of UTF-8 text: another kind of file, UTF-16 or UTF-32.

    The last two by their byte order mark, or because about every other byte is NUL.

    Raises:
        DataError: it is; says what it is and what to do.
    """
    for mark, (kind, remedy) in _NO_TEXT.items():
        if first.startswith(mark):
            raise DataError(f"expected UTF-8 text, found {kind}; {remedy}", source)
    if first.startswith(_UTF32_MARKS) or (len(first) > 7 and 5 * first.count(b"\0") >= 3 * len(first)):
        raise DataError("expected UTF-8 text, found UTF-32 text; convert it with `iconv -f utf-32 -t utf-8`", source, 1)
    if first.startswith(_UTF16_MARKS) or (len(first) > 3 and 5 * first.count(b"\0") >= 2 * len(first)):
        raise DataError(f"expected UTF-8 text, found UTF-16 text; {_FROM_UTF16}", source, 1)


def rows_digest(rows: Iterable[Sequence[object]]) -> str:
    """SHA-256 of rows of texts, in hexadecimal."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row).encode())
    return digest.hexdigest()


def file_digest(path: str | os.PathLike[str]) -> str:
    """SHA-256 of the file's bytes as they are on disk, in hexadecimal.

    Raises:
        DataError: the file cannot be opened.
    """
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as problem:
        raise DataError(_why_not_opened(Path(path), problem), path) from None


def _why_not_opened(path: Path, problem: OSError) -> str:
    if path.is_dir():
        return "expected a file, found a folder"
    if isinstance(problem, FileNotFoundError):
        parent = path.parent
        if not parent.is_dir():
            return f"no such file; there is no folder {parent} either"
        return f"no such file{did_you_mean(path.name, os.listdir(parent))}"
    return f"cannot be read: {problem.strerror or problem}"


def not_utf8(problem: UnicodeDecodeError) -> str:
    """What is said of a line that is not UTF-8."""
    byte = problem.object[problem.start]
    return (
        f"expected UTF-8 text, found the byte 0x{byte:02x} at byte {problem.start + 1} of the line; "
        "convert the file, for example with `iconv -f cp1252 -t utf-8`"
    )
