"""From sentence numbers to the padded tensors of one batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqnlp.arrays import IntArray
from seqnlp.data.encode import EncodedSplit
from seqnlp.data.lexicon import Lexicon
from seqnlp.data.on_device import OnDevice
from seqnlp.data.soft_tags import SoftBatch


@dataclass(frozen=True)
class WordRows(OnDevice):
    """Features of the U distinct word forms of a batch.

    Attributes:
        word_ids, casings: (U,) each.
        vector_rows: (U, P) rows of the table of pretrained vectors, of which the mean counts; 0: none.
        characters: (U, C) character ids with begin and end marks, padded.
        character_lengths: (U,) characters with the marks.
    """

    word_ids: Tensor
    vector_rows: Tensor
    casings: Tensor
    characters: Tensor
    character_lengths: Tensor


@dataclass(frozen=True)
class TaggedBatch(OnDevice):
    """B sentences padded to T tokens.

    Attributes:
        rows: the distinct word forms.
        index: (B, T) row of each token's form; padding points at row 0.
        lengths: (B,) tokens.
        mask: (B, T) bool, True = a real token.
        tags: (B, T) tag indices, 0 at padding.
        context: (B, T, C) contextual embeddings, if the tagger reads any.
        allowed: (B, T, K) bool, the tags that a token may have, if some of the batch are not known for sure.
        weights: (B,) what the sentences count for, if they differ.
        soft: what teachers say of the tags, if there are any.
    """

    rows: WordRows
    index: Tensor
    lengths: Tensor
    mask: Tensor
    tags: Tensor
    context: Tensor | None = None
    allowed: Tensor | None = None
    weights: Tensor | None = None
    soft: SoftBatch | None = None

    def with_context(self, vectors: Tensor) -> TaggedBatch:
        """The same batch with the contextual embeddings (N, C) of its N real tokens."""
        return replace(self, context=padded(vectors, self.mask))


def collate(split: EncodedSplit, sentences: IntArray, lexicon: Lexicon) -> TaggedBatch:
    """The batch of the given sentences (B,)."""
    lengths = split.lengths[sentences]  # (B,)
    steps = np.arange(int(lengths.max(initial=0)))  # (T,)
    mask = steps < lengths[:, None]  # (B, T)
    where = (split.offsets[sentences][:, None] + steps)[mask]  # (N,), of the N real tokens
    forms, inverse = np.unique(split.words[where], return_inverse=True)  # (U,), (N,)
    index, tags = np.zeros((2, *mask.shape), dtype=np.int64)  # (B, T) each
    index[mask], tags[mask] = inverse, split.tags[where]
    return TaggedBatch(
        rows=word_rows(lexicon, forms),
        index=torch.from_numpy(index),
        lengths=torch.from_numpy(lengths),
        mask=torch.from_numpy(mask),
        tags=torch.from_numpy(tags),
        allowed=_allowed(split, sentences, where, mask),
        weights=None if split.weights is None else torch.from_numpy(split.weights[sentences]),
        soft=split.soft.batch(sentences, where, mask) if split.soft else None,
    )


def _allowed(split: EncodedSplit, sentences: IntArray, where: IntArray, mask: NDArray[np.bool_]) -> Tensor | None:
    """The tags (B, T, K) that the tokens at ``where`` (N,) may have; None where all of them are known."""
    known = split.known
    if known is None or not known.partial[sentences].any():
        return None
    allowed = np.zeros((*mask.shape, known.sets.shape[1]), dtype=bool)  # (B, T, K)
    allowed[mask] = known.sets[known.of_word[where]]
    return torch.from_numpy(allowed)


def padded(vectors: Tensor, mask: Tensor) -> Tensor:
    """Vectors (N, C) of the real tokens of a mask (B, T), row by row, as (B, T, C) with zeros at padding."""
    grid = vectors.new_zeros(*mask.shape, vectors.size(1))  # (B, T, C)
    grid[mask] = vectors
    return grid


def word_rows(lexicon: Lexicon, forms: IntArray | Sequence[int]) -> WordRows:
    """Features of the given forms (U,) of a lexicon."""
    columns = lexicon.columns()
    forms = np.asarray(forms, dtype=np.int64)
    return WordRows(
        word_ids=torch.from_numpy(columns.word_ids[forms]),
        vector_rows=torch.from_numpy(columns.vectors.padded(forms)),
        casings=torch.from_numpy(columns.casings[forms]),
        characters=torch.from_numpy(columns.characters.padded(forms)),
        character_lengths=torch.from_numpy(columns.characters.lengths[forms]),
    )
