"""Labelled documents from TSV, CSV and JSON-lines files. Labels are text, also where they look like numbers."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seqnlp.errors import DataError, did_you_mean
from seqnlp.text.csv_rows import csv_rows
from seqnlp.text.document_labels import distinct, labels_of, one_label
from seqnlp.text.files import read_lines
from seqnlp.text.formats.json_rows import fields_of, read_json_rows
from seqnlp.text.formats.prodigy import is_left_out
from seqnlp.text.headings import (
    columns_hint,
    comma_hint,
    delimiter_hint,
    known_columns,
    missing_column,
    refuse_heading,
    tab_hint,
)
from seqnlp.text.jsonl import parsed_row, shown


@dataclass(frozen=True, slots=True)
class Document:
    """A text and its labels.

    Attributes:
        text: as it is in the file, without surrounding spaces; may be empty.
        labels: one, or any number where the data say so.
        line: where it begins in its file (or row of the data set, or number of the file in a folder), from 1.
        phrases: labelled parts of the text (of a tree), each with its one label, the whole text not among them.
    """

    text: str
    labels: tuple[str, ...]
    line: int
    phrases: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """Where text and labels are.

    Attributes:
        text, label: column numbers from 0, or names.
        separator: what stands between several labels; empty: a document has exactly one.
        chosen: whether a person named them; the usual two are all that a file may have.
        delimiter: what stands between columns; empty: a tab, of CSV a comma.
    """

    text: str
    label: str
    separator: str = ""
    chosen: bool = True
    delimiter: str = ""

    def labels(self, value: str) -> tuple[str, ...]:
        """The labels that a field holds.

        Raises:
            DataError: there is none where there must be one.
        """
        if not self.separator:
            return (one_label(value),)
        return distinct(part.strip() for part in value.split(self.separator))


def read_tsv_documents(path: str | os.PathLike[str], columns: Columns) -> Iterator[Document]:
    """The documents of a file whose lines are cut at their tabs; quotes mean themselves. Blank lines are skipped.

    Raises:
        DataError: a line has another number of columns than the first (a tab inside a text), or no label; no such
            column, or columns that nobody chose; with file and line.
    """
    cut = columns.delimiter or "\t"
    rows = ((number, line.split(cut)) for number, line in read_lines(path) if line.strip())
    return _from_rows(rows, columns, cut, path, lambda row: tab_hint(row, cut))


def read_csv_documents(path: str | os.PathLike[str], columns: Columns) -> Iterator[Document]:
    """The documents of a file with commas between fields; a field with commas, quotes or line ends stands in quotes.

    Raises:
        DataError: as :func:`read_tsv_documents`, or a quote opens or closes where it must not.
    """
    cut = columns.delimiter or ","
    rows = csv_rows((line for _, line in read_lines(path)), path, cut)
    return _from_rows(rows, columns, cut, path, lambda row: comma_hint(cut))


def read_jsonl_documents(path: str | os.PathLike[str], columns: Columns, left_out: Counter[str]) -> Iterator[Document]:
    """The documents of a file with a JSON object a line; blank lines are skipped.

    Args:
        left_out: counts the rows that an annotator rejected or ignored, which are no examples of their label.

    Raises:
        DataError: bad JSON, a missing field, or a value of the wrong kind; with file and line.
    """
    for number, line in read_lines(path):
        if line.strip():
            try:
                row = parsed_row(line)
                if not _is_left_out(row, columns, left_out):
                    yield document_of_row(row, columns, number)
            except DataError as problem:
                raise DataError(str(problem), path, number) from None


def read_json_documents(path: str | os.PathLike[str], columns: Columns, left_out: Counter[str]) -> Iterator[Document]:
    """The documents of a file with one JSON array of objects.

    Raises:
        DataError: as :func:`read_jsonl_documents`.
    """
    for number, row in read_json_rows(path):
        try:
            if not _is_left_out(fields_of(row), columns, left_out):
                yield document_of_row(fields_of(row), columns, number)
        except DataError as problem:
            raise DataError(str(problem), path, number) from None


def _is_left_out(row: Mapping[str, Any], columns: Columns, left_out: Counter[str]) -> bool:
    """Whether a row was rejected or ignored; a field of that name may also hold the text, the label or other things."""
    return "answer" not in (columns.text, columns.label) and is_left_out(row, left_out)


def document_of_row(row: Mapping[str, Any], columns: Columns, line: int) -> Document:
    """The document of a row with named fields. A label is text, a number or true/false, and stays as written.

    Raises:
        DataError: a field is missing, holds no text, or no label (or list of labels).
    """
    for name in (columns.text, columns.label):
        if name not in row:
            fields = ", ".join(f"'{field}'" for field in row) or "none"
            raise DataError(
                f"expected the field '{name}', found {fields}{did_you_mean(name, row)}{columns_hint(list(row))}"
            )
    text, value = row[columns.text], row[columns.label]
    if not isinstance(text, str | None):
        raise DataError(f"expected text in '{columns.text}', found {shown(text)}")
    return Document((text or "").strip(), labels_of(value, columns.label, bool(columns.separator)), line)


def _from_rows(
    rows: Iterator[tuple[int, list[str]]],
    columns: Columns,
    delimiter: str,
    path: str | os.PathLike[str],
    hint: Callable[[list[str]], str],
) -> Iterator[Document]:
    """Documents from rows of equal width; the first row names the columns unless they are numbered.

    Args:
        hint: what may be wrong with a row of another width.
    """
    first = next(rows, None)
    if first is None:
        return
    number, head = first
    width = len(head)
    numbered = columns.text.isdecimal() and columns.label.isdecimal()
    text, label = (_place(name, head, numbered, delimiter, path, number) for name in (columns.text, columns.label))
    if numbered:
        refuse_heading(head, text, label, path, number)
        if width > 2 and not columns.chosen:
            raise DataError(_unchosen(head), path, number)
    for number, row in [first, *rows] if numbered else rows:
        if len(row) != width:
            reason = f"expected {width} columns as in the file's first line, found {len(row)}"
            raise DataError(f"{reason}; {hint(row)}", path, number)
        try:
            yield Document(row[text].strip(), columns.labels(row[label]), number)
        except DataError as problem:
            raise DataError(str(problem), path, number) from None


def _unchosen(head: Sequence[str]) -> str:
    """What to say of more columns than a label and a text."""
    shown = ", ".join(f"{number} '{field.strip()[:30]}'" for number, field in enumerate(head))
    text, label = known_columns(head)
    if not (text and label):
        longest = max(range(len(head)), key=lambda number: len(head[number]))
        text, label = str(longest), "1" if longest == 0 else "0"
    choice = f"data.text_column={text} data.label_column={label}"
    return f"expected a label and a text, found {len(head)} columns: {shown}; say which are meant, for example {choice}"


def _place(
    name: str, head: Sequence[str], numbered: bool, delimiter: str, path: str | os.PathLike[str], line: int
) -> int:
    """The position of a column."""
    if numbered:
        if int(name) >= len(head):
            actual = f"{len(head)} column{'s' if len(head) != 1 else ''}"
            hint = delimiter_hint(head, delimiter)
            raise DataError(
                f"found {actual}, expected one more in column {name} (from 0){hint and f'; {hint}'}", path, line
            )
        return int(name)
    names = [field.strip() for field in head]
    if name not in names:
        raise missing_column(name, head, path, line, delimiter)
    return names.index(name)
