"""Answer a whole table: rows in, the same rows out with a model's answers, in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from seqnlp.api import Tagger
from seqnlp.api.mapping import BatchAnswers
from seqnlp.data.series.many import Notes
from seqnlp.errors import DataError, SeqnlpError
from seqnlp.tables.answering import CsvAnswers, JsonAnswers, Written, arrow_answers
from seqnlp.tables.answering_series import CsvSeries, JsonSeries, arrow_series
from seqnlp.tables.reading import Table, delimiter_for, form_of, open_table
from seqnlp.tables.series import SeriesAnswers, names_of, whole_series
from seqnlp.tables.writing import output_table, partial_of
from seqnlp.text.formats.token_csv import has_a_word_a_row
from seqnlp.workers import mapped

ROWS = 512
"""Of a piece."""


class MapPieces(Protocol):
    """``map`` over the pieces of a table, in order: in this process, by workers, or on a cluster."""

    def __call__(self, function: Callable[[Any], Written], pieces: Iterable[Any], /) -> Iterator[Written]:
        """The results."""


@dataclass
class Counts:
    """Rows that were written, and how many of them have no answer."""

    rows: int = 0
    errors: int = 0


def answer_table(
    answers: BatchAnswers | SeriesAnswers,
    source: Path,
    target: Path,
    map_pieces: MapPieces | None = None,
    rows_at_once: int = ROWS,
    say: Callable[[str], None] = lambda text: None,
) -> Counts:
    """Write ``source`` with the answers as further columns to ``target``, a table of the same form; or what comes next.

    Columns of CSV stand between what they stood between, unless one of the names ends in ``.tsv`` and the other not.

    Args:
        answers: of texts with ``errors="column"``.
        map_pieces: default: in this process.
        say: told what was wrong with series and what was done about it: the same of several once, and not too much.

    Raises:
        DataError: a file cannot be read or written, has no such column, or the two are not of one form.
        SeqnlpError: the model is of a task without such answers, or a worker ended. After every error what was written
            until then stays in ``TARGET.partial``.
    """
    if source.resolve() == target.resolve():
        raise DataError("expected another name for the output than for the input", target)
    if form_of(source) != form_of(target):
        raise DataError(f"expected a name that ends as the input's ({source.suffix}), found '{target.name}'", target)
    if target.is_dir():
        raise DataError("expected a file to write, found a folder", target)
    table, counts = open_table(source, rows_at_once), Counts()
    delimiter = delimiter_for(source, target, table.delimiter)
    if isinstance(answers, SeriesAnswers):
        for name in answers.columns:
            table.require(name, "set --series-column")
        columns = answers.columns_of(table.names)
        for name in columns:
            table.require(name, f"the model reads {', '.join(columns)}")
        function, schema = _of_series(answers, table, delimiter)
        pieces = whole_series(table.pieces, _names(answers.columns), _joined, answers.columns, source)
    else:
        column = answers.column_of(table.names)
        table.require(column, "set --text-column")
        answers.answers([])  # refuses a model that has no such answers before anything is written
        if isinstance(answers.model, Tagger) and has_a_word_a_row(table.names, column):
            remedy = "give each sentence one row, its words with spaces between or in a list"
            say(f"each '{column}' is tagged as a text of its own, not with its sentence; {remedy}")
        function, schema = _of_texts(answers, table, column, delimiter)
        pieces = table.pieces
    notes = Notes(source, say)
    try:
        with output_table(target, schema) as write:
            if isinstance(function, CsvAnswers | CsvSeries):
                write(function.heading)
            for written in (map_pieces or partial(mapped, workers=1))(function, pieces):
                write(written.content)
                counts.rows += written.rows
                counts.errors += written.errors
                for series, note in written.notes:
                    notes.of(series)(note)
    except SeqnlpError as problem:
        raise _with_what_is_kept(problem, partial_of(target), counts.rows) from problem
    notes.end()
    return counts


def _with_what_is_kept(problem: SeqnlpError, partial: Path, rows: int) -> SeqnlpError:
    """The error, also with where the rows before it are; a file without any goes away."""
    if not rows:
        partial.unlink(missing_ok=True)
        return problem
    before = "row" if rows == 1 else f"{rows:,} rows"
    text = f"{problem}; {partial.name} holds the {before} before"
    if not isinstance(problem, DataError):
        return SeqnlpError(text)
    longer = DataError(text)
    longer.path, longer.line = problem.path, problem.line
    return longer


def _of_texts(answers: BatchAnswers, table: Table, column: str, delimiter: str) -> tuple[Callable[[Any], Written], Any]:
    """What answers a piece of the table, and the schema of what it gives if it is arrow's."""
    if table.form == "parquet":
        function = arrow_answers(answers, column, table.schema)
        return function, function.schema
    if table.form == "csv":
        return CsvAnswers(answers, column, table.names, delimiter), None
    return JsonAnswers(answers, column), None


def _of_series(answers: SeriesAnswers, table: Table, delimiter: str) -> tuple[Callable[[Any], Written], Any]:
    """As :func:`_of_texts`, where pieces hold whole series."""
    if table.form == "parquet":
        function = arrow_series(answers, table.schema)
        return function, function.schema
    if table.form == "csv":
        return CsvSeries(answers, table.names, delimiter), None
    return JsonSeries(answers), None


def _names(columns: Sequence[str]) -> Callable[[Any, str], list[str]]:
    """What names the series of each row of a piece."""

    def names(piece: Any, before: str) -> list[str]:
        if isinstance(piece, list):
            return names_of([row.fields for row in piece], [row.problem for row in piece], columns, before)
        rows = piece.select(columns).to_pylist() if columns else [{}] * len(piece)
        return names_of(rows, [""] * len(piece), columns, before)

    return names


def _joined(pieces: list[Any]) -> Any:
    """Lists of rows, or record batches of arrow, as one."""
    if isinstance(pieces[0], list):
        return [row for piece in pieces for row in piece]
    import pyarrow

    return pyarrow.concat_batches(pieces)
