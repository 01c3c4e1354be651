"""Files and folders that are either the old one or the new one, never half of each."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from seqnlp.errors import TrainingError

_SUFFIX = ".partial"
_GZIP = 16 + zlib.MAX_WBITS
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # of <fcntl.h> and <linux/fs.h>


def cache_folder() -> Path:
    """Where files are kept that can be computed again.

    ``$SEQNLP_CACHE``, else ``seqnlp`` in ``$XDG_CACHE_HOME`` or ``~/.cache``.
    """
    if folder := os.environ.get("SEQNLP_CACHE"):
        return Path(folder).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "seqnlp"


def write_atomically(path: Path, content: bytes | memoryview) -> None:
    """Write a file whole; see :func:`write_pieces_atomically`."""
    write_pieces_atomically(path, [content])


def write_pieces_atomically(path: Path, pieces: Iterable[bytes | memoryview]) -> None:
    """Write a file, piece by piece, through a temporary one beside it and ``os.replace``.

    A name that ends in ``.gz`` is one of a packed file: the pieces are packed, without a time.

    Raises:
        TrainingError: the disk is full or the folder cannot be written; what stood at ``path`` is untouched.
    """
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_SUFFIX)
        with os.fdopen(handle, "wb") as file:
            for piece in _packed(pieces) if path.suffix.lower() == ".gz" else pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
        sync_folder(path.parent)
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


def _packed(pieces: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=_GZIP)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def write_folder_atomically(folder: Path, files: Mapping[str, bytes], outdated: Callable[[str], bool]) -> None:
    """Put files into a folder, all at once: a new folder is made beside it, and the two change places.

    Where they cannot (only Linux does, and not every file system), the files are replaced one by one, each whole.

    Args:
        files: contents by name.
        outdated: whether a file that stands there, by its name, goes away; what else stands there stays.

    Raises:
        TrainingError: the disk is full or the folder cannot be written; while it fails the old folder stays as it was.
    """
    folder = folder.resolve()
    temporary = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.", suffix=_SUFFIX))
        _fill(temporary, folder, files, outdated)
        if not folder.exists():
            temporary.rename(folder)
        elif not _exchange(temporary, folder):
            _replace_files(folder, files, outdated)
        sync_folder(folder.parent)
    except PermissionError:  # the folder itself may be open to writing where the one around it is not
        _replace_files(folder, files, outdated)
    except OSError as problem:
        kept = "what stood there is whole" if folder.exists() else "nothing was written"
        raise TrainingError(
            f"cannot write {folder} ({problem.strerror}): {kept}; free some space or choose another folder, then go on"
        ) from problem
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def _fill(new: Path, old: Path, files: Mapping[str, bytes], outdated: Callable[[str], bool]) -> None:
    """Write the files of a new folder; what stays of the old one is linked, not copied, where that is possible."""
    for name, content in files.items():
        with (new / name).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        (new / name).chmod(0o644)
    for path in old.iterdir() if old.exists() else ():
        if path.name in files or outdated(path.name):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, new / path.name, symlinks=True, copy_function=_link)
        else:
            _link(path, new / path.name)
    new.chmod(old.stat().st_mode & 0o7777 if old.exists() else 0o755)
    sync_folder(new)


def _link(source: str | Path, target: str | Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; false where the system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):  # an older C library
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)


def _replace_files(folder: Path, files: Mapping[str, bytes], outdated: Callable[[str], bool]) -> None:
    for name, content in files.items():
        write_atomically(folder / name, content)
    for path in folder.iterdir():
        if path.name not in files and outdated(path.name):
            path.unlink()


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, as ``fsync`` does for contents, where the system can do so."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def remove_leftovers(folder: Path) -> None:
    """Delete what processes that were killed while writing below ``folder`` left behind."""
    for leftover in list(folder.rglob(f".*{_SUFFIX}")):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)
