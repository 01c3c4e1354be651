"""How many words of a text have a vector, and which frequent ones have none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from seqnlp.text.tokenize import visible
from seqnlp.text.vector_forms import vector_forms
from seqnlp.text.word_pieces import WordPieces


@dataclass(frozen=True)
class Coverage:
    """Counts of running words and of different ones.

    Attributes:
        words, known: running words, and those that have a vector.
        as_written: running words whose very form has one; of the other known ones it is a lower-cased form or the like.
        composed: running words that have none, but one composed of pieces.
        forms, known_forms, composed_forms: different words, and of these the same.
        missing: the most frequent words that have neither, with their numbers.
    """

    words: int
    known: int
    as_written: int
    composed: int
    forms: int
    known_forms: int
    composed_forms: int
    missing: list[tuple[str, int]]


def coverage(
    texts: Iterable[Sequence[str]], known: Set[str], most_missing: int, pieces: WordPieces | None = None
) -> Coverage:
    """How much of texts, given as their words, has a vector, found as taggers and classifiers find it."""
    counts = Counter(visible(word) for words in texts for word in words)
    covered = {word for word in counts if any(form in known for form in vector_forms(word))}
    composed = {word for word in counts if word not in covered and pieces and pieces.rows(word)}
    with_vector = covered | composed
    missing = [(word, number) for word, number in counts.most_common() if word not in with_vector]
    return Coverage(
        words=counts.total(),
        known=sum(counts[word] for word in covered),
        as_written=sum(number for word, number in counts.items() if word in known),
        composed=sum(counts[word] for word in composed),
        forms=len(counts),
        known_forms=len(covered),
        composed_forms=len(composed),
        missing=missing[:most_missing],
    )
