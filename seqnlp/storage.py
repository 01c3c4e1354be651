"""Files that are either the old one or the new one, never half of each."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from seqnlp.errors import TrainingError

_SUFFIX = ".partial"


def write_atomically(path: Path, content: bytes | memoryview) -> None:
    """Write a file whole; see :func:`write_pieces_atomically`."""
    write_pieces_atomically(path, [content])


def write_pieces_atomically(path: Path, pieces: Iterable[bytes | memoryview]) -> None:
    """Write a file, piece by piece, through a temporary one beside it and ``os.replace``.

    Raises:
        TrainingError: the disk is full or the folder cannot be written; what stood at ``path`` is untouched.
    """
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_SUFFIX)
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException as problem:
        if temporary:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        if not isinstance(problem, OSError):  # raised while the pieces were made
            raise
        kept = f"the old {path.name} is whole" if path.exists() else "nothing was written"
        raise TrainingError(
            f"cannot write {path} ({problem.strerror}): {kept}; free some space or choose another folder, then go on"
        ) from problem


def remove_leftovers(folder: Path) -> None:
    """Delete the temporary files of processes that were killed while writing below ``folder``."""
    for leftover in folder.rglob(f".*{_SUFFIX}"):
        leftover.unlink(missing_ok=True)
