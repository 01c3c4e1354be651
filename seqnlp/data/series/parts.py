"""A series of numbers in even steps, and its training, development and test parts in the order of time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray
from seqnlp.config.delimiter import delimiter_of
from seqnlp.config.series import SeriesDataConfig, part_of
from seqnlp.data.parquet_rows import is_parquet, parquet_rows
from seqnlp.data.series.as_written import notes_as_written, noting
from seqnlp.data.series.limits import refuse_much_repair, refuse_newest_first
from seqnlp.data.series.repair import Findings, Regularizer, RegularRow
from seqnlp.data.series.rows import read_rows
from seqnlp.data.series.step import Step, find_step
from seqnlp.data.series.suspicions import refuse_row_numbers, tell_columns, tell_suspicions
from seqnlp.data.series.time import Timestamp, write_timestamp
from seqnlp.data.split_sources import existing_file
from seqnlp.errors import DataError
from seqnlp.text.csv_rows import csv_rows
from seqnlp.text.files import file_digest, read_lines


@dataclass(frozen=True)
class Series:
    """T rows of C columns.

    Attributes:
        names: (C,) of the columns.
        values: (T, C) finite; where a value was missing, the last known one.
        known: (T, C) False where a value was missing.
        lines: (T,) of the file where the rows begin (of parquet their numbers), from 1; 0 for rows filled in.
        moments: (T,) time stamps; none if the series has no such column.
        step: the usual time between rows, if there are time stamps.
        stamps: (T,) time stamps as they are written; none if the series has no such column.
        source: the file.
    """

    names: tuple[str, ...]
    values: FloatArray
    known: NDArray[np.bool_]
    lines: NDArray[np.int64]
    moments: tuple[Timestamp, ...]
    step: Step | None
    stamps: tuple[str, ...]
    source: str

    @property
    def written(self) -> str:
        """The last time stamp as it is written."""
        return self.stamps[-1] if self.stamps else ""

    def __len__(self) -> int:
        return len(self.values)

    def first(self, count: int) -> Series:
        """The first rows."""
        kept = {name: getattr(self, name)[:count] for name in ("values", "known", "lines", "moments", "stamps")}
        return Series(self.names, **kept, step=self.step, source=self.source)


@dataclass(frozen=True)
class Part:
    """A split: the rows of ``series`` from ``begin`` on. Those before are known when the split begins."""

    series: Series
    begin: int

    def __len__(self) -> int:
        return len(self.series) - self.begin


def load_part(
    config: SeriesDataConfig,
    split: str,
    say: Callable[[str], None],
    names: tuple[str, ...] = (),
    step: Step | None = None,
) -> Part:
    """A split that the configuration names.

    A file of its own begins anew; a part of the training file goes on from the rows before it.

    Args:
        say: told what was found wrong with the series and what was done about it.
        names, step: of the training series: the columns are found by their names, and a file of its own must have the
            step.

    Raises:
        DataError: the file cannot be read, is not as configured or not like the training file, or too short to be cut.
    """
    name = getattr(config, split)
    if split != "train" and part_of(name) is None:
        part = Part(read_series(existing_file(config, split, name), config, say, step, names), 0)
    else:
        path = existing_file(config, "train", config.train)
        part = part_of_series(read_series(path, config, say, names=names), config, split)
    refuse_unknown({"": part}, split)
    return part


def refuse_unknown(parts: Mapping[str, Part], split: str) -> None:
    """Stop where no value of a column is known in a split, of all its series: what stands in for them is no truth.

    Raises:
        DataError: so it is, in dev or test; of train the scale says it.
    """
    if split == "train" or not parts:
        return
    known = np.concatenate([part.series.known[part.begin :] for part in parts.values()]).any(axis=0)  # (C,)
    if not known.all():
        series = next(iter(parts.values())).series
        column = series.names[int(known.argmin())]
        raise DataError(
            f"column '{column}': every value of {split} is missing, so nothing can be judged", series.source
        )


def part_of_series(series: Series, config: SeriesDataConfig, split: str) -> Part:
    """A part of a training series, which goes on from the rows before it.

    Raises:
        DataError: nothing is left for it.
    """
    begin, end = _bounds(config, split, len(series))
    if begin >= end:
        raise DataError(f"{len(series):,} rows: nothing is left for {split} (data.dev, data.test)", series.source)
    return Part(series.first(end), begin)


def part_digest(config: SeriesDataConfig, split: str) -> str:
    """SHA-256 of the file that a split is in; empty for a split that is not configured.

    Raises:
        DataError: the file cannot be read.
    """
    name = getattr(config, split)
    if not name:
        return ""
    return file_digest(existing_file(config, split, config.train if part_of(name) is not None else name))


def read_series(
    path: Path,
    config: SeriesDataConfig,
    say: Callable[[str], None],
    step: Step | None = None,
    names: tuple[str, ...] = (),
) -> Series:
    """The series in a file, resampled to a regular step; see :func:`series_of`.

    Raises:
        DataError: the file cannot be read; and as :func:`series_of`.
    """
    named = True if is_parquet(path) else None
    return series_of(rows_of_file(path, config), config, path, say, step, names, named=named)


def rows_of_file(path: Path, config: SeriesDataConfig) -> Iterator[tuple[int, list[str]]]:
    """The line and the fields of each row of a CSV or parquet file.

    Raises:
        DataError: the file cannot be read.
    """
    if is_parquet(path):
        return parquet_rows(path, config)
    return csv_rows((line for _, line in read_lines(path)), path, delimiter_of(config.delimiter))


def series_of(
    fields: Iterator[tuple[int, list[str]]],
    config: SeriesDataConfig,
    path: object,
    say: Callable[[str], None],
    step: Step | None = None,
    names: tuple[str, ...] = (),
    *,
    named: bool | None = None,
) -> Series:
    """A series from its rows as text, resampled to a regular step.

    Args:
        fields, named: see :func:`~seqnlp.data.series.rows.read_rows`.
        path: what messages call the series.
        step: that the rows must have; nothing: their own, found from their time stamps.
        names: of the columns to read; empty: those of the configuration.

    Raises:
        DataError: see :func:`~seqnlp.data.series.rows.read_rows` and
            :class:`~seqnlp.data.series.repair.Regularizer`; or too
            much would have to be repaired, or the rows have another step.
    """
    noted: list[list[str]] = []
    columns, read = read_rows(noting(fields, noted), config, path, names, named=named)
    rows = list(islice(read, config.limit or None))
    refuse_newest_first(rows, path)
    if not (names or config.columns or config.time_column):
        refuse_row_numbers(rows, columns.names, path)
    if not (names or config.columns):
        tell_columns(rows, columns.names, path, say)
    moments = [row.moment for row in rows if row.moment is not None]
    own = find_step(moments)
    if step is None:
        step = own
    elif own is not None and len(rows) > 2 and not own.alike(step):
        expected = f"expected rows with a step of {step.words(moments[0])}, as in the training data"
        numbers = "" if isinstance(moments[0], datetime) else "; are these stamps numbers, and those of training too?"
        raise DataError(f"{expected}, found a step of {own.words(moments[0])}{numbers}", path)
    for note in notes_as_written(noted, columns, config):
        say(f"{path}: {note}")
    if columns.unread and (names or config.columns):
        say(f"{path}: columns that are not read: {', '.join(columns.unread)}")
    tell_suspicions(rows, columns.names, config, path, say)
    repair = Regularizer(config, columns.names, step, path)
    even = [one for row in rows for one in repair.add(row)]
    repair.end()
    series = make_series(even, columns.names, step, str(path), config.time_format)
    refuse_much_repair(rows, repair.findings, config, path)
    tell(repair.findings, path, say)
    return series


def make_series(
    rows: Sequence[RegularRow], names: tuple[str, ...], step: Step | None, source: str, time_format: str = ""
) -> Series:
    """Even rows as arrays.

    Raises:
        DataError: there are none.
    """
    if not rows:
        raise DataError("found no row in which every column has a value or had one before", source)
    return Series(
        names=names,
        values=np.array([row.values for row in rows]),  # (T, C)
        known=np.array([row.known for row in rows]),  # (T, C)
        lines=np.array([row.row.line for row in rows]),  # (T,)
        moments=_moments(row.row.moment for row in rows),
        step=step,
        stamps=tuple(stamp_of(row, time_format) for row in rows) if rows[0].row.moment is not None else (),
        source=source,
    )


def stamp_of(even: RegularRow, time_format: str) -> str:
    """The time stamp of a row as it is written; of one that was filled in, as its neighbours are."""
    row = even.row
    if row.line or row.moment is None:
        return row.written
    return write_timestamp(row.moment, row.written, time_format)


def tell(findings: Findings, source: object, say: Callable[[str], None]) -> None:
    """Say what was found, if anything was."""
    if findings.counts:
        say(f"{source}: {findings}")


def _bounds(config: SeriesDataConfig, split: str, rows: int) -> tuple[int, int]:
    """The first row of a split of the training file, and the first after it."""
    test = rows - round((part_of(config.test) or 0) * rows)
    dev = test - round((part_of(config.dev) or 0) * rows)
    return {"train": (0, dev), "dev": (dev, test), "test": (test, rows)}[split]


def _moments(moments: Iterable[Timestamp | None]) -> tuple[Timestamp, ...]:
    return tuple(moment for moment in moments if moment is not None)
