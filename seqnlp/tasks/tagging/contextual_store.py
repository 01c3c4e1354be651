"""Contextual embeddings of a run's sentences, computed once for all runs that read them, kept in a file.

The file is in the cache folder: ``$SEQNLP_CACHE``, else ``seqnlp`` in ``$XDG_CACHE_HOME`` or ``~/.cache``. Its name is
a digest of the character models and the sentences, so that other seeds and settings of the tagger find it, and
whatever would change the vectors leads to another file. It may be deleted at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqnlp.models.contextual import ContextualEmbedder
from seqnlp.storage import cache_folder, write_pieces_atomically

Words = tuple[str, ...]

VERSION = 1
"""Raised whenever the same models would give the same sentence other vectors."""

SENTENCES_AT_ONCE = 512


class ContextStore:
    """Vectors of known sentences, read from their file where they are needed (memory mapping).

    Args:
        embedder: computes what is not in the cache yet.
        sentences: all that will be asked for; equal ones are read once.
        say: told what is computed, and where the file is.

    Raises:
        TrainingError: the file cannot be written.
    """

    def __init__(
        self, embedder: ContextualEmbedder, sentences: Sequence[Sequence[str]], say: Callable[[str], None]
    ) -> None:
        self.embedder = embedder
        distinct = list(dict.fromkeys(map(tuple, sentences)))
        ends = np.cumsum([len(words) for words in distinct])  # (S,)
        self._rows = {words: slice(int(end) - len(words), int(end)) for words, end in zip(distinct, ends, strict=True)}
        shape = (int(ends[-1]), embedder.dim)
        size = 4 * shape[0] * shape[1]
        path = cache_folder() / "context" / f"{_digest(embedder, distinct)}.float32"
        if not path.is_file() or path.stat().st_size != size:
            say(
                f"context: {len(distinct):,} different sentences, {shape[0]:,} words, are read by "
                f"language models of characters ({', '.join(embedder.directions)}); this happens once"
            )
            write_pieces_atomically(path, _pieces(embedder, distinct))
        say(f"context: vectors of width {embedder.dim:,} in {path} ({size / 1e6:.0f} MB)")
        self._table: NDArray[np.float32] = np.memmap(path, np.float32, "r", shape=shape)  # (N, C)

    def read(self, sentences: Sequence[Sequence[str]]) -> Tensor:
        """Vectors (N, C) of all words of sentences, one sentence after the other."""
        return torch.from_numpy(np.concatenate([self._table[self._rows[tuple(words)]] for words in sentences]))


def _digest(embedder: ContextualEmbedder, sentences: Sequence[Words]) -> str:
    digest = sha256(f"{VERSION} {embedder.digest()}".encode())
    for words in sentences:
        digest.update(repr(words).encode())
    return digest.hexdigest()


def _pieces(embedder: ContextualEmbedder, sentences: Sequence[Words]) -> Iterator[bytes]:
    """The table's bytes; sentences are read many at a time, those of similar length side by side."""
    for first in range(0, len(sentences), SENTENCES_AT_ONCE):
        yield embedder.read(sentences[first : first + SENTENCES_AT_ONCE]).cpu().numpy().tobytes()
