"""The texts of a file of which only its name is known: what ``seqnlp data check`` compares."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from seqnlp.data.overlap import Text
from seqnlp.text.conll import read_conll
from seqnlp.text.conllu import read_conllu
from seqnlp.text.csv_rows import csv_rows
from seqnlp.text.files import read_lines
from seqnlp.text.jsonl import parsed_row

_LOOKED_AT = 400
"""Lines of a file that decide what it is."""


def file_texts(path: Path) -> list[Text]:
    """Sentences of column files and CoNLL-U, texts of JSON lines, CSV and TSV (the longest column), else a text a line.

    Raises:
        DataError: the file cannot be read.
    """
    kind = path.name.removesuffix(".gz").rpartition(".")[2].lower()
    if kind == "jsonl":
        return [Text(_text_of_row(parsed_row(line)), number) for number, line in read_lines(path) if line.strip()]
    if kind == "csv":
        lines = (line for _, line in read_lines(path))
        return _longest_column(list(csv_rows(lines, path)))
    head = [line for _, line in islice(read_lines(path), _LOOKED_AT)]
    if _is_conllu(head):
        return [Text(" ".join(sentence.tokens), sentence.line) for sentence in read_conllu(path)]
    if kind == "conll" or _is_column_file(head):
        return [Text(" ".join(sentence.tokens), sentence.line) for sentence in read_conll(path)]
    return _longest_column([(number, line.split("\t")) for number, line in read_lines(path)])


def _is_conllu(head: Sequence[str]) -> bool:
    words = [line.split("\t") for line in head if line.strip() and not line.startswith("#")]
    return bool(words) and all(len(columns) == 10 and columns[0][:1].isdigit() for columns in words)


def _is_column_file(head: Sequence[str]) -> bool:
    """Whether lines are words with tags, sentences between blank lines."""
    words = [line.split() for line in head if line.strip() and not line.startswith(("#", "-DOCSTART-"))]
    widths = {len(columns) for columns in words}
    return any(not line.strip() for line in head[:-1]) and len(widths) == 1 and widths.pop() > 1


def _longest_column(rows: Sequence[tuple[int, Sequence[str]]]) -> list[Text]:
    """The column that is the longest over all rows; rows without it are given by their own longest."""
    widest = max((len(row) for _, row in rows), default=0)
    totals = [sum(len(row[column]) for _, row in rows if column < len(row)) for column in range(widest)]
    longest = totals.index(max(totals)) if totals else 0
    return [Text(row[longest] if longest < len(row) else max(row, key=len), number) for number, row in rows]


def _text_of_row(row: Any) -> str:
    """The text of an object: its words, or its longest string."""
    for name in ("tokens", "words"):
        if isinstance(row.get(name), list):
            return " ".join(map(str, row[name]))
    if isinstance(row.get("text"), str):
        return str(row["text"])
    return max((value for value in row.values() if isinstance(value, str)), key=len, default="")
