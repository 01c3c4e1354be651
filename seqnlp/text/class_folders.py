"""Labelled text as a folder per class: ``train/pos/12.txt`` is a document with the label ``pos``."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from seqnlp.errors import DataError, listed
from seqnlp.text.documents import Document
from seqnlp.text.files import file_digest, read_lines

_TEXTS = (".txt", ".txt.gz")
_SPLITS = frozenset(
    ("train", "training", "dev", "devel", "development", "valid", "validation", "val", "test", "testing")
)


def read_class_folders(folder: Path, left_out: Counter[str]) -> Iterator[Document]:
    """The documents of all folders in ``folder``, sorted by the names of folder and file. Each is a whole
    file, and its ``line`` the number of the file.

    Where files end in ``.txt`` (or ``.txt.gz``), only these are texts; else all but hidden ones.

    Args:
        left_out: counts the files that are no texts, or lie in no folder of a class.

    Raises:
        DataError: no folders with files, folders of splits, or a file that is no text; with the file.
    """
    paths = class_files(folder)
    if not paths:
        raise DataError("expected a folder for each class with a file for each text, as in pos/1.txt", folder)
    if len(paths) > 1 and all(name.lower() in _SPLITS for name in paths):
        found = f"found those of splits ({listed(paths)})"
        raise DataError(f"expected a folder for each class, {found}; name one of them as data.train", folder)
    placed = [(name, path) for name, some in paths.items() for path in some]
    for number, (name, path) in enumerate(placed, 1):
        lines = [line for _, line in read_lines(path)] if path.stat().st_size else []
        yield Document("\n".join(lines).strip(), (name,), number)
    kept = {path for _, path in placed}
    left_out["files that are no texts of a class"] += sum(path not in kept for path in _shown_files(folder))


def class_files(folder: Path) -> dict[str, list[Path]]:
    """The files of each class, both in the order of their names."""
    files = {
        inner.name: _shown_files(inner)
        for inner in sorted(folder.iterdir())
        if inner.is_dir() and not inner.name.startswith(".")
    }
    if any(path.name.endswith(_TEXTS) for paths in files.values() for path in paths):
        files = {name: [path for path in paths if path.name.endswith(_TEXTS)] for name, paths in files.items()}
    return {name: paths for name, paths in files.items() if paths}


def _shown_files(folder: Path) -> list[Path]:
    """The files in a folder and its folders, sorted, without hidden ones."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [path for path in paths if not any(part.startswith(".") for part in path.relative_to(folder).parts)]


def class_folders_digest(folder: Path) -> str:
    """SHA-256 of the names and contents of all texts."""
    paths = [path for some in class_files(folder).values() for path in some]
    listed = "".join(f"{path.relative_to(folder).as_posix()} {file_digest(path)}\n" for path in paths)
    return hashlib.sha256(listed.encode()).hexdigest()
