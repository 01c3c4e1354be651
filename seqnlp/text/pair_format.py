"""Which format a file of sentence pairs has, by its name and by how it begins."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from seqnlp.errors import DataError
from seqnlp.text.checks import is_json
from seqnlp.text.csv_rows import csv_rows
from seqnlp.text.files import open_bytes, read_lines
from seqnlp.text.headings import names_sides

_ENDINGS = {"tsv": "tsv", "csv": "csv", "jsonl": "jsonl", "ndjson": "jsonl", "json": "json", "tmx": "tmx"}
_LOOKED_AT = 4096
"""Bytes in which XML says that it is TMX."""


def recognise_pairs(path: Path, columns: tuple[str, ...] = ()) -> str:
    """The format, as ``data.format`` of a translator names it; empty for a file that does not look like pairs.

    Args:
        columns: names of the columns that are wanted.

    Raises:
        DataError: the file cannot be read.
    """
    ending = _ENDINGS.get(path.name.lower().removesuffix(".gz").rpartition(".")[2], "")
    if ending:
        return ending
    with open_bytes(path) as file:
        if "<tmx" in file.read(_LOOKED_AT).decode("utf-8", "replace").replace("\0", ""):
            return "tmx"
    head = list(islice((line for _, line in read_lines(path) if line.strip()), 2))
    first = head[0] if head else ""
    if first.lstrip().startswith("{") and is_json(first):
        return "jsonl"
    if "".join("".join(head).split()).startswith(("[{", '{"')):
        return "json"
    if "\t" in first:
        return "tsv"
    return "csv" if _names_columns(first, columns) else ""


def _names_columns(first: str, columns: tuple[str, ...]) -> bool:
    """Whether the line has names of both sides, between commas."""
    try:
        rows = list(csv_rows([first], ""))
    except DataError:
        return False
    names = [name.strip() for name in rows[0][1]] if rows else []
    return (bool(columns) and set(columns) <= set(names)) or (len(names) == 2 and names_sides(names[0], names[1]))
