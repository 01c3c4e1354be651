"""The result of evaluating an anomaly detector: what was measured, and how it is laid out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from seqnlp.errors import counted
from seqnlp.metrics.alarms import Alarms
from seqnlp.report.chart import Chart, Line
from seqnlp.report.drawings import Drawing, line_chart
from seqnlp.report.report import Report
from seqnlp.report.tables import Table, percent


@dataclass(frozen=True, slots=True)
class LabelledWindow:
    """A labelled window and what the detector did in it at its threshold.

    Attributes:
        begin, end: its first and last row in the split, as time stamps.
        first_row, last_row: the same rows, counted from 1 among the scored ones.
        rows, flagged: its rows, and those flagged.
        first: time stamp of the first flagged row; empty: none.
        score: the highest score in it.
        series: that it is in; empty where there is one without a name.
    """

    begin: str
    end: str
    rows: int
    flagged: int
    first: str
    score: float
    first_row: int
    last_row: int
    series: str = ""


@dataclass(frozen=True, slots=True)
class AnomalyDetectionReport(Report):
    """Everything an evaluation found out.

    Attributes:
        rows: scored rows.
        unscored: rows before the first whole window.
        rate: of false alarms that was asked for.
        budget: part of the rows that each detector flags in ``at_budget``.
        threshold: score above which the model flags a row; of several series, those without enough rows of their own.
        at_rate: the model and the baselines, their thresholds set on the same held-back rows.
        at_budget: the same detectors, each flagging its highest scores.
        chance: windows that as many rows drawn at random would hit.
        windows: the labelled windows.
        highest: the row of the highest score in each of equally long stretches of scored rows, and that score.
        seconds: the time that scoring took.
    """

    rows: int
    unscored: int
    rate: float
    budget: float
    threshold: float
    at_rate: list[Alarms]
    at_budget: list[Alarms]
    chance: float
    windows: list[LabelledWindow]
    highest: list[tuple[int, float]]
    seconds: float

    @property
    def score(self) -> float:
        """The one number: the part of the labelled windows that is found within the budget."""
        return self.at_budget[0].recall

    @property
    def signature(self) -> str:
        """How the score was made."""
        return f"labelled windows|budget:{self.budget:g}|point adjustment:no"

    @property
    def measure(self) -> str:
        """What :attr:`score` is called."""
        return "windows found"

    @property
    def named_scores(self) -> dict[str, float]:
        """The scores by name, of the windows found within the budget, and the rate of false alarms."""
        return {"recall": self.at_budget[0].recall, "false_rate": self.at_rate[0].false_rate}

    @property
    def size(self) -> str:
        """How large the split is, in words."""
        unscored = f" ({self.unscored:,} more before the first whole window)" if self.unscored else ""
        return f"{counted(self.rows, 'row')}{unscored}, {counted(len(self.windows), 'labelled window')}"

    @property
    def headline(self) -> list[tuple[str, str]]:
        """What stands at the top: names and values, the score first."""
        model, budgeted = self.at_rate[0], self.at_budget[0]
        counts = f"{len(budgeted.found)} of {budgeted.windows}, {counted(budgeted.false_alarms, 'false alarm')}"
        by_chance = f"random rows would find {self.chance:.1f}"
        return [
            (
                f"windows found, {self.budget:g} of the rows flagged",
                f"{counts}  ({by_chance})" if self.windows else "-",
            ),
            ("false alarms asked for", f"{self.rate:g} of normal rows"),
            ("false alarms achieved", f"{model.false_rate:.4f}  ({model.false_alarms:,} of {model.outside:,} rows)"),
            ("threshold", f"{self.threshold:.2f} times the baseline error"),
            ("computed by", self.signature),
            ("speed", f"{self.rows / self.seconds:,.0f} rows/s"),
        ]

    @property
    def sections(self) -> list[Table | Drawing]:
        """The scores along the split; the model above its baselines, twice; then the windows."""
        return [
            self._scores_along_the_split(),
            _alarm_table(f"Thresholds for {self.rate:g} false alarms, set on held-back rows", self.at_rate),
            _alarm_table(f"The highest scores, {self.budget:g} of the rows", self.at_budget),
            self._window_table(),
        ]

    def _window_table(self) -> Table:
        series = any(w.series for w in self.windows)
        columns = ("begin", "end", ">rows", ">flagged", "first flagged", ">highest score")
        rows = [
            (
                *[w.series] * series,
                *(w.begin, w.end, f"{w.rows:,}", f"{w.flagged:,}", w.first or "-", f"{w.score:.1f}"),
            )
            for w in self.windows
        ]
        return Table("Labelled windows, at the threshold", (*["series"] * series, *columns), rows)

    def _scores_along_the_split(self) -> Drawing:
        length = self.rows / max(len(self.highest), 1)
        scores = Line("highest score", self.highest)
        threshold = Line("threshold", [(0, self.threshold), (self.rows, self.threshold)])
        windows = [(each.first_row, each.last_row) for each in self.windows]
        chart = Chart(
            "Scores along the split", "scored rows", "score", [scores, threshold], True, windows, "labelled window"
        )
        return line_chart(
            chart, f"The highest score of every {length:,.0f} rows; rows above the threshold raise an alarm."
        )

    def summary(self) -> dict[str, Any]:
        """The signature, and the rate of false alarms of each detector."""
        detectors = {"at_rate": self.at_rate, "at_budget": self.at_budget}
        rates = {name: [{**asdict(each), "false_rate": each.false_rate} for each in d] for name, d in detectors.items()}
        return {"signature": self.signature, **rates}


def _alarm_table(heading: str, alarms: list[Alarms]) -> Table:
    columns = ("detector", ">windows found", ">% flagged", ">false alarms per 1,000", ">false events")
    rows = [
        (
            each.name,
            f"{len(each.found)} of {each.windows}",
            percent(each.flagged / each.rows if each.rows else 0.0),
            f"{1000 * each.false_rate:.2f}",
            f"{each.false_events:,}",
        )
        for each in alarms
    ]
    return Table(heading, columns, rows)
