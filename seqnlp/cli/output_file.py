"""A file that a command is to write: whether it can, told before the work and not after it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from seqnlp.errors import SeqnlpError


def check_output_file(path: Path, option: str = "-o", read: Iterable[str | Path] = ()) -> None:
    """Pass if the file can be written and is none of those that the command reads.

    Args:
        option: what messages call it.
        read: files that are read; names of something else are passed over.

    Raises:
        SeqnlpError: it is a folder, its folder cannot be written or made, or it would be written over what is read.
    """
    if path.is_dir():
        raise SeqnlpError(f"{option}: expected a file, found the folder {path}")
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise SeqnlpError(f"{option}: nothing can be written in the folder {folder}; choose another one")
    if path.exists() and any(path.samefile(one) for one in read if Path(one).is_file()):
        raise SeqnlpError(f"{option}: {path} would be written over, which is read here; choose another name")
