"""Sentence pairs from tables: TSV and CSV, the two columns by number or by name."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from seqnlp.errors import DataError, did_you_mean
from seqnlp.text.csv_rows import csv_rows
from seqnlp.text.files import read_lines
from seqnlp.text.headings import comma_hint, delimiter_hint, refuse_pair_heading, tab_hint
from seqnlp.text.parallel import SentencePair, one_line


@dataclass(frozen=True, slots=True)
class PairColumns:
    """Where the texts are.

    Attributes:
        source, target: column numbers from 0, or both the names that the first line gives them.
        languages: what the sides are called, so that a line with these names is known as a heading.
        delimiter: what stands between columns; empty: a tab, of CSV a comma.
    """

    source: str = "0"
    target: str = "1"
    languages: tuple[str, str] = ("", "")
    delimiter: str = ""

    @property
    def numbered(self) -> bool:
        """Whether they are numbers."""
        return self.source.isdecimal() and self.target.isdecimal()


_BY_NUMBER = PairColumns()


def read_tsv_pairs(path: str | os.PathLike[str], columns: PairColumns = _BY_NUMBER) -> Iterator[SentencePair]:
    """The pairs of a file whose lines are cut at their tabs; quotes mean themselves. A blank line is a pair of blanks.

    Raises:
        DataError: a first line that names the columns, where they are numbered; a column that is not there, or a line
            with more or fewer than the first (a tab inside a text); with file and line.
    """
    cut = columns.delimiter or "\t"
    rows = ((number, line.split(cut) if line.strip() else []) for number, line in read_lines(path))
    return _pairs(rows, columns, path, lambda row: tab_hint(row, cut))


def read_csv_pairs(path: str | os.PathLike[str], columns: PairColumns) -> Iterator[SentencePair]:
    """The pairs of a file with commas between fields; a field with commas, quotes or line ends stands in quotes.

    Raises:
        DataError: as :func:`read_tsv_pairs`, or a quote opens or closes where it must not.
    """
    cut = columns.delimiter or ","
    rows = csv_rows((line for _, line in read_lines(path)), path, cut)
    return _pairs(rows, columns, path, lambda row: comma_hint(cut))


def unused_columns(path: str | os.PathLike[str], used: Collection[int], delimiter: str = "") -> list[str]:
    """The columns of the first line that is not blank and are not used: number and content, shortened."""
    for _, line in read_lines(path):
        if line.strip():
            columns = enumerate(line.split(delimiter or "\t"))
            return [f"{number} ('{one_line(text)[:30]}')" for number, text in columns if number not in used]
    return []


def _pairs(
    rows: Iterator[tuple[int, list[str]]],
    columns: PairColumns,
    path: str | os.PathLike[str],
    hint: Callable[[list[str]], str],
) -> Iterator[SentencePair]:
    """Pairs from rows of equal width; the first row names the columns unless they are numbered.

    Args:
        hint: what may be wrong with a row of another width.
    """
    width = source = target = 0
    for number, row in rows:
        if not row:
            if width or columns.numbered:
                yield SentencePair("", "", number)
            continue
        if columns.numbered:
            source, target = _numbered(row, columns, path, number)
        if not width:
            width = len(row)
            if not columns.numbered:
                source, target = (_named(name, row, columns, path, number) for name in (columns.source, columns.target))
                continue
            refuse_pair_heading(row[source], row[target], columns.languages, path, number)
        if len(row) != width:
            problem = f"expected {width} columns as in the file's first line, found {len(row)}"
            raise DataError(f"{problem}; {hint(row)}", path, number)
        yield SentencePair(one_line(row[source]), one_line(row[target]), number)


def _numbered(row: Sequence[str], columns: PairColumns, path: object, line: int) -> tuple[int, int]:
    """The two columns of a row, which must be there."""
    for side, column in (("source", columns.source), ("target", columns.target)):
        if int(column) >= len(row):
            actual = f"{len(row)} column{'s' if len(row) != 1 else ''}"
            hint = delimiter_hint(row, columns.delimiter or "\t")
            expected = f"expected the {side} in column {column} (from 0){hint and f'; {hint}'}"
            raise DataError(f"found {actual}, {expected}", path, line)
    return int(columns.source), int(columns.target)


def _named(name: str, head: Sequence[str], columns: PairColumns, path: object, line: int) -> int:
    """The place of the column with a name."""
    names = [field.strip().strip('"') for field in head]
    if names.count(name) > 1:
        raise DataError(f"expected a name of its own for each column, found '{name}' twice", path, line)
    if name not in names:
        shown = ", ".join(f"'{field[:30]}'" for field in names)
        remedy = "name the columns with data.source_column and data.target_column (numbers from 0 without a heading)"
        hint = delimiter_hint(names, columns.delimiter)
        close = "" if hint else did_you_mean(name, names)
        raise DataError(f"expected the column '{name}', found {shown}{close}; {hint or remedy}", path, line)
    return names.index(name)
