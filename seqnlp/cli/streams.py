"""Lines from a stream, in windows that fill up under load and come at once when someone types."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Iterable, Iterator
from typing import BinaryIO, TypeVar

from seqnlp.errors import DataError, SeqnlpError
from seqnlp.text.files import not_utf8, open_bytes, refuse_lone_return, refuse_no_text, without_end

WINDOW = 1024
"""Most lines that are read ahead and answered together: what bounds memory on an endless stream."""

Item = TypeVar("Item")


def standard_input(verb: str = "tag") -> BinaryIO:
    """Standard input through a reader of its own.

    A thread that waits in ``sys.stdin.buffer`` holds its lock, and Python aborts ("could not acquire lock") if the
    program ends meanwhile: on Ctrl-C, a closed pipe or an error while more input may come.

    Raises:
        SeqnlpError: the program was started without a standard input.
    """
    if sys.stdin is None:
        raise SeqnlpError(f"standard input is closed; expected lines, as in `seqnlp {verb} RUN < lines.txt`")
    return open(sys.stdin.fileno(), "rb", closefd=False)


def read_text_lines(
    stream: BinaryIO, errors: str, name: object = "standard input", *, of_csv: bool = False
) -> Iterator[str]:
    """Decoded lines without their ends; only ``\\n`` (or ``\\r\\n``) ends a line.

    Args:
        of_csv: keep the ``\\r`` at the end of a line, which may stand inside a field.
        errors: ``strict`` or ``replace``: what to do with bytes that are not UTF-8, and with a carriage return inside a
            line (a space replaces it).
        name: of the stream, in messages.

    Raises:
        DataError: UTF-16; in ``strict`` also what else is not UTF-8, or a carriage return inside a line, with the line
            number.
    """
    for number, raw in enumerate(stream, 1):
        if number == 1:
            refuse_no_text(raw, name)
        line = without_end(raw)
        if errors == "replace":
            line = line.replace(b"\r", b" ")
        refuse_lone_return(line, name, number)
        if of_csv and raw.endswith(b"\r\n"):
            line += b"\r"
        try:
            text = line.decode("utf-8", errors)
        except UnicodeDecodeError as problem:
            message = f"{not_utf8(problem)}, or read what is left of it with --errors replace"
            raise DataError(message, name, number) from None
        yield text.removeprefix("\ufeff") if number == 1 else text


def read_file_lines(path: str | os.PathLike[str], errors: str) -> Iterator[str]:
    """The lines of a file, plain or gzip, as :func:`read_text_lines` gives those of a stream.

    Raises:
        DataError: also where the file cannot be opened, is empty or damaged.
    """
    with open_bytes(path) as file:
        yield from read_text_lines(file, errors, path)


def windows(items: Iterable[Item], size: int = WINDOW, *, full: bool = False) -> Iterator[list[Item]]:
    """Up to ``size`` items at a time: all that are there, but at least one.

    A thread reads ahead, so a slow producer gets each answer at once and a fast one gets large batches. An error of the
    producer is raised after the items before it. In the queue, an empty list is the end.

    Args:
        full: wait until a window is full, or the items end: for a file, which keeps nobody waiting.
    """
    waiting: queue.Queue[tuple[list[Item], BaseException | None]] = queue.Queue(maxsize=2 * size)

    def fill() -> None:
        try:
            for item in items:
                waiting.put(([item], None))
            waiting.put(([], None))
        except BaseException as problem:
            waiting.put(([], problem))

    threading.Thread(target=fill, daemon=True).start()
    while True:
        window: list[Item] = []
        one, problem = waiting.get()
        while one:
            window += one
            if len(window) == size:
                break
            try:
                one, problem = waiting.get(block=full)
            except queue.Empty:
                break
        if window:
            yield window
        if not one:
            if problem:
                raise problem
            return
