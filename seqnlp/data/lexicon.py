"""Every distinct word form once: its ids, casing and characters, ready to be gathered into a batch.

A sentence is stored as indices into a :class:`Lexicon`, so that features are computed once per form, not once per
token, and a batch runs the character model only over the distinct forms in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqnlp.arrays import IntArray
from seqnlp.text.casing import casing_index
from seqnlp.text.tokenize import visible
from seqnlp.text.vector_forms import vector_forms
from seqnlp.text.vocabulary import Vocabulary

PADDING, WORD_BEGIN, WORD_END, FIRST_CHARACTER = 0, 1, 2, 3
MAX_WORD_LENGTH = 32
"""Characters of a word that the character model reads: of longer words, half this many at each end."""


@dataclass(frozen=True)
class WordFeatures:
    """Knows how a word form becomes numbers. The same object serves training and the saved model.

    Attributes:
        words: training words (lower-cased if ``lowercase``); index 0 is the unknown word.
        vector_words: words that have a pretrained vector; index 0 is "no vector".
        characters: training characters; index 0 is the unknown character.
        lowercase: whether words are looked up lower-cased (casing and characters keep the case).
    """

    words: Vocabulary
    vector_words: Vocabulary
    characters: Vocabulary
    lowercase: bool

    def word_id(self, word: str) -> int:
        """Index of the word in the training vocabulary, 0 if it is not there."""
        return self.words.index(normalized(word, self.lowercase))

    def vector_id(self, word: str) -> int:
        """Index of the word's pretrained vector, 0 if none: that of the first of its :func:`vector_forms` with one."""
        for form in vector_forms(word):
            row = self.vector_words.index(form)
            if row:
                return row
        return 0

    def character_ids(self, word: str) -> list[int]:
        """``[begin, characters..., end]``; the middle of a word longer than :data:`MAX_WORD_LENGTH` is left out."""
        if len(word) > MAX_WORD_LENGTH:
            half = MAX_WORD_LENGTH // 2
            word = word[:half] + word[-half:]
        index = self.characters.index
        return [WORD_BEGIN, *(index(character) + FIRST_CHARACTER for character in word), WORD_END]

    def to_dict(self) -> dict[str, Any]:
        """What ``vocabulary.json`` holds."""
        return {
            "words": self.words.to_list(),
            "vector_words": self.vector_words.to_list(),
            "characters": self.characters.to_list(),
            "lowercase": self.lowercase,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> WordFeatures:
        """The inverse of :meth:`to_dict`."""
        return cls(
            words=Vocabulary(stored["words"]),
            vector_words=Vocabulary(stored["vector_words"]),
            characters=Vocabulary(stored["characters"]),
            lowercase=bool(stored["lowercase"]),
        )


def normalized(word: str, lowercase: bool) -> str:
    """The form under which a training word is counted and looked up: what is visible of it."""
    return visible(word).lower() if lowercase else visible(word)


class Lexicon:
    """Distinct word forms in order of first sight, with their features in growing arrays.

    Args:
        features: how a form becomes numbers.
        capacity: forms kept before :meth:`make_room` empties the lexicon, which bounds memory on an endless stream.
    """

    def __init__(self, features: WordFeatures, capacity: int = 1_000_000) -> None:
        self.features = features
        self.capacity = capacity
        self._index: dict[str, int] = {}
        self._columns = _Columns.from_rows([], [])
        self._new_ids: list[tuple[int, int, int]] = []  # of forms that are not in the columns yet
        self._new_characters: list[list[int]] = []

    def __len__(self) -> int:
        return len(self._index)

    def indices(self, words: Iterable[str]) -> list[int]:
        """Index of each word form; forms not seen before are added."""
        index = self._index
        try:
            return [index[word] for word in words]
        except KeyError:
            return [self._add(word) if word not in index else index[word] for word in words]

    def make_room(self) -> bool:
        """Forget every form if there are more than ``capacity``; says whether it did (old indices are then void)."""
        if len(self) <= self.capacity:
            return False
        self._index = {}
        self._columns = _Columns.from_rows([], [])
        self._new_ids, self._new_characters = [], []
        return True

    def columns(self) -> _Columns:
        """The features of all forms as arrays; only forms added since the last call are converted."""
        if self._new_ids:
            self._columns = self._columns.followed_by(_Columns.from_rows(self._new_ids, self._new_characters))
            self._new_ids, self._new_characters = [], []
        return self._columns

    def _add(self, word: str) -> int:
        features = self.features
        self._index[word] = len(self._index)
        shown = visible(word)
        self._new_ids.append((features.word_id(shown), features.vector_id(shown), casing_index(shown)))
        self._new_characters.append(features.character_ids(shown))
        return self._index[word]


@dataclass(frozen=True)
class _Columns:
    """Features of N forms; characters are flat, those of form n at ``starts[n]:starts[n] + lengths[n]``."""

    word_ids: IntArray  # (N,)
    vector_ids: IntArray  # (N,)
    casings: IntArray  # (N,)
    lengths: IntArray  # (N,)
    starts: IntArray  # (N,)
    characters: IntArray  # (sum of lengths,)

    @classmethod
    def from_rows(cls, ids: list[tuple[int, int, int]], characters: list[list[int]]) -> _Columns:
        table = np.array(ids, dtype=np.int64).reshape(-1, 3)  # (N, 3)
        lengths = np.fromiter(map(len, characters), dtype=np.int64, count=len(characters))  # (N,)
        flat = np.fromiter((c for word in characters for c in word), dtype=np.int64, count=int(lengths.sum()))
        return cls(table[:, 0], table[:, 1], table[:, 2], lengths, np.cumsum(lengths) - lengths, flat)

    def followed_by(self, later: _Columns) -> _Columns:
        """These forms and then the later ones."""
        starts = later.starts + len(self.characters)  # (N of the later,)
        pairs = (
            (self.word_ids, later.word_ids),
            (self.vector_ids, later.vector_ids),
            (self.casings, later.casings),
            (self.lengths, later.lengths),
            (self.starts, starts),
            (self.characters, later.characters),
        )
        return _Columns(*map(np.concatenate, pairs))

    def padded_characters(self, forms: IntArray) -> IntArray:
        """Characters of the given forms (U,) as (U, C), padded with :data:`PADDING`."""
        lengths = self.lengths[forms]  # (U,)
        steps = np.arange(int(lengths.max(initial=1)))  # (C,)
        real = steps < lengths[:, None]  # (U, C)
        where = np.where(real, self.starts[forms][:, None] + steps, 0)  # (U, C)
        return np.where(real, self.characters[where], PADDING)  # (U, C)
