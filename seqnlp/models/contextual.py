"""Contextual string embeddings: what language models of characters have in mind at each word (Akbik et al. 2018)."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from seqnlp.data.batches import plan_in_order
from seqnlp.models.language_model import LanguageModelEncoder
from seqnlp.text.language_tokens import CharacterTokens, plain_line

IntArray = NDArray[np.int64]

BATCH_SENTENCES = 64
BATCH_CHARACTERS = 64 * 1024
"""Sentences read side by side, and their padded characters (a longer one goes alone)."""

WINDOW = 128
"""Characters that are read at once; the state is carried on, so this bounds memory and changes nothing else."""


class CharacterEncoder:
    """One character language model, and how it reads a sentence: its words with single spaces between them.

    As in its training text the sentence comes after an end mark. A model that reads backward begins with the last
    character, so that its state at a word has seen the word and all that follows it.

    Args:
        reader: embedding and layers; they are not trained any further.
        tokens: its characters.
        lowercase: whether it was trained on lower-cased text.
    """

    def __init__(self, reader: LanguageModelEncoder, tokens: CharacterTokens, lowercase: bool) -> None:
        self.reader, self.tokens, self.lowercase = reader.eval().requires_grad_(False), tokens, lowercase

    @property
    def direction(self) -> str:
        """``forward`` or ``backward``."""
        return self.reader.config.direction

    def encode(self, words: Sequence[str]) -> tuple[list[int], list[int]]:
        """The tokens of a sentence in the order in which they are read, and where among them each word is complete."""
        texts = [plain_line(word, self.lowercase) for word in words]
        if self.direction == "backward":
            texts = [text[::-1] for text in reversed(texts)]
        tokens, places = [self.tokens.end], []
        for number, text in enumerate(texts):
            tokens += self.tokens.encode_word(text, number == 0)
            places.append(len(tokens) - 1)
        return tokens, places if self.direction == "forward" else places[::-1]

    @torch.no_grad()
    def read(self, sentences: Sequence[Sequence[str]]) -> Tensor:
        """The states (N, H) at all words, sentence after sentence; a word's is that after its last character read."""
        encoded = [self.encode(words) for words in sentences]
        lengths = np.array([len(tokens) for tokens, _ in encoded], dtype=np.int64)  # (S,)
        states = [self.reader.embedding.weight.new_zeros(0, self.reader.output_dim)] * (len(encoded) + 1)  # (n, H) each
        for batch in plan_in_order(lengths, BATCH_SENTENCES, BATCH_CHARACTERS):
            together = [encoded[number] for number in batch]
            parts = torch.split(self._read_batch(together), [len(places) for _, places in together])
            for number, part in zip(batch, parts, strict=True):
                states[number] = part
        return torch.cat(states)

    def _read_batch(self, encoded: Sequence[tuple[list[int], list[int]]]) -> Tensor:
        """The states (n, H) at the places of sentences read side by side, window by window."""
        device = self.reader.embedding.weight.device
        tokens = nn.utils.rnn.pad_sequence([torch.tensor(one) for one, _ in encoded], batch_first=True)  # (B, T)
        pairs = [(row, place) for row, (_, places) in enumerate(encoded) for place in places]
        rows, places = torch.tensor(pairs, dtype=torch.int64).view(-1, 2).to(device).unbind(dim=1)  # (n,) each
        tokens = tokens.to(device)
        states = torch.zeros(len(places), self.reader.output_dim, device=device)  # (n, H)
        state = self.reader.start(len(encoded))
        for first in range(0, tokens.size(1), WINDOW):
            outputs, state = self.reader(tokens[:, first : first + WINDOW], state)  # (B, W, H)
            inside = (places >= first) & (places < first + WINDOW)  # (n,)
            states[inside] = outputs[rows[inside], places[inside] - first]
        return states


class ContextualEmbedder:
    """The states of one or two character models, side by side: vectors of words that depend on the whole sentence."""

    def __init__(self, readers: Sequence[CharacterEncoder]) -> None:
        self.readers = list(readers)
        self.dim = sum(reader.reader.output_dim for reader in readers)

    @property
    def directions(self) -> list[str]:
        """In which each of the models reads."""
        return [reader.direction for reader in self.readers]

    def to(self, device: torch.device) -> ContextualEmbedder:
        """The same models, moved to another device."""
        for reader in self.readers:
            reader.reader.to(device)
        return self

    def read(self, sentences: Sequence[Sequence[str]]) -> Tensor:
        """Vectors (N, C) of all words of sentences, one sentence after the other; empty sentences have none.

        A sentence's vectors do not depend on the other sentences.
        """
        return torch.cat([reader.read(sentences) for reader in self.readers], dim=1)  # (N, C)

    def digest(self) -> str:
        """SHA-256 of everything that decides the vectors."""
        digest = sha256()
        for reader in self.readers:
            digest.update(repr((reader.reader.config, reader.lowercase, reader.tokens.to_vocabulary())).encode())
            for name, tensor in reader.reader.state_dict().items():
                digest.update(name.encode() + tensor.cpu().numpy().tobytes())
        return digest.hexdigest()
