"""Contextual embeddings on their way into a tagger."""

from __future__ import annotations

from torch import Tensor, nn

from seqnlp.nn.dropout import LockedDropout


class ContextInput(nn.Module):
    """Locked dropout and, if asked for, a learned projection of vectors that are not trained themselves.

    Args:
        input_dim: C, width of the contextual embeddings.
        dim: width after the projection; 0: no projection.
        dropout: chance that a feature of a sentence's vectors is left out.
    """

    def __init__(self, input_dim: int, dim: int = 0, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = LockedDropout(dropout)
        self.project = nn.Linear(input_dim, dim) if dim else None
        self.output_dim = dim or input_dim

    def forward(self, context: Tensor) -> Tensor:
        """(B, T, C') of contextual embeddings (B, T, C)."""
        dropped: Tensor = self.dropout(context)  # (B, T, C)
        return dropped if self.project is None else self.project(dropped)
