"""brat: a folder of texts (``a.txt``) with their entities beside them (``a.ann``)."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from seqnlp.errors import DataError
from seqnlp.text.character_spans import in_characters
from seqnlp.text.files import file_digest, read_lines
from seqnlp.text.formats.annotated import AnnotatedText, annotated
from seqnlp.text.tags import Span

_ENTITY = re.compile(r"T\S*\t(?P<label>\S+) (?P<places>[0-9]+ [0-9]+(?:;[0-9]+ [0-9]+)*)(?:\t(?P<quote>.*))?")


def read_brat(folder: str | os.PathLike[str], offsets: str, left_out: Counter[str]) -> Iterator[AnnotatedText]:
    """The texts of a folder and its folders, in the order of their names; each is one with all its lines.

    An entity in several parts is left out, unless only spaces lie between them (a line break, that is). Relations,
    events, attributes and notes are not read.

    Raises:
        DataError: no such folder, no texts in it, an entity that is none, or one whose text is not what it says; with
            file and line.
    """
    texts = annotated_texts(Path(folder))
    if not texts:
        raise DataError("expected a folder of brat, with texts (a.txt) and annotations (a.ann)", folder)
    alone = {path.with_suffix("") for path in Path(folder).rglob("*.ann")} - {path.with_suffix("") for path in texts}
    left_out["files .ann without a text .txt"] += len(alone)
    for number, path in enumerate(texts, 1):
        text, beside = _whole_text(path), path.with_suffix(".ann")
        if not beside.is_file():
            left_out["texts without a file .ann"] += 1
            continue
        spans, quotes = _entities(beside, text, offsets, left_out)
        try:
            example = annotated(text, spans, number, offsets, quotes)
        except DataError as problem:
            raise DataError(str(problem), beside) from None
        yield example._replace(source=str(path))


def annotated_texts(folder: Path) -> list[Path]:
    """The texts of a folder; none if no file of annotations is there."""
    if not folder.is_dir() or not any(folder.rglob("*.ann")):
        return []
    return sorted(path for path in folder.rglob("*.txt") if path.is_file())


def brat_digest(folder: Path) -> str:
    """SHA-256 of all texts and annotations."""
    names = sorted(path for end in ("txt", "ann") for path in folder.rglob(f"*.{end}"))
    listed = "".join(f"{path.relative_to(folder).as_posix()} {file_digest(path)}\n" for path in names)
    return hashlib.sha256(listed.encode()).hexdigest()


def _whole_text(path: Path) -> str:
    """The text with its line ends as they are: offsets count them."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as problem:
        raise DataError(f"expected UTF-8 text, found the byte 0x{problem.object[problem.start]:02x}", path) from None
    except OSError as problem:
        raise DataError(f"cannot be read: {problem.strerror}", path) from None


def _entities(path: Path, text: str, offsets: str, left_out: Counter[str]) -> tuple[list[Span], list[str | None]]:
    """The entities in one part, and what the file says that they hold."""
    spans: list[Span] = []
    quotes: list[str | None] = []
    if not path.stat().st_size:
        return spans, quotes
    for number, line in read_lines(path):
        if not line.startswith("T"):
            continue
        match = _ENTITY.fullmatch(line)
        if match is None:
            raise DataError(f"expected an entity such as T1<TAB>PER 0 5<TAB>Ada L, found '{line[:60]}'", path, number)
        parts = sorted(tuple(map(int, part.split(" "))) for part in match["places"].split(";"))
        gaps = [_between(text, left[1], right[0], offsets) for left, right in pairwise(parts)]
        if any(gap.strip() for gap in gaps):
            left_out["entities in several parts"] += 1
            continue
        spans.append(Span(parts[0][0], parts[-1][1], match["label"]))
        quotes.append(match["quote"])
    return spans, quotes


def _between(text: str, start: int, end: int, offsets: str) -> str:
    gap = in_characters(text, Span(start, end, ""), offsets)
    return text[gap.start : gap.end]
