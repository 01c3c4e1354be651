"""Pretrained vectors of words and of word pieces, as a run's settings name them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seqnlp.config.splits import SplitsConfig
from seqnlp.config.words import WordModelConfig
from seqnlp.data.paths import existing_path
from seqnlp.errors import DataError
from seqnlp.text.files import file_digest
from seqnlp.text.joined_vectors import WordTable, read_joined
from seqnlp.text.vectors import read_vectors

Floats = NDArray[np.float32]

_ADVICE = "; the source that a recipe names (`seqnlp recipes show NAME`) says how its vectors are made"


@dataclass(frozen=True)
class Vectors:
    """Vectors of N words and of V word pieces, all of D numbers.

    Attributes:
        words, values: N words and their numbers (N, D).
        pieces, piece_values: V pieces and theirs (V, D); often none.
    """

    words: list[str]
    values: Floats
    pieces: list[str]
    piece_values: Floats

    @property
    def width(self) -> int:
        """D."""
        return int(self.values.shape[1])


def load_vectors(data: SplitsConfig, model: WordModelConfig, say: Callable[[str], None]) -> Vectors | None:
    """The vectors named by ``model.vectors``, side by side, and ``model.piece_vectors``; None if there are none.

    Raises:
        DataError: a file is missing, or holds something else; vectors of pieces that are wider than those of words.
    """
    files, piece_file = _word_files(data, model), _piece_file(data, model)
    if not files and piece_file is None:
        return None
    pieces = WordTable(*read_vectors(piece_file)) if piece_file else None
    if not files and pieces:
        none = np.zeros((0, pieces.values.shape[1]), np.float32)
        return Vectors([], none, pieces.words, pieces.values)
    joined = read_joined(list(files.values()))
    table = joined.table
    for name, missing in zip(files, joined.missing, strict=True):
        if missing:
            say(f"vectors: {missing:,} of {len(table.words):,} words are not in {name}: zeros there")
    pieces = _widened(pieces, table.values.shape[1]) if pieces else WordTable([], table.values[:0])
    return Vectors(table.words, table.values, pieces.words, pieces.values)


def vectors_digests(data: SplitsConfig, model: WordModelConfig) -> dict[str, str]:
    """The digest of each file of pretrained vectors, by what messages call it."""
    files, piece_file = _word_files(data, model), _piece_file(data, model)
    called = [f"the file {name} of model.vectors" if len(files) > 1 else "the file of model.vectors" for name in files]
    digests = {name: file_digest(path) for name, path in zip(called, files.values(), strict=True)}
    return digests | ({"the file of model.piece_vectors": file_digest(piece_file)} if piece_file else {})


def _word_files(data: SplitsConfig, model: WordModelConfig) -> dict[str, Path]:
    """Where the files of words are, by how the settings name them."""
    names = model.vectors_files
    return {name: existing_path(data, "model.vectors", model.vectors, name, _ADVICE) for name in names}


def _piece_file(data: SplitsConfig, model: WordModelConfig) -> Path | None:
    name = model.piece_vectors
    return existing_path(data, "model.piece_vectors", name, name, _ADVICE) if name else None


def _widened(pieces: WordTable, width: int) -> WordTable:
    """The vectors of pieces as the last numbers of vectors of this width, zeros before."""
    missing = width - pieces.values.shape[1]
    if missing < 0:
        found = f"{pieces.values.shape[1]} numbers, and those of model.vectors have {width}"
        raise DataError(f"model.piece_vectors: expected vectors no wider than those of words, found {found}")
    return WordTable(pieces.words, np.pad(pieces.values, ((0, 0), (missing, 0))))
