"""Rows of text with commas (or another character) between fields, each with the line on which it begins."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

from seqnlp.errors import DataError

_LONGEST_FIELD = 2**31 - 1
"""Characters; Python's csv stops at 131,072 by default."""


def csv_rows(lines: Iterable[str], source: object, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """The fields of each row; blank lines are skipped. A row is given out as soon as its last line is read.

    Args:
        lines: without their ends.
        source: the file's name in messages.
        delimiter: the character between fields.

    Raises:
        DataError: a quote opens or closes where it must not, or a line that only Excel reads; with file and line.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(_ended(lines, source), strict=True, delimiter=delimiter)
    while True:
        begin = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            hint = 'a quote inside a quoted field is written twice ("")'
            raise DataError(f"a quote opens or closes where it must not ({problem}); {hint}", source, begin) from None
        if row:
            yield begin, row


def _ended(lines: Iterable[str], source: object) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if number == 1 and re.fullmatch(r"sep=.\s*", line, re.IGNORECASE):
            raise DataError(f"expected a row, found '{line.strip()}', a note to Excel; delete this line", source, 1)
        yield f"{line}\n"
