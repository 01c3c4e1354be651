"""Rows at a regular step: gaps filled, missing values stood in for, rows that go back left out. All of it counted.

What is filled in comes from the row and those before it, never from later ones. So a file that is read at once and a
stream that is read row by row give the same, and no later value can change an earlier one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.missing import missing_numbers
from seqnlp.data.series.rows import Row
from seqnlp.data.series.step import Step
from seqnlp.data.series.time import is_later
from seqnlp.errors import DataError

MAX_GAP = 100_000
"""Rows that are filled in for one gap; more must be a wrong time stamp."""

LEFT_OUT = "rows left out whose time stamp goes back or stays"
FILLED = "missing rows filled in"
AHEAD = "rows left out whose time stamp lies far ahead of the rows after it"
AT_THE_END = "rows left out at the end, whose time stamp lies far ahead of those before"

FAR = 50
"""Missing rows after which a time stamp may be a wrong one. What follows decides: a single wrong year would have rows
invented up to it, and all true rows after it left out."""

_CONFIRMED = 3
"""Rows in order, the far one first, that make a gap a gap."""

_OFF = 0.01
"""Steps by which a time stamp may be off before it counts as irregular."""


@dataclass(frozen=True, slots=True)
class RegularRow:
    """A row of a series with even steps.

    Attributes:
        row: as it was read; of one that was filled in, line 0 and its time stamp.
        values: (C,) finite numbers, the last known ones where a value is missing.
        known: (C,) False where a value is missing.
    """

    row: Row
    values: tuple[float, ...]
    known: tuple[bool, ...]


@dataclass
class Findings:
    """What was found wrong with a series: how often, and on which line first."""

    counts: dict[str, int] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)

    def add(self, kind: str, line: int, count: int = 1) -> None:
        """Count something."""
        self.counts[kind] = self.counts.get(kind, 0) + count
        self.lines.setdefault(kind, line)

    def news(self) -> list[str]:
        """What was found of time stamps for the first time, since this was asked last."""
        new = [kind for kind in (LEFT_OUT, AHEAD, FILLED) if kind in self.counts and kind not in self._told]
        self._told.update(new)
        return [_said(kind, self.counts[kind], self.lines[kind]) for kind in new]

    def __str__(self) -> str:
        return "; ".join(_said(kind, count, self.lines[kind]) for kind, count in self.counts.items())


def _said(kind: str, count: int, line: int) -> str:
    """How often something was found, and where: ``1 row left out ...``, ``2 rows left out ...``."""
    noun = re.sub(r"\b(row|value|gap|stamp)s\b", r"\1", kind, count=1) if count == 1 else kind
    return f"{count:,} {noun} (first on line {line})"


class Regularizer:
    """Makes rows even as they come.

    Args:
        config: what to do about missing values, gaps and time stamps that go back.
        names: of the columns.
        step: the usual time between rows; nothing: gaps are not looked for.
        source: the file's name in messages.
    """

    def __init__(self, config: SeriesDataConfig, names: tuple[str, ...], step: Step | None, source: object) -> None:
        self.config, self.names, self.step, self.source = config, names, step, source
        self.findings = Findings()
        self._marks = missing_numbers(config)
        self._last: Row | None = None
        self._waiting: list[Row] = []  # far ahead, until it is seen what follows
        self._values = (math.nan,) * len(names)

    def add(self, row: Row) -> Iterator[RegularRow]:
        """The row, after those that are missing before it; none if it is left out, or waits for those that follow.

        Raises:
            DataError: something that the configuration does not allow, or a gap that cannot be one; with the line.
        """
        last = self._last
        if self.step is not None and self.step.of_calendar and isinstance(row.moment, float):
            problem = f"expected dates as time stamps, as in the training data, found the number {row.written}"
            raise DataError(problem, self.source, row.line)
        if last is not None and not _is_after(row, last):
            problem = f"the time stamp {row.written} is not after {last.written}"
            self._refuse(self.config.non_monotonic, "non_monotonic", problem, row)
            self.findings.add(LEFT_OUT, row.line)
            return
        if self._waiting and not _is_after(row, self._waiting[-1]):
            problem = f"the time stamp {row.written} is not after {self._waiting[-1].written}"
            self._refuse(self.config.non_monotonic, "non_monotonic", problem, row)
            self._leave_out_waiting(AHEAD)
        if self._waiting or (last is not None and self._is_far(last, row)):
            self._waiting.append(row)
            if len(self._waiting) < _CONFIRMED:
                return
        confirmed, self._waiting = self._waiting or [row], []
        for one in confirmed:
            if self._last is not None:
                yield from self._fill(self._last, one)
            self._last = one
            yield from self._even(one)

    def end(self) -> None:
        """There are no more rows: what waits is left out."""
        self._leave_out_waiting(AT_THE_END)

    def _is_far(self, last: Row, row: Row) -> bool:
        if self.config.gaps == "error" or self.step is None or last.moment is None or row.moment is None:
            return False
        return self.step.count(last.moment, row.moment) > FAR + 1

    def _leave_out_waiting(self, kind: str) -> None:
        if self._waiting:
            self.findings.add(kind, self._waiting[0].line, len(self._waiting))
            self._waiting = []

    def _fill(self, last: Row, row: Row) -> Iterator[RegularRow]:
        """The rows that are missing between two."""
        if self.step is None or last.moment is None or row.moment is None:
            return
        steps = self.step.count(last.moment, row.moment)
        lacking = max(round(steps), 1) - 1
        if abs(steps - lacking - 1) > _OFF:
            self.findings.add("time stamps at irregular distances, taken as even", row.line)
        if not lacking:
            return
        problem = f"{lacking:,} row{'s are' if lacking > 1 else ' is'} missing between {last.written} and {row.written}"
        self._refuse(self.config.gaps, "gaps", problem, row)
        if self.config.gaps == "ignore":
            self.findings.add("gaps ignored", row.line)
            return
        if lacking > MAX_GAP:
            advice = "mend the time stamp" if self.config.fixed else "mend the time stamp, or set data.gaps=ignore"
            raise DataError(f"{problem}; {advice}", self.source, row.line)
        self.findings.add(FILLED, row.line, lacking)
        for number in range(1, lacking + 1):
            moment = self.step.after(last.moment, number)
            yield from self._even(Row(0, moment, last.written, (math.nan,) * len(self.names)))

    def _even(self, row: Row) -> Iterator[RegularRow]:
        """The row with the last known values in place of those that are missing."""
        marks = self._marks
        known = tuple(math.isfinite(value) and value not in marks for value in row.values)
        for name, value, good in zip(self.names, row.values, known, strict=True):
            if not good and row.line:
                kind = "infinite" if math.isinf(value) else "missing"
                self._refuse(self.config.missing, "missing", f"column '{name}': the value is {kind}", row)
                self.findings.add(f"{kind} values of '{name}', replaced by the last known one", row.line)
        pairs = zip(row.values, self._values, known, strict=True)
        self._values = tuple(value if good else before for value, before, good in pairs)
        if all(map(math.isfinite, self._values)):
            yield RegularRow(row, self._values, known)
        else:
            self.findings.add("rows left out before every column has its first value", row.line)

    def _refuse(self, choice: str, key: str, problem: str, row: Row) -> None:
        if choice == "error":
            advice = "mend it" if self.config.fixed else f"mend it, or set data.{key} to another choice than error"
            raise DataError(f"{problem}; {advice}", self.source, row.line)


def _is_after(row: Row, last: Row) -> bool:
    if row.moment is None or last.moment is None:
        return True
    return is_later(row.moment, last.moment)
