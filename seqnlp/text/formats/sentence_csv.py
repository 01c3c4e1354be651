"""A table of one sentence a row: its words in one field, their tags in another, as lists or with spaces between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from seqnlp.errors import DataError
from seqnlp.text.formats.annotated import Example
from seqnlp.text.jsonl import ENTITY_TAG
from seqnlp.text.written_lists import written_list

Row = tuple[int, list[str]]


def parts_of(field: str) -> list[str]:
    """The words, or the tags, that a field holds: those of a written list, or what stands between spaces."""
    listed = written_list(field)
    return field.split() if listed is None else listed


def tags_of(field: str) -> list[str] | list[int]:
    """The tags that a field holds; whole numbers as such, as they may have names."""
    tags = parts_of(field)
    return list(map(int, tags)) if all(tag.isdecimal() for tag in tags) else tags


def holds_sentences(rows: Iterable[Row], token_at: int, tag_at: int) -> bool:
    """Whether one of the rows has several words, and as many tags."""
    counts = (
        (len(parts_of(row[token_at])), len(parts_of(row[tag_at])))
        for _, row in rows
        if max(token_at, tag_at) < len(row)
    )
    return any(words == tags > 1 for words, tags in counts)


def looks_tagged(field: str) -> bool:
    """Whether a field is a list, or holds nothing but tags of entities: other words may be a label."""
    return written_list(field) is not None or all(ENTITY_TAG.match(tag) for tag in field.split())


def sentences_of_rows(
    rows: Iterable[Row],
    head: Sequence[str],
    token_at: int,
    tag_at: int,
    path: object,
    read_row: Callable[[Mapping[str, Any], int], Example],
) -> Iterator[Example]:
    """The sentences of the rows.

    Args:
        read_row: makes an example of ``{"tokens": [...], "tags": [...]}`` and its line.

    Raises:
        DataError: a row has another number of columns than the first, or of tags than of words; with file and line.
    """
    for number, row in rows:
        try:
            if len(row) != len(head):
                raise DataError(f"expected {len(head)} columns as in the first line, found {len(row)}")
            yield read_row({"tokens": parts_of(row[token_at]), "tags": tags_of(row[tag_at])}, number)
        except DataError as problem:
            raise DataError(str(problem), path, number) from None
