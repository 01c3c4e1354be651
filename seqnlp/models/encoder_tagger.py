"""A pretrained encoder as a tagger of words, which is fine-tuned to teach a smaller one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from seqnlp.arrays import IntArray
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.models.bert import BertLike, read_bert
from seqnlp.models.encoder import read_tokenizer

DROPOUT = 0.1

NO_PIECE = 0
"""In the place of a word that has no piece, such as a control character: BERT's padding, RoBERTa's beginning."""


class EncoderTagger(nn.Module):
    """The encoder's output at the first piece of each word -> scores of the tags (Devlin et al. 2019, section 5.3).

    Args:
        encoder: whose weights are trained, too.
        num_tags: K.
    """

    def __init__(self, encoder: BertLike, num_tags: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(DROPOUT)
        self.project = nn.Linear(encoder.width, num_tags)

    def forward(self, ids: Tensor, mask: Tensor, first: Tensor) -> Tensor:
        """Ids, mask and whether each is the first piece of a word (B, T) -> scores (W, K) of the words in turn."""
        outputs = self.encoder(ids, mask)[first.bool()]  # (W, H)
        scores: Tensor = self.project(self.dropout(outputs))  # (W, K)
        return scores.float()


@dataclass(frozen=True)
class Passages:
    """Sentences as the word pieces that an encoder reads at once; a long one is several passages, cut between words.

    Attributes:
        pieces: the ids of each of P passages, the special ones among them.
        first: as many 0 and 1: the first piece of a word.
        words: (P + 1,) the number of the word, counted through all sentences, with which each passage begins.
    """

    pieces: FlatSequences
    first: FlatSequences
    words: IntArray

    def words_of(self, passages: IntArray) -> IntArray:
        """The numbers (W,) of the words of some passages, one passage after the other."""
        return np.concatenate([np.arange(self.words[one], self.words[one + 1]) for one in passages])

    def first_of(self, passages: IntArray) -> Tensor:
        """Whether each piece of some passages is the first of a word, (B, T)."""
        return torch.from_numpy(self.first.padded(passages))


class WordPieces:
    """Words as the ids of an encoder's word pieces.

    Args:
        folder: of the encoder.
        longest: pieces that are read at once, the special ones among them.
    """

    def __init__(self, folder: Path, longest: int) -> None:
        self._tokenizer, self.longest = read_tokenizer(folder, longest), longest
        around = self._tokenizer.encode("").ids
        self._before, self._after = around[:1], around[1:]
        self._room = max(1, longest - len(around))
        self._known: dict[str, list[int]] = {}

    def read(self, sentences: Sequence[Sequence[str]]) -> Passages:
        """Sentences, given as words, in passages."""
        pieces, first, begins = list[list[int]](), list[list[int]](), [0]
        for words in sentences:
            for passage in self._passages([self._word(word) for word in words]):
                ids = [piece for word in passage for piece in word]
                marks = [int(place == 0) for word in passage for place in range(len(word))]
                pieces.append([*self._before, *ids, *self._after])
                first.append([*(0 for _ in self._before), *marks, *(0 for _ in self._after)])
                begins.append(begins[-1] + len(passage))
        return Passages(FlatSequences.of(pieces), FlatSequences.of(first), np.array(begins))

    def _passages(self, words: Sequence[list[int]]) -> list[list[list[int]]]:
        """The pieces of words in passages that have room for them."""
        passages, room = list[list[list[int]]](), 0
        for word in words:
            if not passages or len(word) > room:
                passages.append([])
                room = self._room
            passages[-1].append(word)
            room -= len(word)
        return passages

    def _word(self, word: str) -> list[int]:
        """The pieces of a word, as within a text; one at least, and no more than are read at once."""
        if word not in self._known:
            pieces = self._tokenizer.encode(f" {word}", add_special_tokens=False).ids[: self._room]
            self._known[word] = pieces or [NO_PIECE]
        return self._known[word]


def encoder_tagger(folder: Path, num_tags: int, longest: int) -> tuple[EncoderTagger, WordPieces]:
    """The tagger with a fresh output layer, and what reads words for it; as many pieces at once as the encoder can.

    Raises:
        DataError: the folder lacks a file, or its encoder is of a kind that is not understood.
        SeqnlpError: the package ``tokenizers`` is not installed.
    """
    encoder = read_bert(folder, DROPOUT)
    return EncoderTagger(encoder, num_tags), WordPieces(folder, min(longest, encoder.longest))
