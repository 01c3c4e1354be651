"""A language model that reads: a place in a text, the state there, and what may come next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.decode.penalties import penalise_repetition
from seqnlp.decode.sampling import SamplingOptions, draw
from seqnlp.decode.word_search import WordSearch
from seqnlp.networks.protocol import LanguageModelNetwork
from seqnlp.text.language_tokens import Tokens


@dataclass(frozen=True, eq=False)
class TextState:
    """After the last token that was read: the network, its output (1, H) and its state, of one row, there."""

    network: LanguageModelNetwork
    outputs: NDArray[np.floating]
    state: Any

    @cached_property
    def log_probs(self) -> FloatArray:
        """(V,) of the next token."""
        row: FloatArray = self.network.log_probs(self.outputs)[0].astype(np.float64)
        return row

    def probabilities(self, top: int = 0) -> FloatArray:
        """(V,) of the next token; with ``top`` rare ones that are not among so many may read as 0, which is faster."""
        if top and "log_probs" not in self.__dict__:
            return _exp(self.network.log_probs(self.outputs, top)[0].astype(np.float64))
        return _exp(self.log_probs)


class TextSession:
    """Moves a model through a text, one or more tokens at a time."""

    def __init__(self, network: LanguageModelNetwork, tokens: Tokens) -> None:
        self.network, self.tokens = network, tokens
        self._search = WordSearch(tokens)

    @cached_property
    def beginning(self) -> TextState:
        """The beginning of a line, nothing read before it."""
        return self._read([self.tokens.end], self.network.start())

    def read(self, place: TextState, tokens: Sequence[int]) -> TextState:
        """The place after some more tokens; none leave it as it is."""
        return self._read(tokens, place.state) if len(tokens) else place

    def next_words(self, place: TextState, lead: str, typed: str, top: int) -> list[tuple[str, float]]:
        """The most probable words that begin with what is typed; see :meth:`WordSearch.next_words`."""
        # More than asked for, as the end of the line and the unknown word may be among them.
        seen = top + len(self.tokens.special_ids) + 1 if self.tokens.whole_words and not typed else 0
        return self._search.next_words(place.probabilities(seen), place.state, self._step, lead, typed, top)

    def sample(
        self,
        place: TextState,
        read: Sequence[int],
        length: int,
        options: SamplingOptions,
        repetition_penalty: float,
        begin_word: bool,
    ) -> Iterator[int]:
        """Draw tokens one after the other.

        Args:
            read: the tokens before, which a repetition penalty counts too.
            length: how many to draw.
            begin_word: the first one must not continue a word.
        """
        generator = np.random.default_rng(options.seed)
        seen = [token for token in read if token != self.tokens.end]
        special_ids = list(self.tokens.special_ids)
        inner = np.flatnonzero(self._search.continues).tolist() if begin_word else []
        for number in range(length):
            log_probs = place.log_probs
            if repetition_penalty != 1:
                log_probs = penalise_repetition(log_probs, seen, repetition_penalty)
            token = draw(log_probs, [*special_ids, *inner] if number == 0 else special_ids, options, generator)
            yield token
            if token != self.tokens.end:
                seen.append(token)
            place = self._read([token], place.state)

    def _read(self, tokens: Sequence[int], state: Any) -> TextState:
        outputs, state = self.network.read(np.array([list(tokens)], np.int64), state)  # (1, H)
        return TextState(self.network, outputs, state)

    def _step(self, rows: IntArray, tokens: IntArray, state: Any) -> tuple[FloatArray, Any]:
        """Probabilities (N, V) after reading tokens (N,) from rows (N,) of the state."""
        outputs, state = self.network.read(tokens[:, None], self.network.select(state, rows))  # (N, H)
        return _exp(self.network.log_probs(outputs).astype(np.float64)), state


def _exp(log_probs: FloatArray) -> FloatArray:
    probabilities: FloatArray = np.exp(log_probs)
    return probabilities
