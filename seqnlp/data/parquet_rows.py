"""Rows of a parquet file as text, as they would stand in a CSV file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.time import EPOCHS, stamp_text
from seqnlp.errors import DataError
from seqnlp.text.column_names import refuse_any_twice
from seqnlp.text.files import PARQUET_MARK, open_bytes


def is_parquet(path: Path) -> bool:
    """Whether the file is parquet, whatever its name.

    Raises:
        DataError: it cannot be read.
    """
    with open_bytes(path) as file:
        return file.read(len(PARQUET_MARK)) == PARQUET_MARK


def parquet_rows(path: Path, config: SeriesDataConfig) -> Iterator[tuple[int, list[str]]]:
    """The names of the columns, then the number of each row (from 1) and its fields; empty where a value is missing.

    Dates are written as ISO 8601 has it, or as ``data.time_format`` says; an index of pandas is a column.

    Raises:
        DataError: the file is damaged, or columns share a name.
    """
    import pandas

    try:
        frame = pandas.read_parquet(path)
    except Exception as problem:  # whatever pandas or its reader may raise
        _refuse_names_twice(path)
        reason = " ".join(str(problem).split())[:200]
        raise DataError(f"expected a parquet file ({type(problem).__name__}: {reason})", path) from None
    if not isinstance(frame.index, pandas.RangeIndex):
        frame = frame.reset_index()
    names = [str(name) for name in frame.columns]
    yield 1, names
    columns = [field_texts(_values(frame.iloc[:, place]), config) for place in range(len(names))]
    for number, fields in enumerate(zip(*columns, strict=True), 1):
        yield number, list(fields)


def _refuse_names_twice(path: Path) -> None:
    """Stop at a file that cannot be read because columns share a name.

    Raises:
        DataError: they do.
    """
    from pyarrow import ArrowException
    from pyarrow.parquet import read_schema

    with suppress(ArrowException, OSError):
        refuse_any_twice(list(read_schema(path).names), path)


def _values(column: Any) -> list[Any]:
    return [None if missing else value for value, missing in zip(column, column.isna(), strict=True)]


def field_texts(values: Sequence[Any], config: SeriesDataConfig) -> list[str]:
    """A column, None where a value is missing, as the text that would stand in CSV.

    Without the time of day where it is midnight throughout.
    """
    stamps = [value for value in values if isinstance(value, datetime)]
    days = bool(stamps) and all(_is_midnight(stamp) for stamp in stamps)
    return [_text(value, config, days) for value in values]


def _is_midnight(stamp: datetime) -> bool:
    return stamp.tzinfo is None and stamp.time().isoformat() == "00:00:00"


def _text(value: Any, config: SeriesDataConfig, days: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, date):  # a datetime is one, too
        if "%" in config.time_format or config.time_format in EPOCHS:
            return stamp_text(value, config.time_format)
        if isinstance(value, datetime) and not days:
            return value.isoformat(sep=" ")
        return value.isoformat()[:10]
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, str):
        return value
    return str(value).replace(".", config.decimal)
