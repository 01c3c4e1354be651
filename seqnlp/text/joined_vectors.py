"""Word vectors of several files side by side: what each knows of a word, in one longer vector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seqnlp.text.vector_forms import vector_forms
from seqnlp.text.vectors import read_vectors


@dataclass(frozen=True)
class WordTable:
    """N words and their numbers (N, D)."""

    words: list[str]
    values: NDArray[np.float32]


@dataclass(frozen=True)
class Joined:
    """Words with their longer vectors, and how many of the words each file did not have."""

    table: WordTable
    missing: list[int]


def join_vectors(tables: Sequence[WordTable], keep: str) -> Joined:
    """The tables side by side, their words in the order of the first, then of the second, and so on.

    A word that a table does not have takes there the vector of the first of its forms that the table has (see
    :func:`~seqnlp.text.vector_forms.vector_forms`), or else zeros, which is counted.

    Args:
        keep: whose words: ``first`` those of the first table, ``shared`` those in every one, ``all`` those in any.
    """
    rows = [{word: row for row, word in enumerate(table.words)} for table in tables]
    words = list(dict.fromkeys(word for table in tables[: 1 if keep == "first" else None] for word in table.words))
    if keep == "shared":
        words = [word for word in words if all(word in known for known in rows)]
    parts, missing = [], []
    for table, known in zip(tables, rows, strict=True):
        places = np.array([_row(word, known) for word in words], dtype=np.int64)  # (N,)
        part = table.values[places] * (places >= 0)[:, None] if len(words) else table.values[:0]  # (N, D of the table)
        parts.append(part.astype(np.float32))
        missing.append(int((places < 0).sum()))
    return Joined(WordTable(words, np.concatenate(parts, axis=1)), missing)


def read_joined(paths: Sequence[Path]) -> Joined:
    """The vectors of a file, or of several side by side, with the words of any of them.

    Raises:
        DataError: a file cannot be read, or holds something else (file and line).
    """
    tables = [WordTable(*read_vectors(path)) for path in paths]
    return join_vectors(tables, "all") if len(tables) > 1 else Joined(tables[0], [0])


def _row(word: str, known: Mapping[str, int]) -> int:
    """The row of the first form of a word that a table has, or -1."""
    return next((known[form] for form in vector_forms(word) if form in known), -1)
