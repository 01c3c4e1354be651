"""A series from standard input, row by row, for the verbs of forecasters and detectors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from seqnlp.cli.output import say

if TYPE_CHECKING:
    from seqnlp.config.series import SeriesDataConfig
    from seqnlp.data.series.many import Fields, SeriesColumns
    from seqnlp.data.series.rows import Row

SOURCE = "standard input"


def read_standard_series(verb: str, data: SeriesDataConfig, names: tuple[str, ...]) -> Iterator[Row]:
    """The rows as they come, read as the model's training file was; says which columns are not read.

    Raises:
        DataError: at once where columns are missing, with each row for what is wrong there.
    """
    from seqnlp.data.series.rows import read_rows

    columns, rows = read_rows(_fields(verb, data), data, SOURCE, names)
    if columns.unread:
        say(f"{SOURCE}: columns that are not read: {', '.join(columns.unread)}")
    return rows


def read_standard_rows(verb: str, data: SeriesDataConfig, names: tuple[str, ...]) -> Iterator[tuple[str, Row]]:
    """As :func:`read_standard_series`, each row with the name of its series; without ``data.series_column`` ``""``.

    Raises:
        DataError: as :func:`read_standard_series`; or a row does not name its series.
    """
    from seqnlp.data.series.many import SeriesColumns

    if not data.series_column:
        return (("", row) for row in read_standard_series(verb, data, names))
    fields = _fields(verb, data)
    return _rows_by_series(fields, SeriesColumns(next(fields, None), data, SOURCE, trained=True), data, names)


def _rows_by_series(
    fields: Iterator[Fields], columns: SeriesColumns, data: SeriesDataConfig, names: tuple[str, ...]
) -> Iterator[tuple[str, Row]]:
    from seqnlp.data.series.many import source_of
    from seqnlp.data.series.rows import read_rows

    readers: dict[str, Iterator[Row]] = {}
    newest: dict[str, Fields] = {}

    def fields_of(name: str) -> Iterator[Fields]:
        yield columns.without(columns.head)
        while True:
            yield newest[name]

    for one in fields:
        name, newest[name] = columns.apart(one)
        if name not in readers:
            _, readers[name] = read_rows(fields_of(name), data, source_of(SOURCE, name), names, named=True)
        yield name, next(readers[name])


def _fields(verb: str, data: SeriesDataConfig) -> Iterator[Fields]:
    """Line and fields of the rows of CSV on standard input."""
    from seqnlp.cli.streams import read_text_lines, standard_input
    from seqnlp.config.delimiter import delimiter_of
    from seqnlp.text.csv_rows import csv_rows

    return csv_rows(read_text_lines(standard_input(verb), "strict"), SOURCE, delimiter_of(data.delimiter))
