"""Contextual embeddings without torch: sentences as characters, and the states of language models at their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from seqnlp.arrays import IntArray
from seqnlp.data.batches import plan_in_order
from seqnlp.networks.language_model import GraphReader
from seqnlp.networks.protocol import FloatArray
from seqnlp.text.language_tokens import CharacterTokens, plain_line

BATCH_SENTENCES = 64
BATCH_CHARACTERS = 64 * 1024
"""Sentences read side by side, and their padded characters (a longer one goes alone)."""

WINDOW = 128
"""Characters that are read at once; the state is carried on, so this bounds memory and changes nothing else."""


class CharacterNetwork(Protocol):
    """The half of a language model that reads."""

    @property
    def output_dim(self) -> int:
        """H."""

    def start(self, batch: int = 1) -> Any:
        """The state before B texts."""

    def outputs_at(self, tokens: IntArray, rows: IntArray, steps: IntArray, state: Any) -> tuple[FloatArray, Any]:
        """Outputs (n, H) after some steps (n,) of some rows (n,) of tokens (B, T), and the state after the last."""


class GraphCharacters(GraphReader):
    """A graph that reads characters; see :class:`CharacterNetwork`."""

    def outputs_at(self, tokens: IntArray, rows: IntArray, steps: IntArray, state: Any) -> tuple[FloatArray, Any]:
        """Outputs (n, H) after some steps (n,) of some rows (n,) of tokens (B, T), and the state after the last."""
        outputs, after = self.outputs(tokens, state)
        return outputs[rows, steps], after


@dataclass(frozen=True)
class SentenceReader:
    """One character language model, and how it reads a sentence: its words with single spaces between them.

    As in its training text the sentence comes after an end mark. A model that reads backward begins with the last
    character, so that its state at a word has seen the word and all that follows it.

    Attributes:
        network: embedding and layers.
        tokens: its characters.
        lowercase: whether it was trained on lower-cased text.
        direction: ``forward`` or ``backward``.
    """

    network: CharacterNetwork
    tokens: CharacterTokens
    lowercase: bool
    direction: str

    def encode(self, words: Sequence[str]) -> tuple[list[int], list[int]]:
        """The tokens of a sentence in the order in which they are read, and where among them each word is complete."""
        texts = [self.tokens.known_form(plain_line(word, self.lowercase)) for word in words]
        if self.direction == "backward":
            texts = [text[::-1] for text in reversed(texts)]
        tokens, places = [self.tokens.end], []
        for number, text in enumerate(texts):
            tokens += self.tokens.encode_word(text, number == 0)
            places.append(len(tokens) - 1)
        return tokens, places if self.direction == "forward" else places[::-1]

    def read(self, sentences: Sequence[Sequence[str]]) -> FloatArray:
        """The states (N, H) at all words, sentence after sentence; a word's is that after its last character read."""
        encoded = [self.encode(words) for words in sentences]
        lengths = np.array([len(tokens) for tokens, _ in encoded], dtype=np.int64)  # (S,)
        states = [np.zeros((0, self.network.output_dim), np.float32)] * (len(encoded) + 1)  # (n, H) each
        for batch in plan_in_order(lengths, BATCH_SENTENCES, BATCH_CHARACTERS):
            together = [encoded[number] for number in batch]
            ends = np.cumsum([len(places) for _, places in together])
            for number, part in zip(batch, np.split(self._read_batch(together), ends[:-1]), strict=True):
                states[number] = part
        return np.concatenate(states)

    def _read_batch(self, encoded: Sequence[tuple[list[int], list[int]]]) -> FloatArray:
        """The states (n, H) at the places of sentences read side by side, window by window."""
        tokens = np.zeros((len(encoded), max(len(one) for one, _ in encoded)), np.int64)  # (B, T)
        for row, (one, _) in enumerate(encoded):
            tokens[row, : len(one)] = one
        rows = np.repeat(np.arange(len(encoded)), [len(places) for _, places in encoded])  # (n,)
        places = np.array([place for _, places in encoded for place in places], np.int64)  # (n,)
        states = np.zeros((len(places), self.network.output_dim), np.float32)  # (n, H)
        state = self.network.start(len(encoded))
        for first in range(0, tokens.shape[1], WINDOW):
            in_window = (places >= first) & (places < first + WINDOW)  # (n,)
            read = tokens[:, first : first + WINDOW], rows[in_window], places[in_window] - first
            states[in_window], state = self.network.outputs_at(*read, state)
        return states


class ContextReaders:
    """The states of one or two character models, side by side; see ``protocol.ContextVectors``."""

    def __init__(self, readers: Sequence[SentenceReader]) -> None:
        self.readers = list(readers)

    def read(self, sentences: Sequence[Sequence[str]]) -> FloatArray:
        """Vectors (N, C) of all words of sentences, one sentence after the other; empty sentences have none.

        A sentence's vectors do not depend on the other sentences.
        """
        return np.concatenate([reader.read(sentences) for reader in self.readers], axis=1)
