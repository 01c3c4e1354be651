"""Batches of sentence pairs as padded tensors."""

from __future__ import annotations

import torch
from torch import Tensor

from seqnlp.arrays import IntArray
from seqnlp.data.flat_sequences import FlatSequences, begun, ended


def with_end(sequences: FlatSequences, rows: IntArray) -> tuple[Tensor, Tensor]:
    """The given sequences with END after each, (B, T), and their lengths with it, (B,)."""
    outputs, lengths = ended(sequences, rows)
    return torch.from_numpy(outputs), torch.from_numpy(lengths)


def shifted(outputs: Tensor) -> Tensor:
    """What a decoder reads to give ``outputs`` (B, T): BEGIN, then all but the last."""
    return torch.from_numpy(begun(outputs.numpy()))
