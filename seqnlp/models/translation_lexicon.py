"""A lexicon of two languages: how probable the words of a translation are as translations of the words of a text.

It is learned from sentence pairs by IBM model 1 and stored as words and numbers. No torch.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.errors import RunError
from seqnlp.models.ibm_model1 import NULL, TranslationTable, fit_ibm_model1

LEAST = 1e-3
"""Less probable translations of a word are left out."""
FLOOR = 1e-6
"""The least probability of a word, so that one that was never seen does not decide alone."""
MOST_LINKS = 1 << 25
"""Pairs of a source word and a target word of one sentence pair that are learned from, at most."""

Words = Sequence[str]


@dataclass(frozen=True)
class TranslationLexicon:
    """t(y|x) of words.

    Attributes:
        sources: the source words; the number of each is one more, as 0 is :data:`NULL`.
        targets: the target words by their number.
        table: of the numbers.
    """

    sources: Words
    targets: Words
    table: TranslationTable

    def log_probabilities(self, source: Words, translations: Iterable[Words]) -> list[float]:
        """The natural log p(y|x) of translations of a text (their lengths, the order of words are not in it).

        Args:
            source: the words of the text.
            translations: the words of each.
        """
        known = [NULL, *(self._sources[word] for word in source if word in self._sources)]
        given = self.table.given(np.array(known, np.int64), len(self.targets)) / (len(source) + 1)
        floored: FloatArray = np.log(np.maximum(np.append(given, 0.0), FLOOR))  # the last: of unknown words
        unknown = len(self.targets)
        return [float(sum(floored[self._targets.get(word, unknown)] for word in words)) for words in translations]

    @cached_property
    def _sources(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.sources, NULL + 1)}

    @cached_property
    def _targets(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.targets)}

    def to_bytes(self) -> bytes:
        """As :meth:`from_bytes` reads it (safetensors)."""
        from safetensors.numpy import save

        table = self.table
        return save(
            {
                "sources": _bytes_of(self.sources),
                "targets": _bytes_of(self.targets),
                "starts": table.starts.astype(np.int64),
                "entries": np.ascontiguousarray(table.targets),
                "probabilities": np.ascontiguousarray(table.probabilities),
            }
        )

    @classmethod
    def from_bytes(cls, content: bytes) -> TranslationLexicon:
        """The inverse of :meth:`to_bytes`.

        Raises:
            RunError: it is not what that wrote.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load

        try:
            arrays = load(content)
            sources, targets = _words_of(arrays["sources"]), _words_of(arrays["targets"])
            table = TranslationTable(arrays["starts"], arrays["entries"], arrays["probabilities"])
        except (SafetensorError, KeyError, ValueError) as problem:
            raise RunError(f"the lexicon is damaged ({problem}); copy the model again") from problem
        if not _fits(table, len(sources) + 1, len(targets)):
            raise RunError("the lexicon is damaged (its numbers do not fit its words); copy the model again")
        return cls(sources, targets, table)


class LexiconLearner:
    """Learns a lexicon from pairs that are added one by one.

    Of more pairs than ``most_links`` allows every second, fourth, ... is taken, from the first to the last, so that
    memory stays the same however many there are.
    """

    def __init__(self, most_links: int = MOST_LINKS) -> None:
        self._most_links = most_links
        self._sources, self._targets = _Side(), _Side()
        self._links, self._step, self._seen = 0, 1, 0

    @property
    def pairs(self) -> int:
        """How many are learned from."""
        return len(self._sources.ends)

    def takes_next(self) -> bool:
        """Whether the next pair is one to be added; it counts as seen."""
        self._seen += 1
        return (self._seen - 1) % self._step == 0

    def add(self, source: Words, target: Words) -> None:
        """Add the words of a pair that is to be added."""
        self._sources.append(source)
        self._targets.append(target)
        self._links += (len(source) + 1) * len(target)
        while self._links > self._most_links and self.pairs > 1:
            self._sources.thin_out()
            self._targets.thin_out()
            self._step *= 2
            lengths, others = self._sources.sequences().lengths, self._targets.sequences().lengths
            self._links = int(((lengths + 1) * others).sum())

    def learned(self) -> tuple[TranslationLexicon, list[float]]:
        """The lexicon, and the log-likelihood of the targets before each step of EM and after the last."""
        (sources, one), (targets, other) = self._sources.numbered(), self._targets.numbered()
        one = FlatSequences(one.items + 1, one.starts)
        table, likelihoods = fit_ibm_model1(one, other, len(sources) + 1, len(targets))
        return TranslationLexicon(sources, targets, table.pruned(LEAST)), likelihoods


class _Side:
    """The texts of one language as numbers of words."""

    def __init__(self) -> None:
        self.words: dict[str, int] = {}
        self.items, self.ends = array("i"), array("q")

    def append(self, words: Words) -> None:
        self.items.extend(self.words.setdefault(word, len(self.words)) for word in words)
        self.ends.append(len(self.items))

    def thin_out(self) -> None:
        """Keep the first text, the third, the fifth, ..."""
        before = self.sequences()
        items, ends = array("i"), array("q")
        for text in range(0, len(self.ends), 2):
            items.frombytes(before.items[before.starts[text] : before.starts[text + 1]].tobytes())
            ends.append(len(items))
        self.items, self.ends = items, ends

    def sequences(self) -> FlatSequences:
        starts = np.concatenate([[0], np.array(self.ends, np.int64)])
        return FlatSequences(np.array(self.items, np.int32), starts)

    def numbered(self) -> tuple[list[str], FlatSequences]:
        """The words that are still there, and the texts by their numbers."""
        flat, words = self.sequences(), [*self.words]
        kept, items = np.unique(flat.items, return_inverse=True)
        return [words[number] for number in kept.tolist()], FlatSequences(items.astype(np.int32), flat.starts)


def _bytes_of(words: Words) -> NDArray[np.uint8]:
    """Words, none of which holds a space, with spaces between them."""
    return np.frombuffer(" ".join(words).encode("utf-8", "surrogatepass"), np.uint8)


def _words_of(content: NDArray[np.uint8]) -> Words:
    text = content.tobytes().decode("utf-8", "surrogatepass")
    return text.split(" ") if text else []


def _fits(table: TranslationTable, num_sources: int, num_targets: int) -> bool:
    """Whether a table is one of so many words."""
    starts, targets, probabilities = table.starts, table.targets, table.probabilities
    count = targets.size
    return (
        {starts.dtype.kind, targets.dtype.kind} <= {"i", "u"}
        and probabilities.dtype.kind == "f"
        and starts.shape == (num_sources + 1,)
        and targets.shape == probabilities.shape == (count,)
        and starts[0] == 0
        and starts[-1] == count
        and bool((np.diff(starts) >= 0).all())
        and bool(((targets >= 0) & (targets < num_targets)).all())
        and bool(((probabilities >= 0) & (probabilities <= 1)).all())
    )
