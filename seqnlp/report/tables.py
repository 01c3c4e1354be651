"""Tables that the terminal and the HTML page share. Scores are shown in percent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seqnlp.metrics.calibration import Calibration
from seqnlp.metrics.scores import Scores


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, the names of the columns (a ``>`` before a name: numbers, aligned right) and the rows."""

    heading: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    @property
    def names(self) -> list[str]:
        """The columns' names as shown."""
        return [column.removeprefix(">") for column in self.columns]

    @property
    def numeric(self) -> list[bool]:
        """Which columns hold numbers."""
        return [column.startswith(">") for column in self.columns]


def percent(value: float) -> str:
    """``12.34`` for 0.1234."""
    return f"{100 * value:.2f}"


def percent_of(value: float, support: int) -> str:
    """The score in percent; ``-`` without gold items, where it is not defined."""
    return percent(value) if support else "-"


def score_table(heading: str, scores: Mapping[str, Scores]) -> Table:
    """Precision, recall and F1 of each name; without gold items there is no recall and no F1."""
    rows = [
        (name, percent(s.precision), percent_of(s.recall, s.support), percent_of(s.f1, s.support), f"{s.support:,}")
        for name, s in scores.items()
    ]
    return Table(heading, ("", ">precision", ">recall", ">F1", ">gold"), rows)


def calibration_table(calibration: Calibration) -> Table:
    """Before and after the temperature."""
    measured = {"1": calibration.before, f"{calibration.temperature:.3f}": calibration.after}
    rows = [
        (temperature, f"{each.error:.4f}", f"{each.floor:.4f}", f"{each.brier:.4f}")
        for temperature, each in measured.items()
    ]
    heads = (">temperature", ">expected calibration error", ">by chance", ">Brier score")
    return Table("Calibration", heads, rows)


def coverage_table(calibration: Calibration) -> Table:
    """How many predictions are left at the precisions wanted."""
    rows = [
        (percent(c.target), percent(c.coverage), "not reached" if c.threshold is None else f"{c.threshold:.4f}")
        for c in calibration.coverage
    ]
    return Table("What can be kept", (">precision wanted", ">predictions kept", ">smallest probability"), rows)
