"""A table as pieces of rows, read as they are needed; a row that cannot be read stays a row, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from seqnlp.errors import DataError, missing_column
from seqnlp.text.column_names import refuse_any_twice, refuse_twice
from seqnlp.text.csv_rows import csv_rows
from seqnlp.text.files import (
    BYTE_ORDER_MARK,
    PARQUET_MARK,
    not_utf8,
    open_bytes,
    refuse_lone_return,
    refuse_no_text,
    without_end,
)
from seqnlp.text.formats.token_csv import delimiter_of_heading
from seqnlp.text.jsonl import parsed_row
from seqnlp.workers import cut

FORMS = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
"""The form of a table by how its name ends; CSV and JSON lines may be packed (``.csv.gz``)."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of text: its fields by name, and why it cannot be read as it should be."""

    fields: dict[str, Any]
    problem: str = ""


@dataclass(frozen=True)
class Table:
    """A table that is being read.

    Attributes:
        form: parquet, csv or jsonl.
        names: its columns; JSON lines have none that all rows must have.
        pieces: of parquet as record batches of arrow, else lists of :class:`TableRow`.
        schema: arrow's, of parquet.
        delimiter: between the columns of CSV.
    """

    form: str
    names: list[str]
    pieces: Iterator[Any]
    schema: Any = None
    delimiter: str = ","

    def require(self, column: str, hint: str) -> None:
        """Stop where there is no such column, or several are called so; ``hint`` says what to do.

        Raises:
            DataError: with those that there are.
        """
        if self.form != "jsonl" and column not in self.names:
            raise missing_column(column, self.names, hint)
        refuse_twice(column, self.names, None)


def form_of(path: Path) -> str:
    """The form that a name tells.

    Raises:
        DataError: it tells none.
    """
    name = path.name.lower()
    form = FORMS.get(Path(name.removesuffix(".gz")).suffix, "")
    if not form or (form == "parquet" and name.endswith(".gz")):
        raise DataError(f"expected a name that ends in {', '.join(FORMS)} (text also .gz), found '{path.name}'", path)
    return form


def delimiter_for(source: Path, target: Path, delimiter: str) -> str:
    """What stands between the columns of the CSV that is written: what stood there, or as its name tells otherwise."""
    tabs = [".tsv" in path.suffixes[-2:] for path in (source, target)]
    if tabs[0] == tabs[1]:
        return delimiter
    return "\t" if tabs[1] else ","


def open_table(path: Path, size: int) -> Table:
    """Begin to read a table in pieces of ``size`` rows.

    Raises:
        DataError: the name tells no form, the file cannot be read, or columns of CSV share a name.
    """
    form = form_of(path)
    if form == "parquet":
        return _parquet(path, size)
    if form == "jsonl":
        return Table(form, [], cut(_json_rows(path), size))
    rows, names, delimiter = _csv(path)
    return Table(form, names, cut(rows, size), delimiter=delimiter)


def _parquet(path: Path, size: int) -> Table:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    with open_bytes(path):  # says what is wrong with a path
        pass
    try:
        file = ParquetFile(path)
    except (ArrowException, OSError) as problem:
        raise DataError(f"expected a parquet file ({' '.join(str(problem).split())[:200]})", path) from None
    schema = file.schema_arrow
    return Table("parquet", list(schema.names), file.iter_batches(batch_size=size), schema)


def _json_rows(path: Path) -> Iterator[TableRow]:
    for number, line in _lines(path):
        if not line.strip(b" \t\r"):
            continue
        try:
            yield TableRow(dict(parsed_row(line.decode("utf-8"))))
        except UnicodeDecodeError as problem:
            yield TableRow({}, f"line {number}: byte {problem.start + 1} is not UTF-8")
        except DataError as problem:
            yield TableRow({}, f"line {number}: {problem}")


def _csv(path: Path) -> tuple[Iterator[TableRow], list[str], str]:
    lines = _decoded(_lines(path), path)
    first = next(lines, "")
    delimiter = delimiter_of_heading(first)
    rows = csv_rows(chain([first], lines), path, delimiter)
    _, heading = next(rows, (1, []))
    names = [name.strip(" ") for name in heading]
    refuse_any_twice(names, path, 1)
    return _csv_rows(rows, names), names, delimiter


def _csv_rows(rows: Iterable[tuple[int, list[str]]], names: list[str]) -> Iterator[TableRow]:
    for number, row in rows:
        problem = ""
        if len(row) != len(names):
            problem = f"line {number}: expected {len(names)} columns as in the first line, found {len(row)}"
        fields = [*row[: len(names)], *[""] * (len(names) - len(row))]
        yield TableRow(dict(zip(names, fields, strict=True)), problem)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Numbered lines without their line feeds, if the first is not one of another kind of file.

    A carriage return before one may stand in a field of CSV; it is no part of a row.
    """
    with open_bytes(path) as file:
        for number, raw in enumerate(file, 1):
            line = raw.removesuffix(b"\n")
            if number == 1:
                if line.startswith(PARQUET_MARK):
                    raise DataError("found a parquet file; let its name end in .parquet", path)
                refuse_no_text(line, path)
                line = line.removeprefix(BYTE_ORDER_MARK)
                refuse_lone_return(without_end(raw), path, 1)
            yield number, line


def _decoded(lines: Iterable[tuple[int, bytes]], path: Path) -> Iterator[str]:
    for number, line in lines:
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError as problem:
            raise DataError(not_utf8(problem), path, number) from None
