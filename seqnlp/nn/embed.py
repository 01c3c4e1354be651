"""What a word is before its context is read: pretrained vector, learned embedding, characters, casing, side by side."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from seqnlp.data.collate import WordRows
from seqnlp.data.lexicon import FIRST_CHARACTER, PADDING
from seqnlp.nn.recurrent import Recurrent
from seqnlp.text.casing import CASINGS


class CompactVectors(nn.Module):
    """Frozen word vectors in one byte a number: 8-bit codes and one scale per word.

    A number is off by at most 0.4 % of the largest of its word. Row 0 is "no vector" and reads as zeros. Training reads
    the same rounded values as the saved model does.
    """

    codes: Tensor
    scales: Tensor

    def __init__(self, num_vectors: int, dim: int) -> None:
        super().__init__()
        self.dim = dim
        self.register_buffer("codes", torch.zeros(num_vectors + 1, dim, dtype=torch.int8))  # (N + 1, D)
        self.register_buffer("scales", torch.zeros(num_vectors + 1))  # (N + 1,)

    def fill(self, vectors: NDArray[np.float32], first: int = 1) -> None:
        """Round and keep the vectors (N, D) from row ``first`` on, in the order of the vocabulary."""
        values = torch.from_numpy(vectors)  # (N, D)
        scales = values.abs().amax(dim=1).clamp(min=1e-12) / 127  # (N,)
        self.codes[first:] = torch.round(values / scales[:, None]).to(torch.int8)
        self.scales[first:] = scales

    def forward(self, rows: Tensor) -> Tensor:
        """The means (U, D) of the vectors of some rows (U, P); 0 is no row, and the mean of none is zero.

        They are added one after the other, so that a word reads the same alone and beside words of more rows.
        """
        total = self._row(rows[:, 0])  # (U, D)
        for place in range(1, rows.size(1)):
            total = total + self._row(rows[:, place])
        return total if rows.size(1) == 1 else total / (rows > 0).sum(dim=1).clamp(min=1)[:, None]

    def _row(self, indices: Tensor) -> Tensor:
        """Vectors (U, D) of rows (U,)."""
        return self.codes.index_select(0, indices).float() * self.scales.index_select(0, indices)[:, None]


class CharacterCNN(nn.Module):
    """One convolution over a word's characters and its maximum over positions (Ma & Hovy 2016)."""

    WIDTH = 3

    def __init__(self, num_characters: int, dim: int, hidden_dim: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(num_characters + FIRST_CHARACTER, dim, padding_idx=PADDING)
        self.project = nn.Linear(self.WIDTH * dim, hidden_dim)
        self.output_dim = hidden_dim
        nn.init.uniform_(self.embedding.weight, -math.sqrt(3 / dim), math.sqrt(3 / dim))

    def forward(self, characters: Tensor, lengths: Tensor) -> Tensor:
        """Features (U, F) of words given as characters (U, C) with begin and end marks, lengths (U,)."""
        embedded = self.embedding(functional.pad(characters, (0, 1)))  # (U, C + 1, E)
        num_windows = embedded.size(1) - self.WIDTH + 1
        windows = torch.cat([embedded[:, k : k + num_windows] for k in range(self.WIDTH)], dim=-1)  # (U, C - 1, 3E)
        scores = self.project(windows)  # (U, C - 1, F)
        steps = torch.arange(num_windows, device=lengths.device)  # (C - 1,)
        beyond = steps >= lengths[:, None] - 1  # (U, C - 1)
        return torch.tanh(scores.masked_fill(beyond[..., None], -math.inf).amax(dim=1))  # (U, F)


class CharacterLSTM(nn.Module):
    """A bidirectional LSTM over a word's characters, its final states side by side (Lample et al. 2016)."""

    def __init__(self, num_characters: int, dim: int, hidden_dim: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(num_characters + FIRST_CHARACTER, dim, padding_idx=PADDING)
        self.recurrent = Recurrent(dim, math.ceil(hidden_dim / 2))
        self.output_dim = self.recurrent.output_dim
        nn.init.uniform_(self.embedding.weight, -math.sqrt(3 / dim), math.sqrt(3 / dim))

    def forward(self, characters: Tensor, lengths: Tensor) -> Tensor:
        """Features (U, F) of words given as characters (U, C) with begin and end marks, lengths (U,)."""
        outputs = self.recurrent(self.embedding(characters), lengths)  # (U, C, F)
        return self.recurrent.final(outputs, lengths)  # (U, F)


CHARACTER_MODELS: dict[str, type[CharacterCNN] | type[CharacterLSTM]] = {"cnn": CharacterCNN, "lstm": CharacterLSTM}


@dataclass(frozen=True)
class WordSizes:
    """Everything that decides the shapes of a :class:`WordEmbedder`; counts are without the reserved first rows."""

    num_words: int
    num_vectors: int
    num_characters: int
    word_dim: int
    character_model: str
    character_dim: int
    character_hidden_dim: int
    casing_dim: int
    fine_tune: bool


class WordEmbedder(nn.Module):
    """Word forms to vectors: ``[pretrained + correction, characters, casing]``.

    A word with a pretrained vector, its own or the mean of its pieces', reads as that vector, plus a learned correction
    (zero at the start) if it is a training word and ``fine_tune`` is on. A training word without one has an embedding
    of its own. Every other word shares the embedding of the unknown word, which word dropout trains.
    """

    def __init__(self, sizes: WordSizes, word_dropout: float = 0.0) -> None:
        super().__init__()
        self.fine_tune = sizes.fine_tune
        self.word_dropout = word_dropout
        dims = []
        self.vectors = CompactVectors(sizes.num_vectors, sizes.word_dim) if sizes.num_vectors else None
        self.table = nn.Embedding(sizes.num_words + 1, sizes.word_dim, sparse=True) if sizes.word_dim else None
        if self.table is not None:
            nn.init.uniform_(self.table.weight, -math.sqrt(3 / sizes.word_dim), math.sqrt(3 / sizes.word_dim))
            dims.append(sizes.word_dim)
        self.characters: CharacterCNN | CharacterLSTM | None = None
        if sizes.character_model != "none":
            make = CHARACTER_MODELS[sizes.character_model]
            self.characters = make(sizes.num_characters, sizes.character_dim, sizes.character_hidden_dim)
            dims.append(self.characters.output_dim)
        self.casing = nn.Embedding(len(CASINGS), sizes.casing_dim) if sizes.casing_dim else None
        dims += [sizes.casing_dim] if sizes.casing_dim else []
        self.output_dim = sum(dims)

    def start_corrections_at_zero(self, word_ids: Tensor, has_vector: Tensor) -> None:
        """Zero the table's rows of words that have a pretrained vector; both (N,) are of N word forms."""
        if self.table is not None:
            self.table.weight.data[word_ids[(word_ids > 0) & has_vector]] = 0

    def forward(self, rows: WordRows) -> Tensor:
        """Vectors (U, D) of the word forms."""
        parts = []
        if self.table is not None:
            rows = self._drop_words(rows)
            parts.append(self._words(rows.word_ids, rows.vector_rows, self.table))  # (U, W)
        if self.characters is not None:
            parts.append(self.characters(rows.characters, rows.character_lengths))  # (U, F)
        if self.casing is not None:
            parts.append(self.casing(rows.casings))  # (U, Z)
        return torch.cat(parts, dim=-1)  # (U, D)

    def _words(self, word_ids: Tensor, vector_rows: Tensor, table: nn.Embedding) -> Tensor:
        learned: Tensor = table(word_ids)  # (U, W)
        if self.vectors is None:
            return learned
        has_vector = vector_rows[:, 0] > 0  # (U,)
        reads_table = ~has_vector | (word_ids > 0) if self.fine_tune else ~has_vector  # (U,)
        pretrained: Tensor = self.vectors(vector_rows)  # (U, W)
        return pretrained + learned * reads_table[:, None]

    def _drop_words(self, rows: WordRows) -> WordRows:
        """In training, read whole word forms of the batch as unknown (one draw per form, Gal & Ghahramani 2016)."""
        if not self.training or self.word_dropout == 0:
            return rows
        kept = torch.empty(rows.word_ids.shape, device=rows.word_ids.device).bernoulli_(1 - self.word_dropout).long()
        return replace(rows, word_ids=rows.word_ids * kept, vector_rows=rows.vector_rows * kept[:, None])
