"""Sentence pairs in memory: (source, target), or rows with a column for each language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqnlp.data.in_memory.rows import WrittenSplit, as_lines, columns_in, rows_of, shown, text_in
from seqnlp.errors import DataError
from seqnlp.text.parallel import NESTED_FIELD


def written_pairs(examples: Any, name: str, settings: Mapping[str, Any]) -> WrittenSplit:
    """Pairs as JSON lines."""
    _refuse_columns(examples, name)
    rows = rows_of(examples, name)
    sides = _sides(rows[0], settings)
    pairs = (_pair(row, sides, f"{name}[{place}]") for place, row in enumerate(rows))
    content = as_lines(dict(zip(sides, pair, strict=True)) for pair in pairs)
    made = {"data.format": "jsonl"}
    for key, side in (("data.source", sides[0]), ("data.target", sides[1])):
        made[key] = str(settings.get(key, "")) or side
        if made[key] != side:
            made[f"{key}_column"] = side
    return WrittenSplit(".jsonl", content, made)


def _refuse_columns(examples: Any, name: str) -> None:
    """Stop at the lists of both sides, which were read as a pair each where they have two texts.

    Raises:
        DataError: these are such.
    """
    if not isinstance(examples, list | tuple) or len(examples) != 2 or not all(map(_is_list_of_texts, examples)):
        return
    if isinstance(examples, tuple) or any(len(side) != 2 for side in examples):
        raise DataError(f"{name}: expected pairs, found two lists of texts; zip(sources, targets) makes pairs of them")


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def _sides(row: Any, settings: Mapping[str, Any]) -> tuple[str, str]:
    """What the columns of the sides are called: as set, else the two columns of a table in their order."""
    source, target = (
        str(settings.get(f"data.{side}_column", "") or settings.get(f"data.{side}", ""))
        for side in ("source", "target")
    )
    fields = _fields(row)
    if fields is not None and len(fields) == 2:
        first, second = map(str, fields)
        source, target = (
            source or (second if target == first else first),
            target or (first if source == second else second),
        )
    return source or "source", target or "target"


def _fields(row: Any) -> Mapping[str, Any] | None:
    if not isinstance(row, Mapping):
        return None
    nested = row.get(NESTED_FIELD)
    return nested if isinstance(nested, Mapping) else row


def _pair(row: Any, sides: tuple[str, str], where: str) -> tuple[str, str]:
    fields = _fields(row)
    if fields is not None:
        if missing := [side for side in sides if side not in fields]:
            problem = f"expected a column '{missing[0]}', found {columns_in(fields)}"
            remedy = 'settings={"data.source_column": ..., "data.target_column": ...}'
            raise DataError(f"{where}: {problem}; rename them, or name them in training: {remedy}")
        values: Any = [fields[side] for side in sides]
    elif isinstance(row, list | tuple) and len(row) == 2:
        values = row
    else:
        raise DataError(f"{where}: expected (source, target), found {shown(row)}")
    source, target = (
        text_in(value, f"the {side} text", where) for side, value in zip(("source", "target"), values, strict=True)
    )
    return source, target
