"""A series to be answered, as a file: its own, or one that is written for what is in memory."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.in_memory.naming import written_files
from seqnlp.data.in_memory.series import written_series

_AS_IN_TRAINING = ("time_column", "series_column", "time_format", "delimiter", "decimal")


@contextmanager
def series_file(series: Any, data: SeriesDataConfig, names: Sequence[str]) -> Iterator[Path]:
    """The file of a series, which is there as long as it is needed; what is said of one in memory names its rows.

    Args:
        series: a path, numbers, rows of numbers, or a table with its times.
        data: how the model reads files.
        names: of the columns of numbers that it reads; others may hold anything.

    Raises:
        DataError: what is in memory is no series, or lacks a column.
    """
    if isinstance(series, str | os.PathLike):
        yield Path(series)
        return
    chosen = {f"data.{key}": getattr(data, key) for key in _AS_IN_TRAINING if getattr(data, key)}
    if not any("," in name for name in names):
        chosen["data.value_columns"] = ", ".join(names)
    with written_files({"series": written_series(series, "series", chosen)}) as files:
        yield files["series"]
