"""What is written of a piece of a table: its rows with a model's answers beside them. Can be sent to processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from seqnlp.api import Classifier, LanguageModel, Tagger
from seqnlp.api.arrow_columns import arrow_kinds
from seqnlp.api.mapping import BatchAnswers
from seqnlp.errors import listed
from seqnlp.json_text import json_line, json_text
from seqnlp.row_fields import beside, free_names
from seqnlp.tables.reading import TableRow
from seqnlp.text.csv_rows import csv_line
from seqnlp.text.written_lists import written_words


@dataclass(frozen=True, slots=True)
class Written:
    """A piece of the output, its rows, and how many of them have no answer.

    Attributes:
        notes: what was done about its series: what messages call one, and the note.
    """

    content: Any
    rows: int
    errors: int
    notes: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class JsonAnswers:
    """Rows of JSON lines, to lines."""

    answers: BatchAnswers
    column: str

    def __call__(self, rows: list[TableRow]) -> Written:
        columns = _answered(self.answers, self.column, rows)
        lines = [json_line(beside(row.fields, answer)) for row, answer in zip(rows, _by_row(columns), strict=True)]
        return Written("".join(lines), len(rows), _errors(columns))


@dataclass(frozen=True)
class CsvAnswers:
    """Rows of CSV, to lines; an answer of several parts is written as JSON. A tagger reads lists that are written so.

    Attributes:
        columns: of the table.
    """

    answers: BatchAnswers
    column: str
    columns: list[str]
    delimiter: str

    @property
    def heading(self) -> str:
        """The first line."""
        return csv_text([[*self.columns, *free_names(self.columns, self.answers.answers([]))]], self.delimiter)

    def __call__(self, rows: list[TableRow]) -> Written:
        read = rows
        if isinstance(self.answers.model, Tagger):
            read = list(map(self._with_words, rows))
        elif isinstance(self.answers.model, Classifier | LanguageModel):  # they would answer with what is usual
            read = list(map(self._without_blank, rows))
        columns = _answered(self.answers, self.column, read)
        nothing = [None] * len(rows)  # as the words of lists have: they are in the table
        columns = {name: columns.get(name, nothing) for name in self.answers.answers([])}
        cells = [
            [*row.fields.values(), *map(_cell, answer.values())]
            for row, answer in zip(rows, _by_row(columns), strict=True)
        ]
        return Written(csv_text(cells, self.delimiter), len(rows), _errors(columns))

    def _with_words(self, row: TableRow) -> TableRow:
        """The row, a list of words in it as what it is."""
        words = written_words(row.fields.get(self.column, ""))
        return row if words is None else replace(row, fields={**row.fields, self.column: words})

    def _without_blank(self, row: TableRow) -> TableRow:
        """The row, a blank cell in it as a missing text: CSV has no other."""
        blank = not row.fields.get(self.column, "").strip()
        return replace(row, fields={**row.fields, self.column: None}) if blank and not row.problem else row


@dataclass(frozen=True)
class ArrowAnswers:
    """Record batches of arrow, to record batches of ``schema``: the columns of the table, then those of the answers.

    Attributes:
        names: of the answers' columns, before one that is taken got another name.
    """

    answers: BatchAnswers
    column: str
    names: list[str]
    schema: Any

    def __call__(self, piece: Any) -> Written:
        import pyarrow

        columns = self.answers.answers(piece.column(self.column).to_pylist())
        values = [columns.get(name) or [None] * len(piece) for name in self.names]
        types = self.schema.types[piece.num_columns :]
        arrays = [pyarrow.array(column, kind) for column, kind in zip(values, types, strict=True)]
        batch = pyarrow.RecordBatch.from_arrays([*piece.columns, *arrays], schema=self.schema)
        return Written(batch, len(piece), _errors(columns))


def arrow_answers(answers: BatchAnswers, column: str, schema: Any) -> ArrowAnswers:
    """What answers tables of a schema."""
    import pyarrow

    kinds = arrow_kinds()
    is_words = pyarrow.types.is_nested(schema.field(column).type)
    own = [name for name in answers.answers([]) if not (is_words and name == f"{answers.prefix}tokens")]
    added = [
        pyarrow.field(name, kinds[of.removeprefix(answers.prefix)])
        for name, of in zip(free_names(schema.names, own), own, strict=True)
    ]
    return ArrowAnswers(answers, column, own, pyarrow.schema([*schema, *added], schema.metadata))


def _answered(answers: BatchAnswers, column: str, rows: list[TableRow]) -> dict[str, list[Any]]:
    wrong = {number: row.problem for number, row in enumerate(rows) if row.problem}
    for number, row in enumerate(rows):
        if column not in row.fields and not row.problem:
            wrong[number] = f"expected the field '{column}', found {listed(row.fields)}"
    return answers.answers([row.fields.get(column) for row in rows], wrong)


def _by_row(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _errors(columns: dict[str, list[Any]]) -> int:
    *_, reasons = columns.values()
    return sum(reason is not None for reason in reasons)


def _cell(value: Any) -> Any:
    return json_text(value) if isinstance(value, list | dict) else value


def csv_text(rows: list[list[Any]], delimiter: str) -> str:
    """Rows as lines of CSV."""
    return "".join(csv_line(row, delimiter) for row in rows)
