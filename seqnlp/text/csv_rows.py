"""Rows of text with commas (or another character) between fields, each with the line on which it begins."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from seqnlp.errors import DataError

_LONGEST_FIELD = 2**31 - 1
"""Characters; Python's csv stops at 131,072 by default."""

_QUOTE_AFTER_SPACES = re.compile(r' +"')


def csv_rows(lines: Iterable[str], source: object, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """The fields of each row; blank lines are skipped. A row is given out as soon as its last line is read.

    A field in quotes after spaces (``pos, "Nice, really"``) is read without both. Between tabs, quotes mean themselves
    where the rules of CSV would read several rows as one, or none: ``1<TAB>"<TAB>O`` is a row.

    Args:
        lines: without their ends, but perhaps for a carriage return, which stays where it stands in a field.
        source: the file's name in messages.
        delimiter: the character between fields.

    Raises:
        DataError: a quote opens or closes where it must not, or a line that only Excel reads; with file and line.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    of_row: list[str] = []  # the lines that the reader took for the row
    reader = csv.reader(_tight(_ended(lines, source), of_row, delimiter), strict=True, delimiter=delimiter)
    width = 0
    while True:
        begin = reader.line_num + 1
        of_row.clear()
        wrong = None
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            row, wrong = [], problem
        if (wrong or len(of_row) > 1) and delimiter == "\t" and _are_rows(of_row, width):
            yield from (
                (number, line.rstrip("\r\n").split("\t")) for number, line in enumerate(of_row, begin) if line.strip()
            )
        elif wrong:
            raise _wrong_quote(of_row, delimiter, wrong, source, begin)
        elif row:
            width = width or len(row)
            yield begin, row


def _are_rows(lines: Sequence[str], width: int) -> bool:
    """Whether each of the lines that quotes hold together has as many tabs as a row of so many fields."""
    return width > 1 and all(line.count("\t") == width - 1 for line in lines if line.strip())


def _wrong_quote(lines: Sequence[str], delimiter: str, problem: csv.Error, source: object, begin: int) -> DataError:
    """The error for a row of these lines that is none of CSV."""
    if any("\r" in line for line in lines):
        remedy = "put the field into double quotes, or a space in the place of the carriage return"
        return DataError(f"found a carriage return in a field without quotes; {remedy}", source, begin)
    hint = _other_delimiter(lines, delimiter) or 'a quote inside a quoted field is written twice ("")'
    return DataError(f"a quote opens or closes where it must not ({problem}); {hint}", source, begin)


def csv_line(fields: Iterable[object], delimiter: str = ",") -> str:
    """One row as a line of CSV: fields with quotes, delimiters or line ends of any kind stand in quotes."""
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator="\r\n").writerow(fields)  # so that \r is quoted, too
    return written.getvalue()[:-2] + "\n"


def _tight(lines: Iterable[str], of_row: list[str], delimiter: str) -> Iterator[str]:
    """The lines, also added to those of the row; without the spaces before quotes where these close as fields do."""
    for line in lines:
        begins = not of_row
        of_row.append(line)
        yield _without_spaces_before_quotes(line, delimiter) if begins and ' "' in line else line


def _without_spaces_before_quotes(line: str, delimiter: str) -> str:
    """The first line of a row, written anew if quotes around whole fields open after spaces."""
    read = _fields(line, delimiter, spaces=True)
    if read and not any(_QUOTE_AFTER_SPACES.match(field) for field in read):
        return line
    fields = _fields(line, delimiter, spaces=False)
    return csv_line(fields, delimiter) if fields else line


def _fields(line: str, delimiter: str, spaces: bool) -> list[str]:
    """The fields of a row of one line, with or without the spaces before them; none if its quotes are not right."""
    try:
        return next(csv.reader([line], strict=True, delimiter=delimiter, skipinitialspace=not spaces), [])
    except csv.Error:
        return []


def _other_delimiter(lines: Sequence[str], delimiter: str) -> str:
    """What to do where another character stands between quoted fields; empty: none does."""
    for other in (",", ";", "\t", "|"):
        if other != delimiter and any(f'"{other}"' in line for line in lines):
            written = other.replace("\t", r"\t")
            return f"if the fields are separated by '{written}' set data.delimiter='{written}'"
    return ""


def _ended(lines: Iterable[str], source: object) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if number == 1 and re.fullmatch(r"sep=.\s*", line, re.IGNORECASE):
            raise DataError(f"expected a row, found '{line.strip()}', a note to Excel; delete this line", source, 1)
        yield f"{line}\n"
