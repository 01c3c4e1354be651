"""How events and rows of ``seqnlp detect`` look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from seqnlp.json_text import json_line
from seqnlp.row_fields import beside, free_names
from seqnlp.text.csv_rows import csv_line

if TYPE_CHECKING:
    from seqnlp.api import Event, ScoredRow

EVENT_NAMES = ("start", "end", "peak", "score", "flagged")


def event_heading(output: str, named: Sequence[str] = ()) -> str:
    """The first line of events; ``named`` are the columns that name a series, of several.

    A column of the answer that is called as one of these begins with ``predicted_``.
    """
    return csv_line([*named, *free_names(named, EVENT_NAMES)]) if output == "csv" else ""


def event_line(event: Event, output: str, named: Mapping[str, str]) -> str:
    """An event: what names its series, where it starts and ends, its highest score and where, and its flagged rows."""
    fields = event.to_dict()
    return csv_line([*named.values(), *fields.values()]) if output == "csv" else json_line(beside(named, fields))


def row_heading(columns: Sequence[str], output: str, named: Sequence[str] = ()) -> str:
    """The first line of rows; see :func:`event_heading`."""
    names = ["row", "time", *columns, "score", "p_value", "flagged"]
    return csv_line([*named, *free_names(named, names)]) if output == "csv" else ""


def row_line(row: ScoredRow, columns: Sequence[str], output: str, named: Mapping[str, str]) -> str:
    """A row: its series, its values, its score, how rarely a normal row scores as high, and whether it is flagged."""
    fields = row.to_dict(columns)
    if output == "csv":
        answers = [fields["score"], fields["p_value"], int(row.flagged)]
        return csv_line([*named.values(), row.row, row.time, *row.values, *answers])
    return json_line(beside(named, fields))
