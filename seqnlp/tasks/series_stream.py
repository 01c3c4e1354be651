"""What streams of all models of series share: rows are checked, counted, and put at the usual step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.limits import FirstSteps
from seqnlp.data.series.repair import Findings, Regularizer, RegularRow
from seqnlp.data.series.rows import Row, read_stamp
from seqnlp.data.series.step import Step
from seqnlp.data.series.time import Stamps
from seqnlp.tasks import arguments


class SeriesStream:
    """A series under way, read row by row. What a row costs does not depend on how many there were.

    Args:
        data: how the model's series are read.
        names: of the columns.
        step: the usual time between rows; nothing: gaps are not looked for.
        source: what messages call the series.
    """

    def __init__(self, data: SeriesDataConfig, names: tuple[str, ...], step: Step | None, source: object) -> None:
        self._data, self._names = data, names
        self._regularizer = Regularizer(data, names, step, source)
        self._stamps = Stamps(data.time_format, source, data.fixed)
        self._first_steps = FirstSteps(step, source)
        self._added = 0

    @property
    def findings(self) -> Findings:
        """What was wrong with the rows so far, counted."""
        return self._regularizer.findings

    def end(self) -> None:
        """There are no more rows: one whose time stamp lies far ahead, and which waited for the next, is left out."""
        self._regularizer.end()

    def _row(self, values: Sequence[float | None], time: str | date) -> Row:
        """The next row: one number a column, NaN or None where it is missing, and its time stamp.

        Raises:
            WrongTypeError: a value is no number, or the time stamp no text and no date.
            DataError: another number of values, or a time stamp that is none.
        """
        self._added += 1
        numbers = arguments.row(values, self._names)
        if not self._data.time_column:
            return Row(self._added, None, "", numbers)
        written = arguments.time_stamp(time, self._data.time_format)
        return Row(self._added, read_stamp(self._stamps, written, self._data, self._added), written, numbers)

    def _regular(self, row: Row) -> Iterator[RegularRow]:
        """The row, after those that are missing before it; none if it is left out, or waits for those that follow.

        Raises:
            DataError: what the model's settings do not allow.
        """
        self._first_steps.see(row)
        return self._regularizer.add(row)
