"""Which format a file of labelled documents has, by its name and by how it begins."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from seqnlp.errors import DataError
from seqnlp.text.checks import is_json
from seqnlp.text.class_folders import class_files
from seqnlp.text.csv_rows import csv_rows
from seqnlp.text.fasttext import PREFIX
from seqnlp.text.files import read_lines
from seqnlp.text.headings import known_columns
from seqnlp.text.trees import read_trees

_ENDINGS = {"tsv": "tsv", "csv": "csv", "jsonl": "jsonl", "ndjson": "jsonl", "trees": "trees"}
_LOOKED_AT = 20
"""Lines that are looked at."""


def recognise_documents(path: Path) -> str:
    """The format, as ``data.format`` of a classifier names it; a file that looks like nothing else is ``tsv``.

    Raises:
        DataError: the file cannot be read, or it is a folder without folders of texts.
    """
    if path.is_dir():
        if class_files(path):
            return "folder"
        expected = "expected a file, or a folder for each class, as in pos/1.txt"
        raise DataError(f"{expected}; for a folder of `datasets` set data.format=hub and data.hub", path)
    ending = _ENDINGS.get(path.name.lower().removesuffix(".gz").rpartition(".")[2], "")
    head = list(islice((line for _, line in read_lines(path) if line.strip()), _LOOKED_AT))
    if 2 * sum(line.lstrip().startswith(PREFIX) for line in head) > len(head):
        return "fasttext"
    if ending:
        return ending
    return _by_content(path, head)


def _by_content(path: Path, head: Sequence[str]) -> str:
    first = head[0] if head else ""
    if first.lstrip().startswith("{") and is_json(first):
        return "jsonl"
    if _begins_json(head) or (first.lstrip().startswith("[") and is_json(first)):
        return "json"
    if _is_tree(path, first):
        return "trees"
    return "csv" if "\t" not in first and _names_columns(first) else "tsv"


def _begins_json(head: Sequence[str]) -> bool:
    """Whether a file begins as an array of objects, or an object of several lines; ``[1] text`` is neither."""
    begin = "".join("".join(head[:2]).split())
    return begin.startswith(("[{", '{"'))


def _is_tree(path: Path, first: str) -> bool:
    if not (first.lstrip().startswith("(") and first.rstrip().endswith(")")):
        return False
    try:
        return next(read_trees(path), None) is not None
    except DataError:
        return False


def _names_columns(first: str) -> bool:
    """Whether the line has names of a column of texts and of one of labels, between commas."""
    try:
        [(_, names)] = csv_rows([first], "")
    except (DataError, ValueError):
        return False
    return all(known_columns(names))
