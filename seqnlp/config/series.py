"""How number series are read: what every task on series shares."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from seqnlp.config.delimiter import delimiter_of
from seqnlp.config.named_files import side_by_side
from seqnlp.config.schema import names_in, setting
from seqnlp.config.splits import SplitsConfig
from seqnlp.config.time_format import time_format_problems

CALENDAR_FEATURES = ("year", "week", "day")
"""Of the calendar, that ``model.calendar`` may name."""

READ_ALIKE = (
    *("time_column", "time_format", "missing", "missing_values", "gaps", "non_monotonic", "max_repaired"),
    *("delimiter", "decimal", "thousands"),
)
"""Settings of the data that a model reads series by, as it did in training."""


@dataclass
class SeriesDataConfig(SplitsConfig):
    """A CSV or parquet file, a row for each time; of several series, a row for each time of each series.

    The first row of CSV names the columns, unless every field of it is a number.
    """

    train: str = setting("", "training file: CSV (gzip or plain) or parquet")
    dev: str = setting("", "development file; or a part of the training file, such as 10%: its end, but before test's")
    test: str = setting("", "test file; or a part of the training file, such as 20%: its end")
    series_column: str = setting(
        "",
        "column that names the series of each row, or several, as in 'store + item', where a file holds several series "
        "of the same columns; each is cut into parts, and scaled, for itself; empty: the file is one series",
    )
    limit: int = setting(0, "use only the first N rows of each file, or of each series in it; 0: all", low=0)
    time_column: str = setting(
        "",
        "column of the time stamps, or several, as in 'Date + Time', joined by spaces; empty: the only one of dates "
        "(not: numbers) and what belongs to it, if value_columns is empty, too; else rows follow each other evenly",
    )
    time_format: str = setting(
        "",
        "of time stamps, as strptime has it, `number`, or `unix` or `unix_ms` (since 1970); empty: ISO 8601 (also "
        "1949-01, 194901, 1949-W07, 1949-Q1), numbers, or the only format that reads the first rows of train",
    )
    value_columns: str = setting("", "columns of the numbers, as [A, B]; empty: all but the time stamps", several=True)
    missing: Literal["last", "error"] = setting(
        "last",
        "values that are missing (empty, NA, NaN, infinite): the last known one stands in, or stop",
    )
    missing_values: str = setting(
        "", "numbers and texts that mark missing values, as `-999, -`, beside empty fields, NA, NaN, null and None"
    )
    gaps: Literal["fill", "ignore", "error"] = setting(
        "fill",
        "where rows are missing between two time stamps: fill them in as missing values, ignore it, or stop",
        only="time_column",
    )
    non_monotonic: Literal["drop", "error"] = setting(
        "drop",
        "rows whose time stamp is not after those before: leave them out, or stop",
        only="time_column",
    )
    max_repaired: float = setting(
        0.05,
        "stop if a larger part of a file's rows (and more than 10) is left out as going back or filled in",
        low=0,
        high=1,
    )

    delimiter: str = setting(
        ",", "CSV: character between fields; tab: a tab; where train's first line has no comma, its `;`, tab or `|`"
    )
    decimal: Literal[".", ","] = setting(".", "what stands before decimals")
    thousands: Literal["", ",", ".", " ", "'"] = setting(
        "", "what stands between thousands (' ': any space); empty: nothing"
    )

    @property
    def fixed(self) -> bool:
        """Whether these are the settings of a trained model alone, which nobody can change: they name no file."""
        return not self.train

    @property
    def judges_odd_values(self) -> bool:
        """Whether a value far from the others is for the model, or for labels, to judge."""
        return False

    @property
    def columns(self) -> tuple[str, ...]:
        """The names in ``value_columns``."""
        return names_in(self.value_columns)

    def calendar_problems(self, calendar_features: tuple[str, ...]) -> list[str]:
        """What to say of a model's calendar features that are not known, or that rows without a time cannot have."""
        problems = []
        if unknown := [name for name in calendar_features if name not in CALENDAR_FEATURES]:
            problems.append(f"model.calendar: expected some of {', '.join(CALENDAR_FEATURES)}, found '{unknown[0]}'")
        if calendar_features and not self.time_column:
            problems.append("model.calendar: only with data.time_column, which is missing")
        return problems

    def problems(self) -> list[str]:
        """Settings that are fine alone and make no sense together."""
        problems = []
        if self.train.endswith("%"):
            problems.append(f"data.train: expected a file, found '{self.train}'; data.dev and data.test may be parts")
        if self.share < 1:
            problems.append("data.share: a series is no set of examples; train on later rows only by cutting the file")
        parts = {split: part_of(getattr(self, split)) for split in ("dev", "test")}
        for split, part in parts.items():
            if getattr(self, split).endswith("%") and not 0 < (part or 0) < 1:
                actual = getattr(self, split)
                problems.append(f"data.{split}: expected a part of more than 0% and less than 100%, found '{actual}'")
        if sum(part or 0 for part in parts.values()) >= 1:
            problems.append(f"data.dev, data.test: {self.dev} and {self.test} leave nothing to train on")
        if ";" in self.missing_values:
            actual = f"found '{self.missing_values}'"
            problems.append(f"data.missing_values: expected numbers or texts with commas between them, {actual}")
        if self.time_format and not self.time_column:
            problems.append("data.time_format: only with data.time_column, which is missing")
        problems += time_format_problems(self.time_format)
        if len(delimiter_of(self.delimiter)) != 1 or self.delimiter == self.decimal:
            actual = f"found data.delimiter='{self.delimiter}', data.decimal='{self.decimal}'"
            problems.append(f"data.delimiter: expected one character other than data.decimal, {actual}")
        if self.thousands == self.decimal:
            problems.append(
                f"data.thousands: expected another mark than data.decimal, found '{self.thousands}' for both"
            )
        if both := [name for name in columns_of(self.time_column) if name in self.columns]:
            problems.append(f"data.value_columns: '{both[0]}' is in data.time_column")
        return problems + self._series_column_problems()

    def _series_column_problems(self) -> list[str]:
        problems, columns = [], columns_of(self.series_column)
        for column in columns:
            if column in columns_of(self.time_column):
                problems.append(f"data.series_column: '{column}' is in data.time_column")
            if column in self.columns:
                problems.append(f"data.series_column: '{column}' is one of data.value_columns")
        if len(set(columns)) < len(columns):
            problems.append(f"data.series_column: expected each column once, found '{self.series_column}'")
        return problems


def columns_of(joined: str, names: Sequence[str] = ()) -> tuple[str, ...]:
    """The columns that a setting names: ``Date + Time`` are two, unless one of ``names`` is that."""
    parts = [joined] if joined in names else side_by_side(joined)
    return tuple(filter(None, parts))


def part_of(name: str) -> float | None:
    """The part that a split such as ``10%`` is; nothing for a file."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)%", name)
    return float(match[1]) / 100 if match else None
