"""Words and their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from seqnlp.errors import SeqnlpError, did_you_mean


class Vocabulary:
    """Distinct words, numbered in their order.

    Args:
        words: without the unknown word.
        unknown: keep index 0 for every word that is not here; words then begin at 1, and ``len`` counts it too.

    Raises:
        SeqnlpError: a word occurs twice.
    """

    def __init__(self, words: Sequence[str], unknown: bool) -> None:
        self.words: tuple[str, ...] = tuple(words)
        self.unknown = unknown
        self._index = {word: number for number, word in enumerate(self.words, start=int(unknown))}
        if len(self._index) != len(self.words):
            twice, _ = Counter(self.words).most_common(1)[0]
            raise SeqnlpError(f"expected distinct words in a vocabulary, found '{twice}' twice")

    @classmethod
    def from_counts(cls, counts: Mapping[str, int], min_count: int, unknown: bool) -> Vocabulary:
        """Words counted at least ``min_count`` times, the most frequent first, equal counts in the words' order."""
        kept = [(-count, word) for word, count in counts.items() if count >= min_count]
        return cls([word for _, word in sorted(kept)], unknown)

    def index(self, word: str) -> int:
        """The word's number; 0 for a word that is not here if there is an unknown word.

        Raises:
            SeqnlpError: the word is not here, and there is no unknown word.
        """
        number = self._index.get(word, 0 if self.unknown else None)
        if number is None:
            close = did_you_mean(word, self.words)
            raise SeqnlpError(f"expected one of the {len(self)} words of the vocabulary, found '{word}'{close}")
        return number

    def __len__(self) -> int:
        return len(self.words) + int(self.unknown)

    def __contains__(self, word: object) -> bool:
        return word in self._index

    def to_list(self) -> list[str]:
        """The words that make an equal vocabulary again."""
        return list(self.words)
