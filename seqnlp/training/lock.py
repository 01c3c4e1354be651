"""One process at a time trains a run: others are told which one it is."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from seqnlp.errors import RunError

FILE_NAME = ".lock"


@contextlib.contextmanager
def locked(run: Path) -> Iterator[tuple[int, ...]]:
    """Hold the run's lock; yields the descriptors that a process which trains for this one must inherit.

    The system itself gives the lock back when the last process that holds it ends, however it ends, so a file that a
    killed process left behind locks nothing. Where files cannot be locked (no ``flock``, or a file system without it),
    nothing is held.

    Raises:
        RunError: another process holds it.
    """
    handle = _acquire(run / FILE_NAME)
    try:
        yield () if handle is None else (handle,)
    finally:
        if handle is not None:
            if _is_still(run / FILE_NAME, handle):
                (run / FILE_NAME).unlink(missing_ok=True)
            os.close(handle)


def _acquire(path: Path) -> int | None:
    """An open file with the lock, and this process's number and host in it."""
    try:
        import fcntl
    except ImportError:  # no POSIX
        return None
    while True:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError:  # a folder that cannot be written: training says so, with what to do
            return None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 300).decode(errors="replace").strip() or "another process"
            os.close(handle)
            raise RunError(
                f"{path.parent} is being trained by {holder}; wait until it ends, or stop it first"
            ) from None
        except OSError:  # a file system without locks
            os.close(handle)
            return None
        if _is_still(path, handle):
            with contextlib.suppress(OSError):  # a full disk must not keep the lock from being held
                os.ftruncate(handle, 0)
                os.write(handle, f"process {os.getpid()} on {socket.gethostname()}\n".encode())
            return handle
        os.close(handle)  # its holder removed the file meanwhile


def _is_still(path: Path, handle: int) -> bool:
    """Whether the open file is the one that stands at ``path`` now."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(handle))
    except FileNotFoundError:
        return False
