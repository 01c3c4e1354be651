"""Which format a file of labelled text has, by its name and by how it begins."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from seqnlp.errors import DataError
from seqnlp.text.csv_rows import csv_rows
from seqnlp.text.files import read_lines
from seqnlp.text.formats import doccano, label_studio
from seqnlp.text.formats.brat import annotated_texts
from seqnlp.text.formats.docbin import is_docbin
from seqnlp.text.formats.sentence_csv import holds_sentences, looks_tagged
from seqnlp.text.formats.token_csv import delimiter_of_heading, is_heading, sentence_columns

_ROWS = 200
"""How many rows are looked at: the first ones may have no entities, which look alike in several formats."""

_COLUMNS_OF_CONLLU = 10
_COLUMN_FILES = ("conll", "conll03", "bio", "iob", "iob2", "bioes")


def recognise(path: Path) -> str:
    """The format, as ``data.format`` names it; a file that looks like nothing else has columns (``conll``).

    Raises:
        DataError: the file cannot be read.
    """
    if path.is_dir():
        if annotated_texts(path):
            return "brat"
        raise DataError("expected a file, or a folder of brat; for a folder of `datasets` set data.hub to it", path)
    if named_format(path):
        return named_format(path)
    if is_docbin(path):
        return "spacy"
    kind = _ending(path)
    lines = (line for _, line in read_lines(path) if line.strip())
    first = next(lines, "")
    if first.startswith("#FORMAT=WebAnno TSV"):
        raise DataError(
            "expected labelled text, found WebAnno TSV of INCEpTION; export the project as CoNLL 2002", path
        )
    if first.lstrip().startswith(("{", "[")):
        rows = _rows(first, path)
        if rows or kind in ("json", "jsonl", "ndjson"):
            return _json_format(rows, kind)
    second = next(lines, "")
    if kind == "csv" or _has_heading(first) or heads_sentences(first, second):
        return "csv"
    word = next((line for line in [first, second, *islice(lines, _ROWS)] if not line.startswith("#")), "")
    columns = word.split("\t")
    return "conllu" if len(columns) == _COLUMNS_OF_CONLLU and columns[0][:1].isdecimal() else "conll"


def named_format(path: Path) -> str:
    """The format that the name alone tells; empty: the content must be looked at."""
    kind = _ending(path)
    return "conllu" if kind == "conllu" else "conll" if kind in _COLUMN_FILES else ""


def _ending(path: Path) -> str:
    return path.name.lower().removesuffix(".gz").rpartition(".")[2]


def _has_heading(line: str) -> bool:
    delimiter = delimiter_of_heading(line)
    try:
        return is_heading(next(csv_rows([line], "", delimiter), (1, []))[1])
    except DataError:
        return False


def heads_sentences(heading: str, line: str) -> bool:
    """Whether the first line names the columns of a table of one sentence a row, and the next is such a row."""
    delimiter = delimiter_of_heading(heading)
    try:
        (_, head), (_, row) = csv_rows([heading, line], "", delimiter)
        places = sentence_columns(head, "", "")
    except (DataError, ValueError):
        return False
    return places is not None and holds_sentences([(2, row)], *places) and looks_tagged(row[places[1]])


def _rows(first: str, path: Path) -> list[Any]:
    """The first rows; as far as the file can be read."""
    from seqnlp.text.formats.json_rows import read_json_rows

    try:
        row_a_line = isinstance(json.loads(first), dict)  # no need to read on
    except (ValueError, RecursionError):
        row_a_line = False
    if row_a_line:
        return _until((json.loads(line) for _, line in read_lines(path) if line.strip()), (ValueError, RecursionError))
    return _until((row for _, row in read_json_rows(path)), (DataError,))


def _until(rows: Iterable[Any], problems: tuple[type[Exception], ...]) -> list[Any]:
    """The first rows, as far as they come without one of these problems."""
    read: list[Any] = []
    with suppress(*problems):
        for row in islice(rows, _ROWS):
            read.append(row)
    return read


def _json_format(rows: Iterable[Any], kind: str) -> str:
    for row in rows:
        recognised = _row_format(row)
        if recognised:
            return recognised
    return "json" if kind == "json" else "jsonl"


def _row_format(row: Any) -> str:
    """The format of a row that only one format has; empty if it may be of several."""
    if isinstance(row, list):
        return "spacy" if len(row) == 2 and isinstance(row[0], str) and isinstance(row[1], dict) else ""
    if not isinstance(row, dict):
        return ""
    if "paragraphs" in row or "ents" in row or ("annotations" in row and "classes" in row):
        return "spacy"
    if isinstance(row.get("data"), dict) and any(name in row for name in label_studio.ANNOTATIONS):
        return "label_studio"
    if any(name in row for name in label_studio.MIN_FIELDS):
        return "label_studio"
    if _has_items(row, lambda item: "labels" in item):
        return "label_studio"
    if "answer" in row or "_task_hash" in row or _has_items(row, lambda item: "token_start" in item):
        return "prodigy"
    if _is_doccano(row):
        return "doccano"
    return ""


def _is_doccano(row: Mapping[str, Any]) -> bool:
    if not any(isinstance(row.get(name), str) for name in doccano.TEXTS):
        return False
    if _has_items(row, lambda item: "start_offset" in item):
        return True
    return any(
        isinstance(row.get(name), list) and row[name] and all(isinstance(item, list) for item in row[name])
        for name in ("label", "labels")
    )


def _has_items(row: Mapping[str, Any], test: Any) -> bool:
    """Whether a field is a list of objects of which the first passes."""
    lists = [value for value in row.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
    return any(test(value[0]) for value in lists)
