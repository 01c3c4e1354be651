"""Tables of texts, TSV and CSV: their rows, and what to say of one that is not as the first or lacks a column."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from seqnlp.errors import DataError
from seqnlp.text.csv_rows import csv_rows
from seqnlp.text.files import read_lines
from seqnlp.text.headings import delimiter_hint, quotes_hint

NAMES_AGAIN = "the names of the columns again, as in joined files"
"""Of rows that are left out."""


class Table(NamedTuple):
    """A file of rows of equal width.

    Attributes:
        form: ``tsv``: lines are cut at their tabs, and quotes mean themselves; ``csv``: a field with commas, quotes or
            line ends stands in quotes.
        chosen: what stands between columns; empty: a tab, of CSV a comma.
    """

    path: str | os.PathLike[str]
    form: Literal["tsv", "csv"]
    chosen: str = ""

    @property
    def delimiter(self) -> str:
        """What stands between columns."""
        return self.chosen or {"tsv": "\t", "csv": ","}[self.form]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line and fields of each row; a blank line of TSV has none, those of CSV are skipped.

        Raises:
            DataError: the file cannot be read, or a quote opens or closes where it must not; with file and line.
        """
        lines = read_lines(self.path)
        if self.form == "csv":
            return csv_rows((line for _, line in lines), self.path, self.delimiter)
        return ((number, line.split(self.delimiter) if line.strip() else []) for number, line in lines)

    def refuse_width(self, row: Sequence[str], width: int, line: int) -> None:
        """Stop at a row that is wider or narrower than the first, and say what may be wrong.

        Raises:
            DataError: with file and line.
        """
        if len(row) == width:
            return
        if self.form == "csv":
            what = "commas" if self.delimiter == "," else f"'{self.delimiter}'"
            hint = f"put texts with {what} into double quotes"
        else:
            what = "a tab" if self.delimiter == "\t" else f"'{self.delimiter}'"
            hint = f"{what} inside a text would add one: replace it with a space{quotes_hint(row, self.delimiter)}"
        problem = f"expected {width} columns as in the file's first line, found {len(row)}"
        raise DataError(f"{problem}; {hint}", self.path, line)

    def numbered(self, column: str, row: Sequence[str], expected: str, line: int) -> int:
        """The place of a column that has a number.

        Args:
            expected: what should stand there.

        Raises:
            DataError: the row has no such column; with file and line.
        """
        if int(column) >= len(row):
            actual = f"{len(row)} column{'s' if len(row) != 1 else ''}"
            mark = "a tab" if self.delimiter == "\t" else f"'{self.delimiter}'"
            hint = delimiter_hint(row, self.delimiter) or f"columns have {mark} between them" * (len(row) == 1)
            problem = f"found {actual}, expected {expected} in column {column} (from 0)"
            raise DataError(problem + (hint and f"; {hint}"), self.path, line)
        return int(column)


def without_headings(
    rows: Iterable[tuple[int, list[str]]], head: Sequence[str], left_out: Counter[str]
) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not the names of the columns again, as files that were joined have them.

    Args:
        head: the first row.
        left_out: counts those that are.
    """
    names = list(map(str.strip, head))
    for number, row in rows:
        if len(row) == len(names) and list(map(str.strip, row)) == names:
            left_out[NAMES_AGAIN] += 1
        else:
            yield number, row
