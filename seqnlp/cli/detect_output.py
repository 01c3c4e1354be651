"""How events and rows of ``seqnlp detect`` look."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from seqnlp.json_text import json_line

if TYPE_CHECKING:
    from seqnlp.api import Event, ScoredRow

EVENT_NAMES = ("start", "end", "peak", "score", "flagged")


def event_heading(output: str) -> str:
    """The first line of events."""
    return _csv_line(EVENT_NAMES) if output == "csv" else ""


def event_line(event: Event, output: str) -> str:
    """An event: where it starts and ends, its highest score and where, and its flagged rows."""
    fields = event.to_dict()
    return _csv_line(fields.values()) if output == "csv" else json_line(fields)


def row_heading(columns: Sequence[str], output: str) -> str:
    """The first line of rows."""
    return _csv_line(["row", "time", *columns, "score", "p_value", "flagged"]) if output == "csv" else ""


def row_line(row: ScoredRow, columns: Sequence[str], output: str) -> str:
    """A row: its values, its score, how rarely a normal row scores as high, and whether it is flagged."""
    fields = row.to_dict(columns)
    if output == "csv":
        answers = [fields["score"], fields["p_value"], int(row.flagged)]
        return _csv_line([row.row, row.time, *row.values, *answers])
    return json_line(fields)


def _csv_line(fields: Any) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(fields)
    return line.getvalue()
