"""A file that would have to be repaired too much: what it looks like, and where."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.repair import AHEAD, AT_THE_END, FILLED, LEFT_OUT, Findings
from seqnlp.data.series.rows import Row
from seqnlp.data.series.step import Step, within
from seqnlp.data.series.time import is_later
from seqnlp.errors import DataError

_LOST = (LEFT_OUT, AHEAD, AT_THE_END)

A_FEW = 10
"""Rows that are repaired in any file, however short."""


class FirstSteps:
    """Sees whether the first rows of a stream are as far apart as those of the training data.

    Args:
        step: of the training data, if it has time stamps.
        source: the stream's name in messages.
    """

    def __init__(self, step: Step | None, source: object) -> None:
        self.step, self.source = step, source
        self._last: Row | None = None
        self._unlike = 0

    def see(self, row: Row) -> None:
        """The next row.

        Raises:
            DataError: none of the first steps is alike.
        """
        last, self._last = self._last, row
        if self.step is None or last is None or last.moment is None or row.moment is None:
            return
        if within(self.step.count(last.moment, row.moment)):
            self.step = None  # it has been seen
            return
        self._unlike += 1
        if self._unlike == A_FEW:
            expected = f"expected rows with a step of {self.step.words(row.moment)}, as in the training data"
            actual = f"the last ones are those of {last.written} and {row.written}"
            raise DataError(
                f"{expected}; no two of the first {A_FEW + 1} rows have it, {actual}", self.source, row.line
            )


def refuse_newest_first(rows: Sequence[Row], source: object) -> None:
    """Stop at a file that goes back in time.

    Raises:
        DataError: more rows come before the one above than after it.
    """
    moments = [row.moment for row in rows if row.moment is not None]
    back = sum(is_later(earlier, later) for earlier, later in itertools.pairwise(moments))
    on = sum(is_later(later, earlier) for earlier, later in itertools.pairwise(moments))
    if back > on:
        problem = f"the rows stand newest first, from {rows[0].written} down to {rows[-1].written}"
        raise DataError(f"{problem}; turn the file round, so that the oldest row comes first", source, rows[0].line)


def refuse_much_repair(rows: Sequence[Row], findings: Findings, config: SeriesDataConfig, source: object) -> None:
    """Stop at a file of which more is left out and filled in than ``data.max_repaired`` allows.

    Args:
        rows: of the file.
        findings: what was repaired of them.

    Raises:
        DataError: says what the file looks like; with the first line that was repaired.
    """
    left_out, filled = sum(findings.counts.get(kind, 0) for kind in _LOST), findings.counts.get(FILLED, 0)
    total = len(rows) + filled
    if left_out + filled <= max(A_FEW, config.max_repaired * total):
        return
    kinds = _LOST if left_out >= filled else (FILLED,)
    line = min(findings.lines[kind] for kind in kinds if kind in findings.lines)
    place = next(number for number, row in enumerate(rows) if row.line == line)
    looks = _back(rows, place, config) if line == findings.lines.get(LEFT_OUT) else _gap(rows, place, config)
    raise DataError(
        f"{left_out:,} of {len(rows):,} rows would be left out and {filled:,} filled in, more than "
        f"data.max_repaired={config.max_repaired:g} allows: {looks}",
        source,
        line,
    )


def _back(rows: Sequence[Row], place: int, config: SeriesDataConfig) -> str:
    """What a file looks like in which this row is the first that is not after those before."""
    row, before = rows[place], rows[place - 1]
    apart = "give each a column or a file of its own (one model reads all of a file: data.series_column)"
    if config.series_column:
        apart = f"name them by one more column: data.series_column='{config.series_column} + ITS_NAME'"
    if config.fixed:
        apart = "give the model one at a time"
    if row.moment == before.moment:
        twice = f"{row.written} stands on line {before.line} and again here"
        joins = "write both into one" if config.fixed else f"set data.time_column='{config.time_column} + ITS_NAME'"
        day = f"the time of day in another column? then {joins}"
        return f"{twice}; {day}; several series side by side? then {apart}"
    back = f"the time stamps go back from {before.written} to {row.written}"
    if any(row.moment == earlier.moment for earlier in rows[:place]):
        return f"{back}, which was there before; several series below each other? then {apart}"
    read = "" if config.fixed else ", or see whether data.time_format is right"
    return f"{back}; put the rows in the order of time{read}"


def _gap(rows: Sequence[Row], place: int, config: SeriesDataConfig) -> str:
    """What a file looks like in which rows are missing before this one."""
    missing = f"rows are missing between {rows[place - 1].written} and {rows[place].written}"
    if config.fixed:
        return f"{missing}; mend the time stamps, or give the rows before and after as files of their own"
    return f"{missing}; see whether data.time_format is right; if nothing belongs there, set data.gaps=ignore"
