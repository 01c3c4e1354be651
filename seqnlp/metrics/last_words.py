"""An n-gram model of the answer after a text: what the last words alone tell."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class LastWordsBaseline:
    """The most frequent answer after the longest end of the text, up to ``order`` - 1 words, that training has shown.

    Attributes:
        order: n; the answer counts as one word.
        answers: by the words before it.
    """

    order: int
    answers: dict[tuple[str, ...], str]

    @classmethod
    def fit(cls, examples: Iterable[tuple[Sequence[str], str]], order: int = 5) -> LastWordsBaseline:
        """From texts (words) and their answers."""
        counts: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        for words, answer in examples:
            for length in range(order):
                if length <= len(words):
                    counts[tuple(words[len(words) - length :])][answer] += 1
        return cls(order, {end: answers.most_common(1)[0][0] for end, answers in counts.items()})

    def predict(self, words: Sequence[str]) -> str:
        """The answer after a text.

        Raises:
            ValueError: nothing was fitted.
        """
        for length in range(min(self.order - 1, len(words)), -1, -1):
            if (end := tuple(words[len(words) - length :])) in self.answers:
                return self.answers[end]
        raise ValueError("no examples were given")
