"""The most probable next words of a model over smaller tokens: probabilities summed over all ways to spell a word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.text.written_tokens import WrittenTokens

BEAM = 24
"""Begun words that are followed at the same time."""

MAX_LENGTH = 40
"""Tokens of the longest word."""

NEGLIGIBLE = 0.1
"""Beginnings less probable than this part of the last of the best words are not followed any further."""

Step = Callable[[IntArray, IntArray, Any], tuple[FloatArray, Any]]
"""Rows (N,) of a state and the token (N,) that each reads, to probabilities (N, V) and the state of N rows."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """A word under way: what is written of it, how probable that is, and its row of the state."""

    text: str
    probability: float
    row: int


class WordSearch:
    """Finds next words; made once for a model.

    A word is finished by a token that begins another one or ends the line: `` un`` is a word as far as nothing
    continues it. The search follows the :data:`BEAM` most probable beginnings and stops when none of them can change
    the best words any more; a word's probability is the sum over the ways to spell it that were followed.
    """

    def __init__(self, tokens: WrittenTokens) -> None:
        self.tokens = tokens
        self.continues = np.array([tokens.continues_word(token) for token in range(len(tokens))])  # (V,) bool
        written = np.array([bool(piece) for piece in tokens.pieces])  # (V,) bool
        self.inner = np.flatnonzero(self.continues & written)  # (I,) tokens that can be read within a word
        self.first = np.array(
            tokens.beginning_with(" "), dtype=np.int64
        )  # (F,) tokens that can begin one after a space

    def next_words(
        self, probabilities: FloatArray, state: Any, step: Step, lead: str, typed: str, top: int
    ) -> list[tuple[str, float]]:
        """The most probable words that begin with ``typed``, and how probable each is.

        Without ``typed``, probabilities are those after a finished word, the end of the line being one possibility;
        otherwise they are those among all words that begin with it.

        Args:
            probabilities: (V,) of the next token after a finished word, or at the beginning of a line.
            state: of that place, one row.
            lead: what a word writes before itself.
            top: how many words.
        """
        start, words = lead + typed, defaultdict[str, float](float)
        mass = 0.0 if typed else 1.0 - float(probabilities[self.continues].sum() if lead else 0.0)
        begun, rows = [_Begun("", 1.0, 0)], probabilities[None]  # (1, V)
        for _ in range(MAX_LENGTH):
            if typed:
                mass += sum(self._completing(one, rows[one.row], start) for one in begun)
            candidates = [extended for one in begun for extended in self._extensions(one, rows[one.row], start)]
            if self.tokens.whole_words:
                words.update((self._text(one, token), gain) for gain, one, token in candidates)
                break
            least = NEGLIGIBLE * sorted(words.values())[-top] if len(words) >= top else 0.0
            candidates = sorted((each for each in candidates if each[0] > least), key=lambda each: -each[0])[:BEAM]
            if not candidates:
                break
            read = (
                np.array([one.row for _, one, _ in candidates]),
                np.array([token for *_, token in candidates]),
            )  # 2 x (N,)
            rows, state = step(*read, state)  # (N, V)
            begun = [_Begun(self._text(one, token), gain, row) for row, (gain, one, token) in enumerate(candidates)]
            for one in begun:
                if len(one.text) >= len(start) and one.text.strip():
                    words[one.text] += one.probability * float(1 - rows[one.row][self.continues].sum())
        best = sorted(words.items(), key=lambda word: -word[1])[:top]
        return [(word.strip(), probability / mass) for word, probability in best if probability > 0]

    def _extensions(self, one: _Begun, row: FloatArray, start: str) -> list[tuple[float, _Begun, int]]:
        """The most probable tokens that may follow what is written, each with the probability of all so far."""
        rest = start[len(one.text) :]
        tokens = self.inner if rest == "" else self.first  # (E,)
        if rest.strip():
            tokens = np.array([*self.tokens.within(rest), *self.tokens.beginning_with(rest)])  # (E,)
        if len(tokens) == 0:
            return []
        gains = one.probability * row[tokens]  # (E,)
        best = np.argpartition(-gains, min(BEAM, len(gains)) - 1)[:BEAM]
        return [(float(gains[place]), one, int(tokens[place])) for place in best]

    def _completing(self, one: _Begun, row: FloatArray, start: str) -> float:
        """How probable it is that the next token writes the last of ``start``."""
        rest = start[len(one.text) :]
        return one.probability * float(row[self.tokens.beginning_with(rest)].sum()) if rest else 0.0

    def _text(self, one: _Begun, token: int) -> str:
        return one.text + self.tokens.pieces[token]
