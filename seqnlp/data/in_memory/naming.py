"""Data in memory are read from files that are written for it; what is said of such a file names the example instead."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from seqnlp.data.in_memory.rows import WrittenSplit
from seqnlp.errors import DataError
from seqnlp.messages import WARNING, reworded

_NAMES = ("train", "dev", "test", "series")
"""Of what may be in memory."""

_LINE = re.compile(r"\b(on )?line (\d[\d,]*)\b")
_BEGINNING = re.compile(rf"(?:{WARNING})?(\w+)[:,\[]")
_FILE = re.compile(r"[^:]*[/\\.][^:]*:")
"""How a text begins that is about a file of the user's: lines of that are meant."""


def with_names(text: str, folder: Path, written: Mapping[str, WrittenSplit]) -> str:
    """A text in which the file of a split in a folder, and lines in it, are the name of the split and its examples."""
    places = {str(folder.absolute() / f"{name}{split.ending}"): name for name, split in written.items()}
    if not places:
        return text

    def example(name: str, line: str | None) -> str:
        """What is in a line of a split's file; the split where that names its columns, or where there is no line."""
        place = int(line.replace(",", "")) - written[name].first_line if line else -1
        return f"{name}[{place}]" if place >= 0 else name

    paths = "|".join(map(re.escape, places))
    text = re.sub(rf"({paths})(?::(\d+)\b)?", lambda found: example(places[found[1]], found[2]), text)
    begins = _BEGINNING.match(text)
    if not begins and _FILE.match(text):
        return text
    about = begins[1] if begins and begins[1] in _NAMES else "train"
    if about not in written:
        return text
    return _LINE.sub(lambda found: f"{'in ' if found[1] else ''}{example(about, found[2])}", text)


@contextmanager
def naming_examples(folder: Path, written: Mapping[str, WrittenSplit]) -> Iterator[None]:
    """Errors in the files of splits, and what is said of them, name the example instead."""
    try:
        with reworded(lambda text: with_names(text, folder, written)):
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
