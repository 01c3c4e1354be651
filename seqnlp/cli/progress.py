"""A bar on standard error, where somebody sees it and there is an end to move towards."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

Advance = Callable[[Sequence[str]], None]


def is_file(path: Path | None) -> bool:
    """Whether a path (none: standard input) is a regular file, which is all there from the start."""
    return _status(path) is not None


def bytes_to_read(path: Path | None) -> int | None:
    """How much text waits in a regular file (none: standard input); ``None`` if that cannot be told without reading."""
    status = _status(path)
    if status is None or (path and _is_gzip(path)):
        return None
    return status.st_size - (0 if path else os.lseek(sys.stdin.fileno(), 0, os.SEEK_CUR))


@contextmanager
def line_progress(total: int | None) -> Iterator[Advance]:
    """A function to call with each batch of lines that is done; it moves a bar of ``total`` bytes.

    There is no bar without a total, if standard error is no terminal, if the answers themselves go to the terminal, or
    where ``rich`` is not installed.
    """
    if total is None or not sys.stderr.isatty() or sys.stdout.isatty() or not find_spec("rich"):
        yield lambda lines: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    done = 0
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    # Without redirect_stdout=False rich would send the answers, too, to its console.
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as bar:
        task = bar.add_task("0 lines", total=total)

        def advance(lines: Sequence[str]) -> None:
            nonlocal done
            done += len(lines)
            read = sum(len(line.encode("utf-8", "replace")) + 1 for line in lines)
            bar.update(task, advance=read, description=f"{done:,} lines")

        yield advance


def _status(path: Path | None) -> os.stat_result | None:
    """What the system knows of a regular file; ``None`` for anything else."""
    with suppress(OSError, AttributeError):  # AttributeError: there is no standard input
        status = os.stat(path) if path else os.fstat(sys.stdin.fileno())
        if stat.S_ISREG(status.st_mode):
            return status
    return None


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"
