"""A series of numbers in even steps, and its training, development and test parts in the order of time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seqnlp.config.series import SeriesDataConfig, part_of
from seqnlp.data.series_limits import refuse_much_repair, refuse_newest_first
from seqnlp.data.series_repair import EvenRow, Findings, Repair
from seqnlp.data.series_rows import read_rows
from seqnlp.data.series_step import Step, find_step
from seqnlp.data.series_time import Moment
from seqnlp.data.sources import existing_file
from seqnlp.errors import DataError
from seqnlp.text.csv_rows import csv_rows
from seqnlp.text.files import file_digest, read_lines

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Series:
    """T rows of C columns.

    Attributes:
        names: (C,) of the columns.
        values: (T, C) finite; where a value was missing, the last known one.
        known: (T, C) False where a value was missing.
        lines: (T,) of the file where the rows begin, from 1; 0 for rows filled in.
        moments: (T,) time stamps; none if the series has no such column.
        step: the usual time between rows, if there are time stamps.
        written: the last time stamp as it is written.
        source: the file.
    """

    names: tuple[str, ...]
    values: FloatArray
    known: NDArray[np.bool_]
    lines: NDArray[np.int64]
    moments: tuple[Moment, ...]
    step: Step | None
    written: str
    source: str

    def __len__(self) -> int:
        return len(self.values)

    def first(self, count: int) -> Series:
        """The first rows."""
        kept = {name: getattr(self, name)[:count] for name in ("values", "known", "lines", "moments")}
        return Series(self.names, **kept, step=self.step, written=self.written, source=self.source)


@dataclass(frozen=True)
class Part:
    """A split: the rows of ``series`` from ``begin`` on. Those before are known when the split begins."""

    series: Series
    begin: int

    def __len__(self) -> int:
        return len(self.series) - self.begin


def load_part(config: SeriesDataConfig, split: str, say: Callable[[str], None]) -> Part | None:
    """A split, or nothing if the configuration leaves it empty.

    A file of its own begins anew; a part of the training file goes on from the rows before it.

    Args:
        say: told what was found wrong with the series and what was done about it.

    Raises:
        DataError: the file cannot be read, is not as configured, or too short to be cut.
    """
    name = getattr(config, split)
    if not name:
        return None
    if split != "train" and part_of(name) is None:
        return Part(read_series(existing_file(config, split, name), config, say), 0)
    series = read_series(existing_file(config, "train", config.train), config, say)
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


def read_series(path: Path, config: SeriesDataConfig, say: Callable[[str], None], step: Step | None = None) -> Series:
    """The series in a file, made even.

    Args:
        step: between rows; nothing: the file's own, found from its time stamps.

    Raises:
        DataError: see :func:`~seqnlp.data.series_rows.read_rows` and :class:`~seqnlp.data.series_repair.Repair`; or
            too much would have to be repaired.
    """
    columns, found = read_rows(csv_rows((line for _, line in read_lines(path)), path), config, path)
    rows = list(islice(found, config.limit or None))
    refuse_newest_first(rows, path)
    step = step or find_step([row.moment for row in rows if row.moment is not None])
    repair = Repair(config, columns.names, step, path)
    series = make_series([even for row in rows for even in repair.add(row)], columns.names, step, str(path))
    refuse_much_repair(rows, repair.findings, config, path)
    tell(repair.findings, path, say)
    return series


def make_series(rows: Sequence[EvenRow], names: tuple[str, ...], step: Step | None, source: str) -> Series:
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
        written=rows[-1].row.written,
        source=source,
    )


def tell(findings: Findings, source: object, say: Callable[[str], None]) -> None:
    """Say what was found, if anything was."""
    if findings.counts:
        say(f"{source}: {findings}")


def _bounds(config: SeriesDataConfig, split: str, rows: int) -> tuple[int, int]:
    """The first row of a split of the training file, and the first after it."""
    test = rows - round((part_of(config.test) or 0) * rows)
    dev = test - round((part_of(config.dev) or 0) * rows)
    return {"train": (0, dev), "dev": (dev, test), "test": (test, rows)}[split]


def _moments(moments: Iterable[Moment | None]) -> tuple[Moment, ...]:
    return tuple(moment for moment in moments if moment is not None)
