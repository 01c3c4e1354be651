"""Data in memory are read from files that are written for it; what is said of such a file names the example instead."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from seqnlp.data.in_memory.rows import WrittenSplit
from seqnlp.errors import DataError


def with_names(text: str, folder: Path, written: Mapping[str, WrittenSplit]) -> str:
    """A text in which the file of a split in a folder, and the line in it, is the name of the split and its example."""
    for name, split in written.items():
        path = re.escape(str(folder.absolute() / f"{name}{split.ending}"))
        for line in sorted(set(re.findall(rf"{path}:(\d+)", text))):
            number = int(line) - split.first_line
            text = re.sub(rf"{path}:{line}\b", f"{name}[{number}]" if number >= 0 else name, text)
        text = re.sub(path, name, text)
    return text


@contextmanager
def naming_examples(folder: Path, written: Mapping[str, WrittenSplit]) -> Iterator[None]:
    """Errors in the files of splits name the example instead."""
    try:
        yield
    except DataError as problem:
        raise DataError(with_names(str(problem), folder, written)) from None


@contextmanager
def written_files(written: Mapping[str, WrittenSplit]) -> Iterator[dict[str, Path]]:
    """The files of splits in a folder that is there as long as they are needed; errors name the example instead."""
    with tempfile.TemporaryDirectory(prefix="seqnlp_") as place:
        files = {name: Path(place) / f"{name}{split.ending}" for name, split in written.items()}
        for name, file in files.items():
            file.write_bytes(written[name].content)
        with naming_examples(Path(place), written):
            yield files
