"""The result of evaluating an anomaly detector: plain data, text for a terminal, and a page."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from seqnlp.metrics.alarms import Alarms
from seqnlp.metrics.html import page, table_section
from seqnlp.metrics.tables import Table, percent
from seqnlp.metrics.terminal import format_sections


@dataclass(frozen=True, slots=True)
class LabelledWindow:
    """A labelled window and what the detector did in it at its threshold.

    Attributes:
        begin, end: its first and last row in the split, as time stamps.
        rows, flagged: its rows, and those flagged.
        first: time stamp of the first flagged row; empty: none.
        score: the highest score in it.
    """

    begin: str
    end: str
    rows: int
    flagged: int
    first: str
    score: float


@dataclass(frozen=True, slots=True)
class AnomalyReport:
    """Everything an evaluation found out.

    Attributes:
        title: what was evaluated, say a recipe's name.
        split: on which split.
        rows: scored rows.
        unscored: rows before the first whole window.
        rate: of false alarms that was asked for.
        budget: part of the rows that each detector flags in ``at_budget``.
        threshold: score above which the model flags a row.
        at_rate: the model and the baselines, their thresholds set on the same held-back rows.
        at_budget: the same detectors, each flagging its highest scores.
        chance: windows that as many rows drawn at random would hit.
        windows: the labelled windows.
        seconds: the time that scoring took.
    """

    title: str
    split: str
    rows: int
    unscored: int
    rate: float
    budget: float
    threshold: float
    at_rate: list[Alarms]
    at_budget: list[Alarms]
    chance: float
    windows: list[LabelledWindow]
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
    def named_scores(self) -> dict[str, float]:
        """The scores by name, of the windows found within the budget, and the rate of false alarms."""
        return {"recall": self.at_budget[0].recall, "false_rate": self.at_rate[0].false_rate}

    def to_dict(self) -> dict[str, Any]:
        """The report as dictionaries, lists and numbers, ready for JSON."""
        facts = {"measure": "windows found", "score": self.score, "signature": self.signature, **asdict(self)}
        for name in ("at_rate", "at_budget"):
            facts[name] = [{**asdict(each), "false_rate": each.false_rate} for each in getattr(self, name)]
        return facts


def format_anomaly_report(report: AnomalyReport) -> str:
    """The report for a terminal: aligned columns, no colours, one line feed at the end."""
    return format_sections(f"{report.title} on {report.split}: {_size(report)}", _headline(report), _tables(report))


def anomaly_report_html(report: AnomalyReport, origin: str = "") -> str:
    """The report as one page that needs nothing else, and its origin. Every text that comes from data is escaped."""
    sections = [table_section(table) for table in _tables(report)]
    return page(f"{report.title} on {report.split}", _size(report), _headline(report), sections, origin)


def _size(report: AnomalyReport) -> str:
    unscored = f" ({report.unscored:,} more before the first whole window)" if report.unscored else ""
    return f"{report.rows:,} rows{unscored}, {len(report.windows)} labelled windows"


def _headline(report: AnomalyReport) -> list[tuple[str, str]]:
    """What stands at the top: names and values, the score first."""
    model, budgeted = report.at_rate[0], report.at_budget[0]
    found = f"{len(budgeted.found)} of {budgeted.windows}, {budgeted.false_alarms:,} false alarms"
    by_chance = f"random rows would find {report.chance:.1f}"
    return [
        (f"windows found, {report.budget:g} of the rows flagged", f"{found}  ({by_chance})" if report.windows else "-"),
        ("false alarms asked for", f"{report.rate:g} of normal rows"),
        ("false alarms achieved", f"{model.false_rate:.4f}  ({model.false_alarms:,} of {model.outside:,} rows)"),
        ("threshold", f"{report.threshold:.2f} times the baseline error"),
        ("computed by", report.signature),
        ("speed", f"{report.rows / report.seconds:,.0f} rows/s"),
    ]


def _tables(report: AnomalyReport) -> list[Table]:
    """The model above its baselines, twice; then the windows."""
    tables = [
        _alarm_table(f"Thresholds for {report.rate:g} false alarms, set on held-back rows", report.at_rate),
        _alarm_table(f"The highest scores, {report.budget:g} of the rows", report.at_budget),
        Table(
            "Labelled windows, at the threshold",
            ("begin", "end", ">rows", ">flagged", "first flagged", ">highest score"),
            [
                (w.begin, w.end, f"{w.rows:,}", f"{w.flagged:,}", w.first or "-", f"{w.score:.1f}")
                for w in report.windows
            ],
        ),
    ]
    return [table for table in tables if table.rows]


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
