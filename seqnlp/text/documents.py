"""Labelled documents from TSV, CSV and JSON-lines files. Labels are text, also where they look like numbers."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Literal

from seqnlp.errors import DataError, did_you_mean, listed
from seqnlp.text.column_names import column_place
from seqnlp.text.document_labels import choices_of, distinct, labels_of, one_label
from seqnlp.text.formats.json_rows import converted_rows, fields_of
from seqnlp.text.formats.prodigy import is_left_out
from seqnlp.text.headings import columns_hint, document_columns_remedy, known_columns, refuse_heading, unnamed_column
from seqnlp.text.jsonl import shown
from seqnlp.text.label_columns import label_columns_hint, marked_labels
from seqnlp.text.tables import Table, without_headings
from seqnlp.text.written_lists import written_list

_LOOKED_AT = 20
"""Rows below the first among which the names of the columns may stand."""


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
        marks: names of the columns of 0 and 1, each called as its label; empty: ``label`` holds the labels.
    """

    text: str
    label: str
    separator: str = ""
    chosen: bool = True
    delimiter: str = ""
    marks: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All that are read, the text's first."""
        return (self.text, *(self.marks or (self.label,)))

    def labels(self, values: Sequence[str]) -> tuple[str, ...]:
        """The labels that fields hold: those marked with 1, or what is in the one field.

        Of several labels this may be a list as other programs write it, ``['a', 'b']`` or ``{"choices": ["a", "b"]}``.

        Raises:
            DataError: there is none where there must be one, or a mark that is none.
        """
        if self.marks:
            return marked_labels(list(zip(self.marks, values, strict=True)), bool(self.separator))
        [value] = values
        choices = choices_of(value)
        if not self.separator:
            return (one_label(value),) if choices is None else labels_of(choices, self.label, several=False)
        written = written_list(value) if choices is None else choices
        return distinct(part.strip() for part in (value.split(self.separator) if written is None else written))


def read_table_documents(
    path: str | os.PathLike[str], form: Literal["tsv", "csv"], columns: Columns, left_out: Counter[str]
) -> Iterator[Document]:
    """The documents of a table; the first row names the columns unless they are numbered. Rows without
    any text, as spreadsheets add them at the end, are skipped.

    Args:
        left_out: counts the rows that name the columns once more.

    Raises:
        DataError: a line has another number of columns than the first, or no label; no such column, or columns that
            nobody chose; a quote opens or closes where it must not; with file and line.
    """
    table = Table(path, form, columns.delimiter)
    rows = ((number, row) for number, row in table.rows() if any(map(str.strip, row)))
    first = next(rows, None)
    if first is None:
        return
    number, head = first
    numbered = columns.text.isdecimal() and columns.label.isdecimal()

    def remedy() -> str:
        later = list(islice(rows, _LOOKED_AT))
        below = "" if numbered else names_below(later, columns.names)
        return below or marks_remedy(head, (row for _, row in chain(later, rows)), columns)

    text, *labels = (_place(name, head, numbered, table, number, remedy) for name in columns.names)
    if numbered:
        refuse_heading(head, text, labels[0], path, number)
        if len(head) > 2 and not columns.chosen:
            raise DataError(_unchosen(head, remedy), path, number)
    for number, row in [first, *rows] if numbered else without_headings(rows, head, left_out):
        table.refuse_width(row, len(head), number)
        try:
            yield Document(row[text].strip(), columns.labels([row[place] for place in labels]), number)
        except DataError as problem:
            raise DataError(str(problem), path, number) from None


def column_names(
    path: str | os.PathLike[str], form: Literal["tsv", "csv", "jsonl", "json"], delimiter: str
) -> list[str]:
    """The names in the first row of a table, or of the fields in the first row of JSON.

    Raises:
        DataError: the file cannot be read.
    """
    if form == "tsv" or form == "csv":
        return next((list(map(str.strip, row)) for _, row in Table(path, form, delimiter).rows() if row), [])
    return next(converted_rows(path, form, lambda row, line: [list(fields_of(row))]), [])


def read_row_documents(
    path: str | os.PathLike[str], form: Literal["jsonl", "json"], columns: Columns, left_out: Counter[str]
) -> Iterator[Document]:
    """The documents of a file with a JSON object a line, or with one array of objects; blank lines are skipped.

    Args:
        left_out: counts the rows that an annotator rejected or ignored, which are no examples of their label.

    Raises:
        DataError: bad JSON, a missing field, or a value of the wrong kind; with file and line.
    """

    def documents(row: Any, line: int) -> list[Document]:
        fields = fields_of(row)
        return [] if _is_left_out(fields, columns, left_out) else [document_of_row(fields, columns, line)]

    return converted_rows(path, form, documents)


def _is_left_out(row: Mapping[str, Any], columns: Columns, left_out: Counter[str]) -> bool:
    """Whether a row was rejected or ignored; a field of that name may also hold the text, the label or other things."""
    return "answer" not in (columns.text, columns.label) and is_left_out(row, left_out)


def document_of_row(row: Mapping[str, Any], columns: Columns, line: int) -> Document:
    """The document of a row with named fields. A label is text, a number or true/false, and stays as written.

    Raises:
        DataError: a field is missing, holds no text, or no label (or list of labels).
    """
    for name in columns.names:
        if name not in row:
            marks, names = marks_remedy(list(row), [list(row.values())], columns), list(row)
            hint = f"; {marks}" if marks else columns_hint(names) or _tool_hint(row)
            raise DataError(f"expected the field '{name}', found {listed(row)}{did_you_mean(name, row)}{hint}")
    text, several = row[columns.text], bool(columns.separator)
    if not isinstance(text, str | None):
        raise DataError(f"expected text in '{columns.text}', found {shown(text)}")
    if columns.marks:
        labels = marked_labels([(name, row[name]) for name in columns.marks], several)
    else:
        labels = labels_of(row[columns.label], columns.label, several)
    return Document((text or "").strip(), labels, line)


def names_below(rows: Iterable[tuple[int, Sequence[str]]], names: Sequence[str]) -> str:
    """What to do where these names of columns do not stand in the first row but in a later one; empty: they do not."""
    for number, row in rows:
        if set(names) <= set(map(str.strip, row)):
            return f"line {number} has the names of the columns: delete the lines above it"
    return ""


def _tool_hint(row: Mapping[str, Any]) -> str:
    """What to do, after a semicolon, about a row that nests its text and label as an annotation tool does."""
    tasks = isinstance(row.get("data"), dict) and ("annotations" in row or "completions" in row)
    return "; for a classifier export the tasks of Label Studio as JSON-MIN or CSV" if tasks else ""


def marks_remedy(head: Sequence[str], rows: Iterable[Sequence[Any]], columns: Columns) -> str:
    """What to set where a table lacks a column, and has some that hold 0 or 1; empty: nothing is known of labels.

    Args:
        head: the names of its columns.
        rows: their values, of which the first are looked at.
        columns: those that are missing.
    """
    names = [field.strip() for field in head]
    if columns.marks:
        return "name the columns with data.text_column and data.label_columns"
    if columns.label in names or known_columns(names)[1]:
        return ""
    return label_columns_hint((dict(zip(names, row, strict=False)) for row in rows), bool(columns.separator))


def _unchosen(head: Sequence[str], remedy: Callable[[], str]) -> str:
    """What to say of more columns than a label and a text."""
    shown = ", ".join(f"{number} '{field.strip()[:30]}'" for number, field in enumerate(head))
    if marks := remedy():
        return f"expected a label and a text, found {len(head)} columns: {shown}; {marks}"
    text, label = known_columns(head)
    if not (text and label):
        longest = max(range(len(head)), key=lambda number: len(head[number]))
        text, label = str(longest), "1" if longest == 0 else "0"
    choice = f"data.text_column={text} data.label_column={label}"
    return f"expected a label and a text, found {len(head)} columns: {shown}; say which are meant, for example {choice}"


def _place(name: str, head: Sequence[str], numbered: bool, table: Table, line: int, remedy: Callable[[], str]) -> int:
    """The position of a column."""
    if numbered:
        return table.numbered(name, head, "one more", line)
    names = [field.strip() for field in head]
    if name not in names:
        raise unnamed_column(name, names, remedy() or document_columns_remedy(names), table.path, line, table.delimiter)
    return column_place(name, names, table.path, line)
