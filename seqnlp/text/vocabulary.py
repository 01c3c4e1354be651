"""Words and their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from seqnlp.errors import SeqnlpError


class Vocabulary:
    """Distinct words, numbered from 1 in their order; 0 is the unknown word, which ``len`` counts too.

    Args:
        words: without the unknown word.

    Raises:
        SeqnlpError: a word occurs twice.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self.words: tuple[str, ...] = tuple(words)
        self._index = {word: number for number, word in enumerate(self.words, start=1)}
        if len(self._index) != len(self.words):
            twice, _ = Counter(self.words).most_common(1)[0]
            raise SeqnlpError(f"expected distinct words in a vocabulary, found '{twice}' twice")

    @classmethod
    def from_counts(cls, counts: Mapping[str, int], min_count: int) -> Vocabulary:
        """Words counted at least ``min_count`` times, the most frequent first, equal counts in the words' order."""
        kept = [(-count, word) for word, count in counts.items() if count >= min_count]
        return cls([word for _, word in sorted(kept)])

    def index(self, word: str) -> int:
        """The word's number; 0 for a word that is not here."""
        return self._index.get(word, 0)

    def __len__(self) -> int:
        return len(self.words) + 1

    def __contains__(self, word: object) -> bool:
        return word in self._index

    def to_list(self) -> list[str]:
        """The words that make an equal vocabulary again."""
        return list(self.words)
