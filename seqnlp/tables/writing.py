"""The table that is written: under another name until it is whole, so that a part of it is never taken for all."""

from __future__ import annotations

import contextlib
import gzip
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from seqnlp.errors import DataError


def partial_of(path: Path) -> Path:
    """The name that the table at ``path`` has until it is whole."""
    return path.with_name(f"{path.name}.partial")


@contextlib.contextmanager
def output_table(path: Path, schema: Any = None) -> Iterator[Callable[[Any], None]]:
    """A function that writes the next piece: text, or a record batch of ``schema``. Folders are made.

    After an error what was written stays in ``PATH.partial``.

    Raises:
        DataError: the file cannot be written.
    """
    partial = partial_of(path)
    try:
        partial.parent.mkdir(parents=True, exist_ok=True)
        with _opened(partial, path.name.endswith(".gz"), schema) as write:
            yield write
        os.replace(partial, path)
    except OSError as problem:
        raise DataError(f"cannot be written: {problem.strerror or problem}", path) from None


@contextlib.contextmanager
def _opened(path: Path, packed: bool, schema: Any) -> Iterator[Callable[[Any], None]]:
    if schema is not None:
        from pyarrow.parquet import ParquetWriter

        with ParquetWriter(path, schema) as writer:
            yield writer.write_batch
        return
    with gzip.open(path, "wb") if packed else path.open("wb") as file:

        def write(text: str) -> None:
            file.write(text.encode("utf-8", "backslashreplace"))

        yield write
