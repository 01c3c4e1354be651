"""Word vectors to a text file that ``read_vectors`` reads back: ``word v1 ... vD``, packed if its name is of such."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import DataError
from seqnlp.storage import write_pieces_atomically

_LINES_AT_ONCE = 10_000
_DECIMALS = 4


def write_vectors(path: Path, words: Sequence[str], values: NDArray[np.float32]) -> None:
    """Write N words and their numbers (N, D); the first line says how many there are, as word2vec's does.

    The same vectors give the same bytes.

    Raises:
        DataError: there is no vector, or a word that a line of such a file cannot hold.
        TrainingError: the file cannot be written; what stood there is untouched.
    """
    if not len(words) or not values.shape[1]:
        raise DataError("expected at least one word with one number, found none", path)
    for word in words:
        if not word or word != word.strip(" ") or any(character in word for character in "\t\n\r\0"):
            raise DataError(f"expected words without spaces at their ends and without line feeds, found {word!r}", path)
    write_pieces_atomically(path, _lines(words, values))


def _lines(words: Sequence[str], values: NDArray[np.float32]) -> Iterator[bytes]:
    form = "%s" + f" %.{_DECIMALS}f" * values.shape[1]
    yield f"{len(words)} {values.shape[1]}\n".encode()
    for start in range(0, len(words), _LINES_AT_ONCE):
        some = slice(start, start + _LINES_AT_ONCE)
        rows = zip(words[some], values[some].tolist(), strict=True)
        yield "".join(f"{form % (word, *row)}\n" for word, row in rows).encode()
