"""The three streams that a program is started with, made what every verb may count on."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO


def prepare_streams() -> None:
    """Write UTF-8 whatever the locale says, as input is read; let a stream that is missing take no other's place.

    What UTF-8 cannot hold (a lone surrogate) is written as ``\\udc80``, which inside JSON means the same. A file opened
    later would get the number of a missing stream, and be written to. So each gets a stand-in: standard error goes
    nowhere, and standard output can be opened but not written to, which :func:`seqnlp.cli.main` reports.
    """
    if sys.stdin is None:  # it stays None, so that whoever reads it says that it is closed
        os.set_inheritable(os.open(os.devnull, os.O_RDONLY), True)
    sys.stdout = _encoded(_buffered(sys.stdout)) if sys.stdout is not None else _stand_in(os.O_RDONLY)
    sys.stderr = _encoded(sys.stderr) if sys.stderr is not None else _stand_in(os.O_WRONLY)


def _buffered(stream: TextIO) -> TextIO:
    """The stream; one without a buffer (``PYTHONUNBUFFERED``) with one of lines.

    Without, Python takes no notice where only a part could be written, as on a disk that has become full.
    """
    if isinstance(stream, io.TextIOWrapper) and isinstance(stream.buffer, io.RawIOBase):
        return open(stream.fileno(), "w", buffering=1, encoding="utf-8", closefd=False)
    return stream


def _encoded(stream: TextIO) -> TextIO:
    if isinstance(stream, io.TextIOWrapper):  # else a program that calls main() reads what is written
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return stream


def _stand_in(flags: int) -> TextIO:
    """The null device under the lowest free number, that of the missing stream; child processes have it, too."""
    number = os.open(os.devnull, flags)
    os.set_inheritable(number, True)
    return open(number, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
