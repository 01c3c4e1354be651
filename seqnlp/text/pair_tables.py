"""Sentence pairs from tables: TSV and CSV, the two columns by number or by name."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from seqnlp.text.column_names import column_place
from seqnlp.text.files import read_lines
from seqnlp.text.headings import refuse_pair_heading, unnamed_column
from seqnlp.text.parallel import SentencePair, one_line
from seqnlp.text.tables import NAMES_AGAIN, Table

_LOOKED_AT = 100
"""Lines that show which columns hold texts."""

_SOME = 5
"""Lines of which all may not have the same text."""

_IN_QUOTES = re.compile(r'"[^"]*(?:""[^"]*)+"')


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


def read_table_pairs(
    path: str | os.PathLike[str], form: Literal["tsv", "csv"], columns: PairColumns, left_out: Counter[str]
) -> Iterator[SentencePair]:
    """The pairs of a table; the first row names the columns unless they are numbered. A blank line is a pair of blanks.

    Args:
        left_out: counts rows that name the columns again.

    Raises:
        DataError: a first line that names the columns, where they are numbered; a column that is not there, or a line
            with more or fewer than the first; a quote opens or closes where it must not; with file and line.
    """
    table, names = Table(path, form, columns.delimiter), list[str]()
    width = source = target = 0
    for number, row in table.rows():
        if not row:
            if width or columns.numbered:
                yield SentencePair("", "", number)
            continue
        if columns.numbered:
            source = table.numbered(columns.source, row, "the source", number)
            target = table.numbered(columns.target, row, "the target", number)
        if not width:
            width = len(row)
            if not columns.numbered:
                source, target = (_named(name, row, table, number) for name in (columns.source, columns.target))
                names = row
                continue
            refuse_pair_heading(row[source], row[target], columns.languages, path, number)
        if row == names:
            left_out[NAMES_AGAIN] += 1
            continue
        table.refuse_width(row, width, number)
        yield SentencePair(one_line(row[source]), one_line(row[target]), number)


def is_quoted(text: str) -> bool:
    """Whether a text stands in quotes, and has quotes in it that are written twice, as only CSV has them."""
    return text[:1] == text[-1:] == '"' and _IN_QUOTES.fullmatch(text) is not None


def stands_in_quotes(text: str) -> bool:
    """Whether a text begins and ends with a double quote."""
    return len(text) > 1 and text[0] == text[-1] == '"'


def columns_of_text(path: str | os.PathLike[str], delimiter: str = "") -> list[int]:
    """The columns of a TSV file whose fields look like texts: most have letters, and they are not all the same.

    Raises:
        DataError: the file cannot be read.
    """
    return [number for number, fields in enumerate(_columns(path, delimiter)) if _are_texts(fields)]


def same_in_all_lines(path: str | os.PathLike[str], delimiter: str = "") -> dict[int, str]:
    """The columns of a TSV file of some lines that hold one and the same, such as the code of a language; and that.

    Raises:
        DataError: the file cannot be read.
    """
    columns = enumerate(_columns(path, delimiter))
    return {number: fields[0] for number, fields in columns if len(fields) >= _SOME and len(set(fields)) == 1}


def _columns(path: str | os.PathLike[str], delimiter: str) -> list[tuple[str, ...]]:
    """The columns of the first lines that are as wide as the first of them."""
    lines = islice((line for _, line in read_lines(path) if line.strip()), _LOOKED_AT)
    rows = [line.split(delimiter or "\t") for line in lines]
    return list(zip(*(row for row in rows if len(row) == len(rows[0])), strict=True))


def _are_texts(fields: Sequence[str]) -> bool:
    return 2 * sum(any(map(str.isalpha, field)) for field in fields) > len(fields) and len(set(fields)) > 1


def unused_columns(path: str | os.PathLike[str], used: Collection[int], delimiter: str = "") -> list[str]:
    """The columns of the first line that is not blank and are not used: number and content, shortened."""
    for _, line in read_lines(path):
        if line.strip():
            columns = enumerate(line.split(delimiter or "\t"))
            return [f"{number} ('{one_line(text)[:30]}')" for number, text in columns if number not in used]
    return []


def _named(name: str, head: Sequence[str], table: Table, line: int) -> int:
    """The place of the column with a name."""
    names = [field.strip().strip('"') for field in head]
    if name not in names:
        remedy = "name the columns with data.source_column and data.target_column (numbers from 0 without a heading)"
        raise unnamed_column(name, names, remedy, table.path, line, table.delimiter)
    return column_place(name, names, table.path, line)
