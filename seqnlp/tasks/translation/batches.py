"""Pairs of a corpus as a batch that a translator learns from."""

from __future__ import annotations

import torch

from seqnlp.arrays import IntArray
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.data.pair_batches import shifted, with_end
from seqnlp.models.translator import PairBatch


def pair_batch(encoded: tuple[FlatSequences, FlatSequences], pairs: IntArray) -> PairBatch:
    """The pairs of these numbers, of sources and targets."""
    source, source_lengths = with_end(encoded[0], pairs)
    outputs, lengths = with_end(encoded[1], pairs)
    mask = torch.arange(outputs.size(1)) < lengths[:, None]  # (B, T)
    return PairBatch(source, source_lengths, shifted(outputs), outputs, mask)
