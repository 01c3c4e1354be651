"""IBM model 1 (Brown et al. 1993): which words are translations of which, from sentence pairs alone, by EM. No torch.

Each word y of a target comes from one word x of its source or from none (NULL), all equally likely:

    p(y | source) = sum over x of t(y|x) / (source length + 1)

Whatever it begins with, EM finds the best t: the likelihood has no other maximum, and no step lowers it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.data.flat_sequences import FlatSequences

NULL = 0
"""The number of the source word that is none."""
ITERATIONS = 5
_LINKS = 1 << 20
"""Pairs of a source word and a target word of one sentence pair that are worked on at the same time, or a few more."""
_TINY = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True)
class TranslationTable:
    """t(y|x) of the pairs (x, y) that are not left out, those of a source word side by side.

    Attributes:
        starts: (X + 1,) where the entries of each of X source words begin, and where all end.
        targets: (P,) the target word of each, rising within a source word.
        probabilities: (P,) of it.
    """

    starts: IntArray
    targets: NDArray[np.integer]
    probabilities: NDArray[np.floating]

    def pruned(self, least: float) -> TranslationTable:
        """Without what is less probable than ``least``, in as few bytes as hold the rest."""
        kept = self.probabilities >= least
        ends = np.concatenate([[0], np.cumsum(kept)])
        kind = np.min_scalar_type(int(self.targets.max(initial=0)))
        return TranslationTable(
            ends[self.starts], self.targets[kept].astype(kind), self.probabilities[kept].astype(np.float16)
        )

    def given(self, words: IntArray, num_targets: int) -> FloatArray:
        """The sum of t(y|x) over source words x, for each target word y: (num_targets,)."""
        spans = [slice(self.starts[word], self.starts[word + 1]) for word in words.tolist()]
        targets = np.concatenate([self.targets[span] for span in spans] or [self.targets[:0]])
        probabilities = np.concatenate([self.probabilities[span] for span in spans] or [self.probabilities[:0]])
        total: FloatArray = np.asarray(np.bincount(targets, probabilities, num_targets), np.float64)
        return total


def fit_ibm_model1(
    sources: FlatSequences, targets: FlatSequences, num_sources: int, num_targets: int, iterations: int = ITERATIONS
) -> tuple[TranslationTable, list[float]]:
    """Fit t to sentence pairs; it begins with all target words equally likely.

    Memory holds four bytes a link (a source word and a target word of one pair) and forty a pair of different words.

    Args:
        sources, targets: the words of each pair by number; those of sources from 1, as 0 is :data:`NULL`.
        num_sources, num_targets: how many there are, NULL counted.

    Returns:
        The table, and the log-likelihood of the targets before each step and after the last.
    """
    slices = [*_slices(sources, targets)]
    keys = np.zeros(0, np.int64)
    for first, last in slices:
        keys = np.union1d(keys, _keys(sources, targets, first, last, num_targets))
    entries = [
        np.searchsorted(keys, _keys(sources, targets, first, last, num_targets)).astype(np.int32)
        for first, last in slices
    ]
    lengths = [_lengths(sources, targets, first, last) for first, last in slices]
    owners = keys // max(1, num_targets)  # (P,)
    table, likelihoods = np.full(len(keys), 1 / max(1, num_targets)), []
    for _ in range(iterations):
        counts, likelihood = np.zeros(len(keys)), 0.0
        for places, lengths_of_words in zip(entries, lengths, strict=True):
            links = table[places]
            totals = _sums(links, lengths_of_words)
            likelihood += float(np.log(totals / lengths_of_words).sum())
            links /= np.repeat(totals, lengths_of_words)
            counts += np.bincount(places, links, len(keys))
        likelihoods.append(likelihood)
        table = counts / np.maximum(np.bincount(owners, counts, num_sources), _TINY)[owners]
    likelihoods.append(
        sum(float(np.log(_sums(table[places], own) / own).sum()) for places, own in zip(entries, lengths, strict=True))
    )
    starts = np.searchsorted(owners, np.arange(num_sources + 1))
    return TranslationTable(starts, keys - owners * num_targets, table), likelihoods


def _slices(sources: FlatSequences, targets: FlatSequences) -> Iterator[tuple[int, int]]:
    """Pairs that follow each other, the first and the last of each slice, with about :data:`_LINKS` links."""
    links = np.cumsum((sources.lengths + 1) * targets.lengths)
    if len(links):
        wanted = np.arange(_LINKS, links[-1] + _LINKS, _LINKS)
        ends = np.minimum(np.searchsorted(links, wanted) + 1, len(links))
        yield from pairwise(np.unique([0, *ends]).tolist())


def _lengths(sources: FlatSequences, targets: FlatSequences, first: int, last: int) -> IntArray:
    """The links of each target word of some pairs: the words of its source, and NULL."""
    return np.repeat(sources.lengths[first:last] + 1, targets.lengths[first:last])


def _keys(sources: FlatSequences, targets: FlatSequences, first: int, last: int, num_targets: int) -> IntArray:
    """Source word times ``num_targets`` plus target word of each link of some pairs; a target word's are together."""
    lengths = _lengths(sources, targets, first, last)
    words = targets.items[targets.starts[first] : targets.starts[last]]
    begins = np.repeat(sources.starts[first:last], targets.lengths[first:last])  # of the source of each target word
    inside = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)  # 0: NULL
    places = np.repeat(begins, lengths) + inside - 1
    given = np.where(inside == 0, NULL, sources.items[np.maximum(places, 0)] if len(sources.items) else NULL)
    keys: IntArray = given.astype(np.int64) * num_targets + np.repeat(words, lengths)
    return keys


def _sums(links: FloatArray, lengths: IntArray) -> FloatArray:
    """The sum over the links of each target word."""
    if not len(lengths):
        return np.zeros(0)
    sums: FloatArray = np.add.reduceat(links, np.cumsum(lengths) - lengths)
    return sums
