"""A pretrained encoder as a classifier of texts, which is fine-tuned to teach a smaller one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.models.bert import BertLike, read_bert
from seqnlp.models.encoder import read_tokenizer

DROPOUT = 0.1


class EncoderClassifier(nn.Module):
    """Mean of the encoder's outputs -> hidden layer -> scores of the classes.

    Args:
        encoder: whose weights are trained, too.
        num_classes: K.
    """

    def __init__(self, encoder: BertLike, num_classes: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(DROPOUT)
        self.hidden = nn.Linear(encoder.width, encoder.width)
        self.project = nn.Linear(encoder.width, num_classes)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Ids and mask (B, T) of word pieces -> scores (B, K)."""
        outputs = self.encoder(ids, mask)  # (B, T, H)
        mean = (outputs * mask[..., None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)  # (B, H)
        hidden = torch.tanh(self.hidden(self.dropout(mean)))  # (B, H)
        scores: Tensor = self.project(self.dropout(hidden))  # (B, K)
        return scores.float()


class TextPieces:
    """Texts as the ids of an encoder's word pieces.

    Args:
        folder: of the encoder.
        longest: pieces of a text that are read, the special ones among them.
    """

    def __init__(self, folder: Path, longest: int) -> None:
        self._tokenizer = read_tokenizer(folder, longest)
        self.longest = longest

    def read(self, texts: Sequence[str]) -> FlatSequences:
        """The ids of each text."""
        return FlatSequences.of([coded.ids for coded in self._tokenizer.encode_batch(list(texts))])


def encoder_classifier(folder: Path, num_classes: int, longest: int) -> tuple[EncoderClassifier, TextPieces]:
    """The classifier with a fresh output layer, and what reads texts for it; texts are cut where the encoder must.

    Raises:
        DataError: the folder lacks a file, or its encoder is of a kind that is not understood.
        SeqnlpError: the package ``tokenizers`` is not installed.
    """
    encoder = read_bert(folder, DROPOUT)
    return EncoderClassifier(encoder, num_classes), TextPieces(folder, min(longest, encoder.longest))
