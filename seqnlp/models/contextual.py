"""Contextual string embeddings: hidden states of character language models at each word (Akbik et al. 2018)."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import torch
from torch import Tensor

from seqnlp.arrays import IntArray
from seqnlp.models.language_model import LanguageModelEncoder
from seqnlp.networks.contextual import ContextReaders, SentenceReader
from seqnlp.networks.protocol import FloatArray
from seqnlp.nn.cells import State
from seqnlp.text.language_tokens import CharacterTokens


class TorchCharacters:
    """The module that was trained; see :class:`~seqnlp.networks.contextual.CharacterNetwork`."""

    def __init__(self, reader: LanguageModelEncoder) -> None:
        self._reader, self.output_dim = reader, reader.output_dim

    def start(self, batch: int = 1) -> State:
        """The state before B texts."""
        return self._reader.start(batch)

    @torch.no_grad()
    def outputs_at(self, tokens: IntArray, rows: IntArray, steps: IntArray, state: State) -> tuple[FloatArray, State]:
        """Outputs (n, H) after some steps (n,) of some rows (n,) of tokens (B, T), and the state after the last."""
        device = self._reader.embedding.weight.device
        read, at, places = (torch.from_numpy(part).to(device) for part in (tokens, rows, steps))
        outputs, after = self._reader(read, state)  # (B, T, H)
        chosen: FloatArray = outputs[at, places].numpy(force=True)
        return chosen, after


class CharacterEncoder:
    """One character language model as a module, and how it reads a sentence.

    Args:
        reader: embedding and layers; they are not trained any further.
        tokens: its characters.
        lowercase: whether it was trained on lower-cased text.
    """

    def __init__(self, reader: LanguageModelEncoder, tokens: CharacterTokens, lowercase: bool) -> None:
        self.reader, self.tokens, self.lowercase = reader.eval().requires_grad_(False), tokens, lowercase
        self.sentences = SentenceReader(TorchCharacters(reader), tokens, lowercase, self.direction)

    @property
    def direction(self) -> str:
        """``forward`` or ``backward``."""
        return self.reader.config.direction

    def read(self, sentences: Sequence[Sequence[str]]) -> Tensor:
        """The states (N, H) at all words, sentence after sentence; a word's is that after its last character read."""
        return torch.from_numpy(self.sentences.read(sentences))


class ContextualEmbedder:
    """The states of one or two character models, side by side: vectors of words that depend on the whole sentence."""

    def __init__(self, readers: Sequence[CharacterEncoder]) -> None:
        self.readers = list(readers)
        self._together = ContextReaders([reader.sentences for reader in readers])
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
        return torch.from_numpy(self._together.read(sentences))  # (N, C)

    def digest(self) -> str:
        """SHA-256 of everything that decides the vectors."""
        digest = sha256()
        for reader in self.readers:
            digest.update(repr((reader.reader.config, reader.lowercase, reader.tokens.to_vocabulary())).encode())
            for name, tensor in reader.reader.state_dict().items():
                digest.update(name.encode() + tensor.cpu().numpy().tobytes())
        return digest.hexdigest()
