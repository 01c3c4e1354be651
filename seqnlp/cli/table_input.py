"""Rows with named fields on standard input: CSV, or JSON lines. One field is the text, the others go through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from seqnlp.row_fields import Fields

FORMS = ("csv", "jsonl")

NO_FIELDS: Fields = {}

_HINT = "set --text-column"
TEXT_COLUMN = "text"
"""The default."""


class Row(NamedTuple):
    """A row: its text, and all its fields in their order."""

    text: str
    column: str
    fields: Fields

    @property
    def others(self) -> Fields:
        """The fields beside the text."""
        return {name: value for name, value in self.fields.items() if name != self.column}


def check_text_column(form: str, text_column: str, instead: str) -> None:
    """Refuse the name of a field where there are no fields.

    Raises:
        SeqnlpError: such a name for what is neither CSV nor JSON lines; it ends with what to do instead.
    """
    from seqnlp.errors import SeqnlpError

    if form not in ("csv", "jsonl") and text_column != TEXT_COLUMN:
        raise SeqnlpError(f"--text-column is for rows of CSV and JSON lines; {instead}")


def read_rows(
    lines: Iterable[str], form: str, text_column: str, source: object, of_words: str = ""
) -> tuple[list[str], Iterator[Row]]:
    """The names of the columns of CSV (whose first row names them; JSON lines have none), and the rows.

    Columns of CSV stand between commas, semicolons or tabs, whichever the first row has most of.

    Args:
        lines: without their ends.
        form: ``csv`` or ``jsonl``; else a line is a row of nothing but its text.
        text_column: the field that is the text.
        source: name of the stream in messages.
        of_words: what to do, after a semicolon, where JSON has a list of words instead of a text.

    Raises:
        DataError: no such field, columns of the same name, a row with more or fewer fields, no text; with the line.
    """
    if form == "jsonl":
        return [], _json_rows(lines, text_column, source, of_words)
    if form == "csv":
        return _csv_rows(lines, text_column, source)
    return [], (Row(line, "", NO_FIELDS) for line in lines)


def _json_rows(lines: Iterable[str], text_column: str, source: object, of_words: str) -> Iterator[Row]:
    from seqnlp.errors import DataError, missing_column
    from seqnlp.text.jsonl import parsed_row, shown

    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            continue
        try:
            row = dict(parsed_row(line))
        except DataError as problem:
            raise DataError(str(problem), source, number) from None
        if text_column not in row:
            raise missing_column(text_column, list(row), _HINT, source, number)
        text = row[text_column]
        if not isinstance(text, str | None):
            hint = of_words if isinstance(text, list) else ""
            raise DataError(f"expected text in '{text_column}', found {shown(text)}{hint}", source, number)
        yield Row(text or "", text_column, row)


def _csv_rows(lines: Iterable[str], text_column: str, source: object) -> tuple[list[str], Iterator[Row]]:
    from seqnlp.errors import DataError, missing_column
    from seqnlp.text.column_names import refuse_any_twice
    from seqnlp.text.csv_rows import csv_rows
    from seqnlp.text.formats.token_csv import delimiter_of_heading

    remaining = iter(lines)
    first = next(remaining, None)
    if first is None:
        return [], iter(())
    rows = csv_rows(chain([first], remaining), source, delimiter_of_heading(first))
    line, names = next(rows, (1, []))
    names = [name.strip(" ") for name in names]
    refuse_any_twice(names, source, line)
    if text_column not in names:
        raise missing_column(text_column, names, _HINT, source, line)

    def read() -> Iterator[Row]:
        for number, row in rows:
            if len(row) != len(names):
                problem = f"expected {len(names)} columns as in the first line, found {len(row)}"
                raise DataError(f"{problem}; put texts with delimiters into double quotes", source, number)
            fields = dict(zip(names, row, strict=True))
            yield Row(fields[text_column], text_column, fields)

    return names, read()
