"""What an evaluation found out, for people and for programs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from seqnlp.metrics.calibration import Calibration
from seqnlp.report.drawings import Drawing, reliability_diagram
from seqnlp.report.page import report_page
from seqnlp.report.tables import Table, calibration_table, coverage_table
from seqnlp.report.text import format_sections


@dataclass(frozen=True, slots=True)
class Report(ABC):
    """The result of an evaluation. Each task's is a dataclass of what was measured, and says how it is laid out.

    Attributes:
        title: what was evaluated, say a recipe's name.
        split: on which split.
        higher_is_better: whether a higher score is a better one.
    """

    title: str
    split: str
    higher_is_better = True

    @property
    @abstractmethod
    def measure(self) -> str:
        """What the score is called."""

    @property
    @abstractmethod
    def score(self) -> float | None:
        """The one number; nothing where it is not defined."""

    @property
    @abstractmethod
    def named_scores(self) -> dict[str, float]:
        """All scores by name."""

    @property
    @abstractmethod
    def size(self) -> str:
        """How large the split is, in words."""

    @property
    @abstractmethod
    def headline(self) -> list[tuple[str, str]]:
        """What stands at the top: names and values, the score first."""

    @property
    @abstractmethod
    def sections(self) -> Sequence[Table | Drawing]:
        """Tables and drawings in reading order; tables without rows are left out."""

    def summary(self) -> dict[str, Any]:
        """What :meth:`to_dict` holds beside the fields."""
        return {}

    def to_dict(self) -> dict[str, Any]:
        """The report as dictionaries, lists and numbers, ready for JSON."""
        headline = {"measure": self.measure, "score": self.score, "higher_is_better": self.higher_is_better}
        return {**headline, **asdict(self), **self.summary()}

    def to_text(self) -> str:
        """The report for a terminal: aligned columns, no colours, one line feed at the end."""
        tables = [section for section in self._shown if isinstance(section, Table)]
        return format_sections(f"{self.title} on {self.split}: {self.size}", self.headline, tables)

    def to_html(self, origin: str = "") -> str:
        """The report as one page that needs nothing else. Every text that comes from data is escaped.

        Args:
            origin: which run was evaluated on what, when and by what; it stands at the end.
        """
        return report_page(f"{self.title} on {self.split}", self.size, self.headline, self._shown, origin)

    @property
    def _shown(self) -> list[Table | Drawing]:
        return [section for section in self.sections if isinstance(section, Drawing) or section.rows]


def calibration_sections(calibration: Calibration) -> list[Table | Drawing]:
    """How far probabilities can be trusted."""
    return [calibration_table(calibration), coverage_table(calibration), reliability_diagram(calibration)]
