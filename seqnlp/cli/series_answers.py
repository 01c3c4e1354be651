"""Answers for several series: what names each, and what is said of series without one."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from typing import TYPE_CHECKING

from seqnlp.cli.output import say
from seqnlp.data.series.series_names import series_fields
from seqnlp.errors import DataError, SeqnlpError

if TYPE_CHECKING:
    from seqnlp.api import Detector, Forecaster


class SeriesFields:
    """What names the series before each answer of a model of several; nothing of a model of one.

    Attributes:
        names: of the columns.
    """

    def __init__(self, model: Forecaster | Detector) -> None:
        self._series_column = model.loaded.data.series_column
        self._known: dict[str, dict[str, str]] = {}
        self.names = [column for name in model.series[:1] for column in self.of(name)]

    def of(self, name: str) -> dict[str, str]:
        """What the columns hold, from the name of a series."""
        if name not in self._known:
            self._known[name] = series_fields(self._series_column, name)
        return self._known[name]


def check_answered(
    answers: Sized, problems: Mapping[str, DataError], source: object, *, without: str, answered: str, plot: object
) -> None:
    """Say which series of a file have no answer.

    Args:
        problems: why, by the name of the series.
        without, answered: what is said of these, and what a series should be, as ``not judged`` and ``judged``.
        plot: whether the answers are to be drawn.

    Raises:
        DataError: the only series has none.
        SeqnlpError: none of several has one, or there are several to draw.
    """
    if len(problems) == 1 and not answers:
        raise next(iter(problems.values()))
    for problem in problems.values():
        say(f"{without}: {problem}")
    if not answers:
        raise SeqnlpError(f"{source}: none of its {len(problems):,} series can be {answered}")
    if plot and len(answers) > 1:
        raise SeqnlpError(f"--plot draws one series, found {len(answers):,} in {source}; leave it out")
