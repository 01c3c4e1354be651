"""What is written of a piece of a table of whole series. Can be sent to processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from seqnlp.json_text import json_line
from seqnlp.tables.answering import Written, csv_text
from seqnlp.tables.reading import TableRow
from seqnlp.tables.series import SeriesAnswers


@dataclass(frozen=True)
class JsonSeries:
    """Rows of JSON lines, to lines."""

    answers: SeriesAnswers

    def __call__(self, rows: list[TableRow]) -> Written:
        written, errors, notes = [], 0, list[tuple[str, str]]()
        for place, values in self.answers.answers(*_apart(rows), notes):
            row = rows[place].fields
            kept = {name: row[name] for name in self.answers.kept(list(row)) if name in row}
            written.append(json_line(kept | dict(zip(self.answers.names(list(kept)), values, strict=True))))
            errors += values[-1] is not None
        return Written("".join(written), len(written), errors, notes)


@dataclass(frozen=True)
class CsvSeries:
    """Rows of CSV, to lines.

    Attributes:
        columns: of the table.
    """

    answers: SeriesAnswers
    columns: Sequence[str]
    delimiter: str

    @property
    def heading(self) -> str:
        """The first line."""
        kept = self.answers.kept(self.columns)
        return csv_text([[*kept, *self.answers.names(kept)]], self.delimiter)

    def __call__(self, rows: list[TableRow]) -> Written:
        kept, written, errors = self.answers.kept(self.columns), [], 0
        notes: list[tuple[str, str]] = []
        for place, values in self.answers.answers(*_apart(rows), notes):
            shown = [int(value) if isinstance(value, bool) else value for value in values]
            written.append([*(rows[place].fields[name] for name in kept), *shown])
            errors += values[-1] is not None
        return Written(csv_text(written, self.delimiter), len(written), errors, notes)


@dataclass(frozen=True)
class ArrowSeries:
    """Record batches of arrow, to record batches of ``schema``."""

    answers: SeriesAnswers
    schema: Any

    def __call__(self, piece: Any) -> Written:
        import pyarrow

        notes: list[tuple[str, str]] = []
        answered = list(self.answers.answers(piece.to_pylist(), [""] * len(piece), notes))
        kept = piece.select(self.answers.kept(piece.schema.names)).take([place for place, _ in answered])
        kinds = self.schema.types[kept.num_columns :]
        columns = zip(*(values for _, values in answered), strict=True)
        arrays = [pyarrow.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
        batch = pyarrow.RecordBatch.from_arrays([*kept.columns, *arrays], schema=self.schema)
        return Written(batch, len(batch), sum(values[-1] is not None for _, values in answered), notes)


def arrow_series(answers: SeriesAnswers, schema: Any) -> ArrowSeries:
    """What answers tables of a schema."""
    import pyarrow

    types = {float: pyarrow.float64(), bool: pyarrow.bool_(), str: pyarrow.string(), int: pyarrow.int64()}
    kept = [schema.field(name) for name in answers.kept(schema.names)]
    kinds = zip(answers.names([field.name for field in kept]), answers.kinds.values(), strict=True)
    added = [pyarrow.field(name, types[kind]) for name, kind in kinds]
    return ArrowSeries(answers, pyarrow.schema([*kept, *added], schema.metadata if answers.keeps_rows else None))


def _apart(rows: Sequence[TableRow]) -> tuple[list[dict[str, Any]], list[str]]:
    """Fields and problems."""
    return [row.fields for row in rows], [row.problem for row in rows]
