"""The rows of a JSON file: one value a line, the items of one array, or one object."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from seqnlp.errors import DataError
from seqnlp.text.checks import is_json, object_of
from seqnlp.text.files import read_lines
from seqnlp.text.json_shapes import table_hint
from seqnlp.text.jsonl import parsed_row, shown

Converted = TypeVar("Converted")

_SPACE = re.compile(r"[ \t\n\r]*")


def read_json_rows(path: str | os.PathLike[str]) -> Iterator[tuple[int, Any]]:
    """The rows, each with the line on which it begins; blank lines are skipped.

    Raises:
        DataError: bad JSON, or characters that are no text; with file and line.
    """
    lines = list(read_lines(path))
    first = next((line for _, line in lines if line.strip()), "")
    if not first:
        return
    array = first.lstrip().startswith("[") and not is_json(first)
    if array or not is_json(first) or _is_array_of_rows(first):
        yield from _values("\n".join(line for _, line in lines), path)
        return
    for number, line in lines:
        if line.strip():
            yield number, _checked(_parse(line, path, number), path, number)


def converted_rows(
    path: str | os.PathLike[str], form: str, convert: Callable[[Any, int], Iterable[Converted]]
) -> Iterator[Converted]:
    """What ``convert`` makes of each row, given its line, of JSON lines (``jsonl``) or of any other file of JSON.

    Raises:
        DataError: bad JSON, or as ``convert`` says; with file and line.
    """
    rows: Iterator[tuple[int, Any]] = read_lines(path) if form == "jsonl" else read_json_rows(path)
    for number, row in rows:
        if form == "jsonl" and not row.strip():
            continue
        parsed = row
        try:
            parsed = parsed_row(row) if form == "jsonl" else row
            yield from convert(parsed, number)
        except DataError as problem:
            raise DataError(f"{problem}{table_hint(parsed)}", path, number) from None


def fields_of(row: Any) -> Mapping[str, Any]:
    """The row, which must be an object.

    Raises:
        DataError: it is none.
    """
    if not isinstance(row, dict):
        raise DataError(f"expected a JSON object, found {shown(row)}")
    return row


def _is_array_of_rows(line: str) -> bool:
    """Whether a line is an array of objects or arrays, and no row such as ``["text", {...}]`` itself."""
    value = json.loads(line)
    return isinstance(value, list) and all(isinstance(item, dict | list) for item in value)


def _values(text: str, path: object) -> Iterator[tuple[int, Any]]:
    """The items of an array, or one value that takes several lines."""
    decoder, place = json.JSONDecoder(object_pairs_hook=object_of), _skip(text, 0)
    if not text.startswith("[", place):
        yield 1, _checked(_parse(text, path), path, 1)
        return
    place, line, counted = _skip(text, place + 1), 1, 0
    while not text.startswith("]", place):
        line, counted = line + text.count("\n", counted, place), place
        try:
            value, end = decoder.raw_decode(text, place)
        except json.JSONDecodeError as problem:
            raise DataError(f"expected JSON: {problem.msg} at column {problem.colno}", path, problem.lineno) from None
        except (ValueError, RecursionError) as problem:
            raise DataError(f"expected JSON: {problem}", path, line) from None
        yield line, _checked(value, path, line)
        place = _skip(text, end)
        if text.startswith(",", place):
            place = _skip(text, place + 1)
        elif not text.startswith("]", place):
            number = text.count("\n", 0, place) + 1
            raise DataError("expected ',' or ']' after an item of the JSON array; is the file cut off?", path, number)
    end = _skip(text, place + 1)
    if end < len(text):
        number = text.count("\n", 0, end) + 1
        raise DataError(f"expected nothing after the JSON array, found '{text[end : end + 20]}'", path, number)


def _skip(text: str, place: int) -> int:
    """The next place that is no space."""
    match = _SPACE.match(text, place)
    return match.end() if match else place


def _parse(text: str, path: object, line: int | None = None) -> Any:
    try:
        return json.loads(text, object_pairs_hook=object_of)
    except json.JSONDecodeError as problem:
        expected = f"expected one JSON value a line: {problem.msg} at column {problem.colno}"
        raise DataError(expected if line else f"expected JSON: {problem.msg}", path, line or problem.lineno) from None
    except (ValueError, RecursionError) as problem:
        raise DataError(f"expected JSON: {problem}", path, line) from None


def _checked(value: Any, path: object, line: int) -> Any:
    """The value, whose texts must be texts: an escape such as \\ud800 alone is JSON but no text."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        actual = "found an escape \\ud800 to \\udfff that is half of a character"
        raise DataError(f"expected text, {actual}", path, line) from None
    return value
