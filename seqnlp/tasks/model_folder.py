"""The folder of a model as something that is copied, and travels as bytes."""

from __future__ import annotations

import os
import shutil
import weakref
from collections.abc import Mapping
from pathlib import Path

from seqnlp.bundle_files import DESCRIPTION, FOLDER, TENSORS
from seqnlp.errors import SeqnlpError
from seqnlp.storage import write_atomically, write_folder_atomically


def is_in_run(model: Path) -> bool:
    """Whether a model folder is that of a run."""
    return model.name == FOLDER and (model.parent / "config.yaml").is_file()


def files_of(model: Path) -> dict[str, bytes]:
    """The files of a model by their names below its folder."""
    paths = sorted(path for path in model.rglob("*") if path.is_file())
    return {path.relative_to(model).as_posix(): path.read_bytes() for path in paths}


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a model."""
    for name, content in files.items():
        write_atomically(folder / name, content)


def remove_with(owner: object, folder: Path) -> None:
    """Remove a temporary folder when an object goes, or the process ends; not when one ends that was forked from it."""
    weakref.finalize(owner, _remove, folder, os.getpid())


def _remove(folder: Path, process: int) -> None:
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def copy_model(files: Mapping[str, bytes], folder: str | os.PathLike[str]) -> Path:
    """Write a model's files to a folder, which is new, empty, or holds a model that is replaced; returns the folder.

    Raises:
        SeqnlpError: the folder holds something else.
        TrainingError: it cannot be written.
    """
    target = Path(folder).expanduser()
    if target.exists() and (not target.is_dir() or (any(target.iterdir()) and not _is_model(target))):
        raise SeqnlpError(f"{target} already holds something that is no model; choose another folder")
    flat = {name: content for name, content in files.items() if "/" not in name}
    write_folder_atomically(target, flat, lambda name: name not in flat)
    write_files(target, {name: content for name, content in files.items() if "/" in name})
    return target


def _is_model(folder: Path) -> bool:
    return (folder / DESCRIPTION).is_file() and (folder / TENSORS).is_file()
