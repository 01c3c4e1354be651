"""The labelled sentence that every reader yields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from seqnlp.text.tags import Span, spans_from_tags


def sentences_of_words(rows: Iterable[tuple[str, str, int] | None]) -> Iterator[TaggedSentence]:
    """Sentences from words with their tags and lines; nothing stands between two sentences, once or several times.

    Spaces of any kind around a tag are no part of it.
    """
    for is_break, words in groupby(rows, key=lambda row: row is None):
        if not is_break:
            tokens, tags, lines = zip(*filter(None, words), strict=True)
            yield TaggedSentence(tokens, tuple(tag.strip() for tag in tags), lines[0], lines)


@dataclass(frozen=True, slots=True)
class Pieces:
    """A sentence whose words are cut where gold entities begin and end inside them: what its entities are counted on.

    A tagger never sees the pieces. An entity that ends inside a word is none that it could find.

    Attributes:
        tokens: the pieces of all words.
        tags: the gold tags of the pieces, in the scheme of the sentence.
        begins: of each word its first piece, and at the end the number of pieces.
    """

    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    begins: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TaggedSentence:
    """Words with one tag each, and where they stand in their file.

    Attributes:
        tokens: the words.
        tags: as many tags.
        line: line of the first word in its file (or row of the data set), from 1.
        lines: line of every word; empty where all of them stand on ``line``.
        partial: whether some tags are not known, or not for sure; see partial_tags.py.
        weight: what the sentence counts for in training.
        pieces: what entities are counted on, if a gold entity begins or ends inside a word; ``tags`` then mark the
            words that it touches.
    """

    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    line: int
    lines: tuple[int, ...] = ()
    pieces: Pieces | None = None
    partial: bool = False
    weight: float = 1.0

    def line_of(self, position: int) -> int:
        """The line of the word at a position."""
        return self.lines[position] if self.lines else self.line

    @property
    def scored_tokens(self) -> tuple[str, ...]:
        """The tokens whose positions :meth:`entities` and :meth:`placed` give: words, or their pieces."""
        return self.pieces.tokens if self.pieces else self.tokens

    def entities(self, scheme: str) -> list[Span]:
        """The gold entities.

        Raises:
            DataError: a tag is illegal in the scheme.
        """
        return spans_from_tags(self.pieces.tags if self.pieces else self.tags, scheme)

    def placed(self, spans: Sequence[Span]) -> list[Span]:
        """Entities found in the words, at the positions that :meth:`entities` uses."""
        if not self.pieces:
            return list(spans)
        begins = self.pieces.begins
        return [Span(begins[start], begins[end], label) for start, end, label in spans]
