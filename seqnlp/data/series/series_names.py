"""What a series is called: the text of the column that tells series apart; of several columns, their texts joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seqnlp.config.named_files import AND
from seqnlp.config.series import columns_of
from seqnlp.errors import DataError


def series_name(row: Mapping[str, Any], columns: Sequence[str], source: object = None, line: int | None = None) -> str:
    """The name of the series that a row is of: ``north + 12``; empty where one of the columns is.

    Raises:
        DataError: one of several texts holds the mark between them, so that two series could be called alike.
    """
    texts = ["" if row.get(column) is None else str(row[column]).strip() for column in columns]
    for text, column in zip(texts, columns, strict=True):
        if len(columns) > 1 and AND.strip() in text.split():
            problem = f"column '{column}': expected a name without '{AND}', found '{text}'"
            raise DataError(f"{problem}; it stands between the names of several columns", source, line)
    return AND.join(texts) if all(texts) else ""


def nameless(
    row: Mapping[str, Any], columns: Sequence[str], source: object = None, line: int | None = None
) -> DataError:
    """The error for a row that :func:`series_name` finds no name in."""
    empty = next(column for column in columns if not series_name(row, [column]))
    return DataError(f"expected the name of a series in '{empty}', found nothing", source, line)


def series_fields(series_column: str, name: str) -> dict[str, str]:
    """The columns that tell series apart, each with its text of this series; none if the file is one series."""
    if not series_column:
        return {}
    columns, parts = columns_of(series_column), name.split(AND)
    return dict(zip(columns, parts, strict=True)) if len(columns) == len(parts) > 1 else {series_column: name}
