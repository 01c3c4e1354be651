"""Running text in memory: texts of one or several lines, or rows with a column of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqnlp.data.in_memory.rows import WrittenSplit, columns_in, rows_of, text_in
from seqnlp.errors import DataError


def written_texts(examples: Any, name: str, settings: Mapping[str, Any]) -> WrittenSplit:
    """Texts as the lines of a file."""
    texts = [_text(row, f"{name}[{place}]") for place, row in enumerate(rows_of(examples, name))]
    lines = [line for text in texts for line in text.replace("\r\n", "\n").removesuffix("\n").split("\n")]
    return WrittenSplit(".txt", ("\n".join(lines) + "\n").encode())


def _text(row: Any, where: str) -> str:
    if isinstance(row, Mapping):
        column = "text" if "text" in row or len(row) != 1 else next(iter(row))
        if column not in row:
            raise DataError(f"{where}: expected a column 'text', found {columns_in(row)}")
        row = row[column]
    return text_in(row, "a text", where)
