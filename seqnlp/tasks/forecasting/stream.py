"""A series that is forecast while its rows come in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from seqnlp.data.series.rows import Row
from seqnlp.tasks.forecasting.ahead import forecast_from
from seqnlp.tasks.forecasting.answers import Forecast
from seqnlp.tasks.forecasting.session import ForecastSession
from seqnlp.tasks.series_stream import SeriesStream


class ForecastStream(SeriesStream):
    """A series under way, read row by row. What a row costs does not depend on how many there were.

    Attributes:
        findings: what was wrong with the rows so far, counted.
    """

    def __init__(self, reader: ForecastSession, horizon: int, level: float, source: object) -> None:
        loaded = reader.loaded
        super().__init__(loaded.data, loaded.facts.names, loaded.facts.step, source)
        self._reader, self._horizon, self._level, self._source = reader, horizon, level, source
        self._place = reader.beginning

    def add(self, values: Sequence[float | None], time: str | date = "") -> Forecast | None:
        """Read a row: one number a column, NaN or None where it is missing, and its time stamp, if the series has them.

        Returns:
            What comes next; nothing while there are too few rows, or if the row is left out, or so far ahead of the
            last one that the next rows must show whether its time stamp is right.

        Raises:
            WrongTypeError: a value is no number, or the time stamp no text and no date.
            DataError: another number of values, a time stamp that is none, or what the model's settings do not allow.
        """
        return self.read(self._row(values, time))

    def read(self, row: Row) -> Forecast | None:
        """As :meth:`add`, a row as it is read from a file."""
        reader, answer = self._reader, None
        for even in self._regular(row):
            moments = () if even.row.moment is None else (even.row.moment,)
            values, known = np.array([even.values]), np.array([even.known])  # (1, C) each
            self._place = reader.read(self._place, values, known, moments, self._source)
            answer = even.row
        if answer is None or self._place.rows < reader.fewest_rows:
            return None
        return forecast_from(reader, self._place, answer.written, self._horizon, self._level)
