"""Every distinct word form once: its ids, casing and characters, ready to be gathered into a batch.

A sentence is stored as indices into a :class:`Lexicon`, so that features are computed once per form, not once per
token, and a batch runs the character model only over the distinct forms in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from unicodedata import normalize

import numpy as np

from seqnlp.arrays import IntArray
from seqnlp.data.ragged import Ragged
from seqnlp.text.casing import casing_index
from seqnlp.text.tokenize import visible
from seqnlp.text.vector_forms import vector_forms
from seqnlp.text.vocabulary import Vocabulary
from seqnlp.text.word_pieces import WordPieces

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
        pieces: word pieces with a pretrained vector, of which those of other words are composed; often none.
    """

    words: Vocabulary
    vector_words: Vocabulary
    characters: Vocabulary
    lowercase: bool
    pieces: WordPieces = field(default_factory=lambda: WordPieces(()))

    def word_id(self, word: str) -> int:
        """Index of the word in the training vocabulary, 0 if it is not there."""
        return self.words.index(normalized(word, self.lowercase))

    def form_of(self, word: str) -> str:
        """What is visible of a word: as written, or composed (NFC) or with marks apart (NFD) if only so it is known.

        Of an unknown word it is the form of which most characters are known.
        """
        shown = visible(word)
        if shown.isascii() or self._knows(shown):
            return shown
        forms = [form for form in (normalize("NFC", shown), normalize("NFD", shown)) if form != shown]
        if known := next(filter(self._knows, forms), ""):
            return known
        return min([shown, *forms], key=self._num_unknown)

    def _knows(self, word: str) -> bool:
        return bool(self.word_id(word)) or any(map(self.vector_words.index, vector_forms(word)))

    def _num_unknown(self, word: str) -> int:
        return sum(not self.characters.index(character) for character in word)

    def vector_rows(self, word: str) -> list[int]:
        """The rows of the table of pretrained vectors whose mean is the word's; none: it has no vector.

        It is the row of the first of the word's :func:`vector_forms` that has one, or else those of its pieces. The
        table has the pieces first, from row 1 on, then the words.
        """
        for form in vector_forms(word):
            row = self.vector_words.index(form)
            if row:
                return [len(self.pieces) + row]
        return self.pieces.rows(word)

    @property
    def num_vectors(self) -> int:
        """Rows of the table of pretrained vectors, without row 0, which is "no vector"."""
        return len(self.pieces) + len(self.vector_words) - 1

    def character_ids(self, word: str) -> list[int]:
        """``[begin, characters..., end]``; the middle of a word longer than :data:`MAX_WORD_LENGTH` is left out."""
        if len(word) > MAX_WORD_LENGTH:
            half = MAX_WORD_LENGTH // 2
            word = word[:half] + word[-half:]
        index = self.characters.index
        return [WORD_BEGIN, *(index(character) + FIRST_CHARACTER for character in word), WORD_END]

    def to_dict(self) -> dict[str, Any]:
        """What ``vocabulary.json`` holds."""
        pieces = {"pieces": list(self.pieces.pieces)} if len(self.pieces) else {}
        return {
            "words": self.words.to_list(),
            "vector_words": self.vector_words.to_list(),
            **pieces,
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
            pieces=WordPieces(stored.get("pieces", ())),
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
        self._columns = _Columns.of([])
        self._new: list[_Form] = []  # those that are not in the columns yet

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
        self._columns, self._new = _Columns.of([]), []
        return True

    def columns(self) -> _Columns:
        """The features of all forms as arrays; only forms added since the last call are converted."""
        if self._new:
            self._columns = self._columns.followed_by(_Columns.of(self._new))
            self._new = []
        return self._columns

    def _add(self, word: str) -> int:
        features = self.features
        self._index[word] = len(self._index)
        shown = features.form_of(word)
        self._new.append(
            _Form(
                features.word_id(shown),
                casing_index(shown),
                features.vector_rows(shown),
                features.character_ids(shown),
            )
        )
        return self._index[word]


class _Form(NamedTuple):
    """The features of a word form."""

    word_id: int
    casing: int
    vector_rows: list[int]
    characters: list[int]


@dataclass(frozen=True)
class _Columns:
    """Features of N forms.

    Attributes:
        word_ids, casings: (N,) each.
        vectors: the rows of the table of pretrained vectors whose mean is a form's, of some forms none.
        characters: with begin and end marks.
    """

    word_ids: IntArray
    casings: IntArray
    vectors: Ragged
    characters: Ragged

    @classmethod
    def of(cls, forms: Sequence[_Form]) -> _Columns:
        ids = np.array([(form.word_id, form.casing) for form in forms], dtype=np.int64).reshape(-1, 2)  # (N, 2)
        vectors, characters = [form.vector_rows for form in forms], [form.characters for form in forms]
        return cls(ids[:, 0], ids[:, 1], Ragged.of(vectors), Ragged.of(characters))

    def followed_by(self, later: _Columns) -> _Columns:
        """These forms and then the later ones."""
        return _Columns(
            np.concatenate([self.word_ids, later.word_ids]),
            np.concatenate([self.casings, later.casings]),
            self.vectors.followed_by(later.vectors),
            self.characters.followed_by(later.characters),
        )
