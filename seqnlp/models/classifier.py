"""The classifier: words -> (convolution) -> recurrent layers -> pooling, a window at a time -> scores of a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from seqnlp.data.document_batches import DocumentBatch
from seqnlp.nn.convolution import ShorteningConvolution
from seqnlp.nn.dropout import LockedDropout
from seqnlp.nn.embed import WordEmbedder
from seqnlp.nn.pooling import Pooling
from seqnlp.nn.recurrent import Recurrent


class WindowEncoder(nn.Module):
    """One vector a window.

    Args:
        convolution: shortens the sequence first; may be None.
        recurrent: reads the words in context.
        pooling: ``last``, ``mean``, ``max`` or ``attention``.
    """

    def __init__(self, convolution: ShorteningConvolution | None, recurrent: Recurrent, pooling: str) -> None:
        super().__init__()
        self.convolution = convolution
        self.recurrent = recurrent
        self.pooling = Pooling(pooling, recurrent.output_dim)
        self.output_dim = recurrent.output_dim

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Vectors (P, H) of windows (P, T, D) with so many words (P,)."""
        outputs, lengths = self.outputs(inputs, lengths)
        pooled: Tensor = self.pooling(self.recurrent, outputs, lengths)  # (P, H)
        return pooled

    def outputs(self, inputs: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """What is pooled, (P, T', H), and its lengths (P,)."""
        if self.convolution is not None:
            inputs, lengths = self.convolution(inputs, lengths)
        return self.recurrent(inputs, lengths), lengths


class RecurrentClassifier(nn.Module):
    """A recurrent text classifier whose documents may be longer than a window.

    A document's vector is the mean of its windows' vectors, weighted by their words: as the output layer is linear,
    its scores are then the mean of the windows' scores. With ``over_windows`` a second recurrent layer reads the
    windows' vectors instead (hierarchical, Yang et al. 2016).

    Args:
        embedder: makes the vector of each word form.
        encoder: makes the vector of each window.
        over_windows: makes a document's vector from those of its windows; None: their mean.
        num_classes: K.
        class_weights: (K,) how much a document of each class counts; None: all alike.
        multi_label: a document has any number of labels, each with a probability of its own.
        input_dropout: locked dropout on the words' vectors.
        output_dropout: dropout on the document's vector.
    """

    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "embeddings": ("embedder.",),
        "words": ("embedder.table.",),
        "characters": ("embedder.characters.",),
        "encoder": ("encoder.", "over_windows."),
        "output": ("project.",),
    }
    """Beginnings of the names of parameters, by the groups that ``trainer.freeze`` names."""

    def __init__(
        self,
        embedder: WordEmbedder,
        encoder: WindowEncoder,
        over_windows: WindowEncoder | None,
        num_classes: int,
        *,
        class_weights: Tensor | None = None,
        multi_label: bool = False,
        input_dropout: float = 0.0,
        output_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.embedder = embedder
        self.encoder = encoder
        self.over_windows = over_windows
        self.class_weights = class_weights
        self.multi_label = multi_label
        self.input_dropout = LockedDropout(input_dropout)
        self.output_dropout = nn.Dropout(output_dropout)
        self.project = nn.Linear((over_windows or encoder).output_dim, num_classes)

    def forward(self, batch: DocumentBatch) -> Tensor:
        """Scores (B, K) of a batch."""
        vectors = self.window_vectors(self.embedder(batch.rows), batch.index, batch.lengths)  # (P, H)
        return self.scores(vectors, batch.lengths, batch.owners, batch.places, len(batch.targets))

    def window_vectors(self, rows: Tensor, index: Tensor, lengths: Tensor) -> Tensor:
        """Vectors (P, H) of windows from the word forms' vectors (U, D), each word's row (P, T) and lengths (P,).

        Windows without words point at row 0, and read zeros if there are no rows at all.
        """
        rows = rows if len(rows) else rows.new_zeros(1, rows.size(1))  # (U, D)
        inputs = rows.index_select(0, index.flatten()).view(*index.shape, -1)  # (P, T, D)
        inputs = inputs.double() if self.project.weight.dtype == torch.float64 else inputs
        vectors: Tensor = self.encoder(self.input_dropout(inputs), lengths)  # (P, H)
        return vectors

    def scores(self, vectors: Tensor, lengths: Tensor, owners: Tensor, places: Tensor, count: int) -> Tensor:
        """Scores (count, K) of documents from their windows' vectors (P, H); the rest as in :class:`DocumentBatch`."""
        documents = self.document_vectors(vectors, lengths, owners, places, count)  # (count, H)
        scores: Tensor = self.project(self.output_dropout(documents))  # (count, K)
        return scores.float()

    def document_vectors(self, vectors: Tensor, lengths: Tensor, owners: Tensor, places: Tensor, count: int) -> Tensor:
        """Vectors (count, H) of documents from those of their windows (P, H)."""
        if self.over_windows is not None:
            grid = vectors.new_zeros(count, int(places.max()) + 1, vectors.size(1))  # (count, W, H)
            grid[owners, places] = vectors
            documents: Tensor = self.over_windows(grid, torch.bincount(owners, minlength=count))
            return documents
        if len(owners) == count:
            return vectors
        weights = window_weights(lengths, owners, count).to(vectors.dtype)  # (P,)
        return vectors.new_zeros(count, vectors.size(1)).index_add(0, owners, vectors * weights[:, None])

    def loss(self, batch: DocumentBatch) -> Tensor:
        """Cross-entropy summed over the documents, weighted by their class; binary and over all labels for several.

        Of documents that teachers answered, a share of it is the cross-entropy of what they say; times the square of
        the temperature, as its gradient shrinks by that (Hinton et al. 2015).
        """
        scores = self(batch)  # (B, K)
        scores = scores if batch.ngram_scores is None else scores + batch.ngram_scores
        soft = batch.soft
        if soft is None:
            return self._cross_entropy(scores, batch.targets)
        answered, both = soft.answered, soft.labelled & soft.answered  # (B,)
        milder = scores[answered] / soft.temperature  # (A, K)
        loss = soft.weight * soft.temperature**2 * self._cross_entropy(milder, soft.probabilities[answered])  # ()
        loss = loss + (1 - soft.weight) * self._cross_entropy(scores[both], batch.targets[both])
        return loss + self._cross_entropy(scores[~answered], batch.targets[~answered])

    def _cross_entropy(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Summed over documents (B, K); targets are classes (B,), or probabilities or flags (B, K)."""
        if self.multi_label:
            return functional.binary_cross_entropy_with_logits(scores, targets.float(), reduction="sum")
        weights = None if self.class_weights is None else self.class_weights.to(scores)  # (K,)
        return functional.cross_entropy(scores, targets, weights, reduction="sum")

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.project.weight.device


def window_weights(lengths: Tensor, owners: Tensor, count: int) -> Tensor:
    """The part (P,) of each window in the mean of its document: its part of the words."""
    words = lengths.clamp(min=1).float()  # (P,)
    totals = words.new_zeros(count).index_add(0, owners, words)  # (count,)
    return words / totals[owners]
