"""Word vectors of several files side by side: what each knows of a word, in one longer vector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


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

    A word that a table does not have takes there the vector of its lower-cased form, or else zeros, which is counted.

    Args:
        keep: whose words: ``first`` those of the first table, ``shared`` those in every one, ``all`` those in any.
    """
    rows = [{word: row for row, word in enumerate(table.words)} for table in tables]
    words = list(dict.fromkeys(word for table in tables[: 1 if keep == "first" else None] for word in table.words))
    if keep == "shared":
        words = [word for word in words if all(word in known for known in rows)]
    parts, missing = [], []
    for table, known in zip(tables, rows, strict=True):
        places = np.array([known.get(word, known.get(word.lower(), -1)) for word in words], dtype=np.int64)  # (N,)
        part = table.values[places] * (places >= 0)[:, None] if len(words) else table.values[:0]  # (N, D of the table)
        parts.append(part.astype(np.float32))
        missing.append(int((places < 0).sum()))
    return Joined(WordTable(words, np.concatenate(parts, axis=1)), missing)
