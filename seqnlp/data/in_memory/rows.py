"""Whatever holds examples becomes a list of them: a table's rows are dictionaries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from seqnlp.data.in_memory.missing import is_missing
from seqnlp.errors import DataError, listed
from seqnlp.text.checks import half_character
from seqnlp.text.column_names import refuse_any_twice

TABLES = ("pandas", "polars", "datasets", "pyarrow")
"""Libraries whose tables are read, row by row."""


@dataclass(frozen=True)
class WrittenSplit:
    """A split as a file.

    Attributes:
        ending: of the file's name, with the dot.
        content: of the file.
        settings: what the run must know to read it, by dotted name.
        first_line: the line on which the first example stands.
        note: what was taken from the examples, to be said; may be empty.
    """

    ending: str
    content: bytes
    settings: dict[str, Any] = field(default_factory=dict)
    first_line: int = 1
    note: str = ""


def rows_of(examples: Any, name: str) -> list[Any]:
    """The examples, read once, as a list.

    Raises:
        DataError: no iterable, a single text, several splits at once, or nothing.
    """
    if isinstance(examples, str | bytes) or not (isinstance(examples, Iterable) or is_table(examples)):
        actual = shown(examples)
        raise DataError(f"{name}: expected examples (a list, a table or another iterable) or a path, found {actual}")
    if isinstance(examples, Mapping) and any(is_table(value) for value in examples.values()):
        splits = ", ".join(map(repr, examples))
        raise DataError(f"{name}: expected one split, found a dictionary of {splits}; choose one: {name}=data['train']")
    if is_table(examples):
        rows = _rows_of_table(examples, name)
    else:
        rows = _rows_of_columns(examples, name) if isinstance(examples, Mapping) else [*map(_unpacked, examples)]
    if not rows:
        raise DataError(
            f"{name}: found no examples; an iterator that was read before is empty, so hand over a list or a new one"
        )
    return rows


def _unpacked(row: Any) -> Any:
    """A row of an array of rows as a list."""
    return row.tolist() if hasattr(row, "tolist") and getattr(row, "ndim", False) else row


def is_table(examples: Any) -> bool:
    """Whether this is a table of a library that is known."""
    return type(examples).__module__.partition(".")[0] in TABLES and not isinstance(examples, Mapping)


def is_path(examples: Any) -> bool:
    """Whether a split is named, by a path, instead of being handed over."""
    return isinstance(examples, str) or hasattr(examples, "__fspath__")


def _rows_of_table(table: Any, name: str) -> list[Any]:
    library = type(table).__module__.partition(".")[0]
    if library == "pandas":
        refuse_any_twice(list(getattr(table, "columns", ())), name)
        return list(table.to_dict("records")) if hasattr(table, "columns") else list(table)
    if library == "polars":
        table = table.collect() if hasattr(table, "collect") else table
        return list(table.to_dicts()) if hasattr(table, "to_dicts") else list(table)
    if library == "pyarrow":
        refuse_any_twice(list(getattr(table, "column_names", ())), name)
        return list(table.to_pylist())
    names = {column: class_names(feature) for column, feature in (table.features or {}).items()}
    return [{column: named_class(value, names.get(column)) for column, value in row.items()} for row in table]


def _rows_of_columns(examples: Mapping[Any, Any], name: str) -> list[Any]:
    """The rows of a dictionary of columns."""
    for column, values in examples.items():
        if isinstance(values, str | bytes) or not isinstance(values, Iterable):
            raise DataError(f"{name}: expected a list of values in the column {column!r}, found {shown(values)}")
    columns = {column: list(plain(values)) for column, values in examples.items()}
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        raise DataError(f"{name}: expected columns of one length, found {', '.join(map(str, sorted(lengths)))}")
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def class_names(feature: Any) -> list[str] | None:
    """The names of numbered classes of a column, or of its lists."""
    inner = feature[0] if isinstance(feature, list) else getattr(feature, "feature", feature)
    names = getattr(inner, "names", None) or getattr(feature, "names", None)
    return list(names) if names else None


def named_class(value: Any, names: Sequence[str] | None) -> Any:
    """A numbered class, or a list of them, by name; what is no such number stays."""
    if names is None:
        return value
    if isinstance(value, list):
        return [named_class(one, names) for one in value]
    return names[value] if isinstance(value, int) and 0 <= value < len(names) else value


def plain(value: Any) -> Any:
    """The value in Python's own types: arrays and tuples as lists, numbers of libraries as numbers."""
    if isinstance(value, str | bool | int | float) or value is None:
        return value
    if hasattr(value, "tolist"):
        return plain(value.tolist()) if getattr(value, "ndim", 0) else value.item()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in (sorted(value, key=str) if isinstance(value, set | frozenset) else value)]
    if hasattr(value, "to_list"):
        return plain(value.to_list())
    return value


def answer_of(example: Any) -> dict[str, Any]:
    """What an annotator answered, if that leaves the row out when it is read."""
    answer = example.get("answer") if isinstance(example, Mapping) else None
    return {"answer": answer} if isinstance(answer, str) and answer in ("reject", "ignore") else {}


def as_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """One JSON object a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def text_in(value: Any, what: str, where: str) -> str:
    """A text.

    Raises:
        DataError: it is none, or half of a surrogate pair.
    """
    if not isinstance(value, str):
        missing = "; pandas reads NA, null and nothing so, unless read_csv has keep_default_na=False" * is_missing(
            value
        )
        raise DataError(f"{where}: expected {what} (str), found {shown(value)}{missing}")
    if half := half_character(value):
        raise DataError(f"{where}: expected {what}, found {half}")
    return value


def shown(value: Any) -> str:
    """A value in a message: its type and, where it is short, the value."""
    if value is None:
        return "None"
    written = repr(value)
    return f"{type(value).__name__} {written if len(written) <= 60 else written[:57] + '...'}"


def columns_in(row: Mapping[str, Any]) -> str:
    """The columns of a row, in a message."""
    return listed(row)
