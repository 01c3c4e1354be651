"""What remembering the training split alone achieves; a model has to be better than that."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Self

from seqnlp.metrics.seen import Words, surface_of
from seqnlp.text.tags import Span


class DictionaryBaseline:
    """Looks entities up in the dictionary of the training entities: from left to right, the longest entry first.

    Args:
        entries: the type of each sequence of words.
    """

    def __init__(self, entries: Mapping[Words, str]) -> None:
        self.entries = dict(entries)
        self._lengths = _lengths_by_first_word(self.entries)

    @classmethod
    def fit(cls, sentences: Sequence[Sequence[str]], spans: Sequence[Sequence[Span]]) -> Self:
        """Learn from the words and entities of each training sentence.

        A sequence of words becomes an entry if it was an entity in more than half of the places where it occurs. Its
        type is the most frequent one, the first seen of equals.
        """
        types: defaultdict[Words, Counter[str]] = defaultdict(Counter)
        for words, entities in zip(sentences, spans, strict=True):
            for span in entities:
                types[surface_of(span, words)][span.label] += 1
        occurrences = _count_occurrences(types, sentences)
        return cls(
            {
                surface: labels.most_common(1)[0][0]
                for surface, labels in types.items()
                if 2 * labels.total() > occurrences[surface]
            }
        )

    def predict(self, words: Sequence[str]) -> list[Span]:
        """The entities of a sentence."""
        spans: list[Span] = []
        position = 0
        while position < len(words):
            matches = (window for window in _windows(words, position, self._lengths) if window in self.entries)
            longest = next(matches, None)
            if longest:
                spans.append(Span(position, position + len(longest), self.entries[longest]))
            position += len(longest) if longest else 1
        return spans


class MajorityTagBaseline:
    """Gives each word its most frequent tag in training, and unknown words the most frequent tag of rare words.

    Args:
        tags: the tag of each known word.
        unknown: the tag of all others.
    """

    def __init__(self, tags: Mapping[str, str], unknown: str) -> None:
        self.tags = dict(tags)
        self.unknown = unknown

    @classmethod
    def fit(cls, sentences: Iterable[Sequence[str]], tags: Iterable[Sequence[str]]) -> Self:
        """Learn from the words and tags of each training sentence.

        Rare words are those seen once; if there are none, unknown words get the most frequent tag of all words.

        Raises:
            ValueError: there is no word at all.
        """
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for sentence in zip(sentences, tags, strict=True):
            for word, tag in zip(*sentence, strict=True):
                counts[word][tag] += 1
        if not counts:
            raise ValueError("expected training sentences with words, found none")
        rare = [seen for seen in counts.values() if seen.total() == 1] or list(counts.values())
        of_rare = Counter[str]()
        for seen in rare:
            of_rare.update(seen)
        return cls({word: seen.most_common(1)[0][0] for word, seen in counts.items()}, of_rare.most_common(1)[0][0])

    def predict(self, words: Sequence[str]) -> list[str]:
        """One tag a word."""
        return [self.tags.get(word, self.unknown) for word in words]


def _count_occurrences(surfaces: Iterable[Words], sentences: Iterable[Sequence[str]]) -> Counter[Words]:
    """How often each sequence of words occurs in the sentences, entity or not."""
    wanted = set(surfaces)
    lengths = _lengths_by_first_word(wanted)
    counts = Counter[Words]()
    for words in sentences:
        for start in range(len(words)):
            counts.update(window for window in _windows(words, start, lengths) if window in wanted)
    return counts


def _lengths_by_first_word(surfaces: Iterable[Words]) -> dict[str, list[int]]:
    """The lengths of the surfaces that begin with each word, longest first: few windows have to be looked up."""
    lengths: defaultdict[str, set[int]] = defaultdict(set)
    for surface in surfaces:
        lengths[surface[0]].add(len(surface))
    return {word: sorted(own, reverse=True) for word, own in lengths.items()}


def _windows(words: Sequence[str], start: int, lengths: Mapping[str, Sequence[int]]) -> Iterator[Words]:
    """The sequences of words from ``start`` that may be surfaces, longest first."""
    for length in lengths.get(words[start], ()):
        if start + length <= len(words):
            yield tuple(words[start : start + length])
