"""How much more a text looks like those of a domain than like those of a pool (Moore & Lewis 2010).

Two n-gram models of words, one of the domain and one of about as many words of the pool, say how many nats a word of
the text costs them. The lower the difference, domain less pool, the more the text is like the domain: a short common
sentence is cheap for both, so it is not preferred for being short and common. No model has learnt the text it judges:
the pool has two, one of each half, and each judges the other half.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from seqnlp.arrays import BoolArray, FloatArray, IntArray
from seqnlp.metrics.kneser_ney import KneserNey
from seqnlp.text.tokenize import tokenize, visible

ORDER = 3
"""Words of the longest n-grams."""

MIN_COUNT = 2
"""Times that the domain must have a word; all others are one word for both models."""

_END, _OTHER = 0, 1
_ENDS = [_END] * (ORDER - 1)

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Characters of scripts that write no spaces between words: Thai, Lao, Burmese, Khmer, kana and Han."""


def domain_words(text: str) -> list[str]:
    """Lower-cased runs of letters and digits, and all other characters; of scripts without spaces all characters."""
    return list(_words(unicodedata.normalize("NFKC", text).lower()))


def _words(text: str) -> Iterator[str]:
    for token in tokenize(text, "split"):
        yield from letters_or_word(visible(token.text))


def letters_or_word(word: str) -> Sequence[str]:
    """The letters of what stands between spaces in a script that writes none between words; else the word."""
    return word if _UNSPACED.search(word) else [word]


Texts = Sequence[Sequence[str]]
"""The words of each text."""


def domain_differences(pool: Texts, domain: Texts, seed: int = 1) -> FloatArray:
    """Nats a word (N,) that each text of the pool costs a model of the domain more than one of the pool.

    A standard error is added, as the words of a short text say less than those of a long one: a text must be surely
    alike to be among the first. The deviation of a word's nats is that within all texts of the pool.

    Args:
        pool: N texts, at least one.
        domain: at least one text.
        seed: of the drawing of the pool's texts that its models learn.
    """
    counts = Counter(word for text in domain for word in text)
    words = sorted(word for word, times in counts.items() if times >= MIN_COUNT)
    numbers = {word: number for number, word in enumerate(words, _OTHER + 1)}
    order = np.random.default_rng(seed).permutation(len(pool))
    halves = order[::2], order[1::2]
    read = _Read.of(pool, numbers, len(words) + 2)
    more = read.nats(_numbered(domain, numbers))  # (W,)
    for learnt, judged in (halves, halves[::-1]):
        drawn = [pool[place] for place in _with_as_many_words(learnt, pool, counts.total())]
        its = np.isin(read.text, judged)  # (W,)
        more[its] -= read.nats(_numbered(drawn, numbers))[its]
    lengths = np.bincount(read.text)  # (N,) words, and the end
    means = np.bincount(read.text, more) / lengths
    within = np.square(more - means[read.text]).sum() / max(len(more) - len(pool), 1)
    return np.asarray(means + np.sqrt(within / lengths))


@dataclass(frozen=True)
class _Read:
    """Texts to be judged.

    Attributes:
        sequence: all of them as numbers, see :func:`_numbered`.
        counted: of the same length; True at the words of each text and at the first end after them.
        text: (W,) the text of each place that is counted.
        size: how many numbers there are.
    """

    sequence: IntArray
    counted: BoolArray
    text: IntArray
    size: int

    @classmethod
    def of(cls, texts: Texts, numbers: Mapping[str, int], size: int) -> _Read:
        sequence, sizes = _numbered(texts, numbers), [len(text) + 1 for text in texts]
        counted = np.zeros(len(sequence), dtype=np.bool_)
        ahead = (len(_ENDS) - 1) * np.repeat(np.arange(len(sizes)), sizes)  # (W,) ends that are not counted
        counted[len(_ENDS) + ahead + np.arange(sum(sizes))] = True
        return cls(sequence, counted, np.repeat(np.arange(len(texts)), sizes), size)

    def nats(self, learnt: IntArray) -> FloatArray:
        """What each place (W,) that is counted costs a model of what is learnt."""
        return np.asarray(-KneserNey(learnt, self.size, ORDER).log_probabilities(self.sequence)[-1][self.counted])


def _numbered(texts: Texts, numbers: Mapping[str, int]) -> IntArray:
    """All texts as one sequence, with so many ends before and after each that no n-gram reaches over them."""
    ids = list(_ENDS)
    for text in texts:
        ids += [numbers.get(word, _OTHER) for word in text]
        ids += _ENDS
    return np.array(ids, np.int64)


def _with_as_many_words(places: IntArray, pool: Texts, words: int) -> IntArray:
    """The first places whose texts have about so many words in all; all of them if they have fewer."""
    total = np.cumsum([len(pool[place]) for place in places])
    return places[: int(np.searchsorted(total, words)) + 1]
