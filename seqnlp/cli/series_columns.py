"""The columns that name a series in what the verbs of forecasters and detectors write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqnlp.data.series.series_names import series_fields

if TYPE_CHECKING:
    from seqnlp.api import Detector, Forecaster


class SeriesColumns:
    """What stands before each answer of a model of several series; nothing of a model of one.

    Attributes:
        names: of the columns.
    """

    def __init__(self, model: Forecaster | Detector) -> None:
        self._series_column = model.loaded.data.series_column
        self.names = [column for name in model.series[:1] for column in self.fields(name)]

    def fields(self, name: str) -> dict[str, str]:
        """What the columns hold, from the name of a series."""
        return series_fields(self._series_column, name)
