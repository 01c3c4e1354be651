"""A series from standard input, row by row, for the verbs of forecasters and detectors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from seqnlp.cli.output import say

if TYPE_CHECKING:
    from seqnlp.config.series import SeriesDataConfig
    from seqnlp.data.series.rows import Row

SOURCE = "standard input"


def read_standard_series(verb: str, data: SeriesDataConfig, names: tuple[str, ...]) -> Iterator[Row]:
    """The rows as they come, read as the model's training file was; says which columns are not read.

    Raises:
        DataError: at once where columns are missing, with each row for what is wrong there.
    """
    from seqnlp.cli.streams import read_text_lines, standard_input
    from seqnlp.config.common import delimiter_of
    from seqnlp.data.series.rows import read_rows
    from seqnlp.text.csv_rows import csv_rows

    lines = read_text_lines(standard_input(verb), "strict")
    columns, rows = read_rows(csv_rows(lines, SOURCE, delimiter_of(data.delimiter)), data, SOURCE, names)
    if columns.unread:
        say(f"{SOURCE}: columns that are not read: {', '.join(columns.unread)}")
    return rows
