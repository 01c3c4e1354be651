"""How events and rows of ``seqnlp detect`` look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from seqnlp.json_text import json_line
from seqnlp.text.csv_rows import csv_line

if TYPE_CHECKING:
    from seqnlp.api import Event, ScoredRow

EVENT_NAMES = ("start", "end", "peak", "score", "flagged")


def event_heading(output: str, several: bool = False) -> str:
    """The first line of events; of several series each line begins with the name of its series."""
    return csv_line([*["series"] * several, *EVENT_NAMES]) if output == "csv" else ""


def event_line(event: Event, output: str, series: str = "") -> str:
    """An event: where it starts and ends, its highest score and where, and its flagged rows."""
    fields = _named(series) | event.to_dict()
    return csv_line(fields.values()) if output == "csv" else json_line(fields)


def row_heading(columns: Sequence[str], output: str, several: bool = False) -> str:
    """The first line of rows."""
    names = [*["series"] * several, "row", "time", *columns, "score", "p_value", "flagged"]
    return csv_line(names) if output == "csv" else ""


def row_line(row: ScoredRow, columns: Sequence[str], output: str, series: str = "") -> str:
    """A row: its values, its score, how rarely a normal row scores as high, and whether it is flagged."""
    fields = row.to_dict(columns)
    if output == "csv":
        answers = [fields["score"], fields["p_value"], int(row.flagged)]
        return csv_line([*_named(series).values(), row.row, row.time, *row.values, *answers])
    return json_line(_named(series) | fields)


def _named(series: str) -> dict[str, Any]:
    return {"series": series} if series else {}
