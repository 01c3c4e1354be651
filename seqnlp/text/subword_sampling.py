"""Other ways to cut words into the same subwords, drawn anew in every epoch of training.

SentencePiece can draw too, but its generator differs from process to process whatever the seed, and a training that was
killed must go on as if it never was. So words are cut here; what SentencePiece does to the text before stays.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Sequence

from seqnlp.text.subwords import Subwords

Word = tuple[int, ...]
Draw = Callable[[], float]
"""Numbers from 0 to 1."""
Arrivals = list[list[tuple[float, int, int]]]
"""For each place in a word, the ways to arrive there: cumulated probability, where from, with which subword."""

_SPACE = "\u2581"  # begins the subword that begins a word
_NEVER = -math.inf


class SubwordSampler:
    """Draws segmentations.

    Args:
        kind: ``bpe``: each merge is skipped with some chance when its turn comes (BPE-dropout, Provilkov et al. 2020);
            ``unigram``: segmentations are drawn by their probability to the power of alpha (subword regularisation,
            Kudo 2018).
    """

    def __init__(self, subwords: Subwords, kind: str) -> None:
        self._subwords, self._kind = subwords, kind
        self._texts, self._scores = subwords.texts_and_scores()
        self._ids = {text: number for number, text in self._texts.items()}
        self._longest = max(map(len, self._ids))
        self._arrivals: dict[tuple[Word, float], Arrivals] = {}

    def sample(self, texts: Sequence[str], strength: float, seed: int) -> list[list[int]]:
        """One of the possible segmentations of each text; the same for the same seed, in every process.

        Args:
            strength: the chance that a merge is skipped, or alpha.
        """
        draw = random.Random(seed).random
        cut = self._merged if self._kind == "bpe" else self._walked
        encoded = self._subwords.encode(texts)
        return [[one for word in self._words(ids) for one in cut(word, strength, draw)] for ids in encoded]

    def _words(self, ids: Sequence[int]) -> list[Word]:
        starts = [place for place, one in enumerate(ids) if self._texts.get(one, "").startswith(_SPACE)]
        edges = [0, *(start for start in starts if start), len(ids)]
        return [tuple(ids[start:end]) for start, end in itertools.pairwise(edges)]

    def _smallest(self, word: Word) -> list[int]:
        """The word's characters, and bytes where the vocabulary lacks a character."""
        letters = [[self._ids[letter] for letter in self._texts[one]] if one in self._texts else [one] for one in word]
        return [*itertools.chain.from_iterable(letters)]

    def _merged(self, word: Word, chance: float, draw: Draw) -> Sequence[int]:
        """As byte-pair encoding, but each merge is skipped with this chance when its turn comes."""
        parts = self._smallest(word)
        skips = [draw() < chance for _ in range(len(parts) - len(word))]  # one for each merge that makes the word
        if not any(skips):
            return word
        turns = itertools.chain(skips, iter(lambda: draw() < chance, None))
        pairs = [self._pair(*both) for both in itertools.pairwise(parts)]
        while (best := max(pairs, default=_NEVER)) > _NEVER:
            place = pairs.index(best)  # of equals the first
            if next(turns):
                pairs[place] = _NEVER
                continue
            parts[place : place + 2] = [self._ids[self._texts[parts[place]] + self._texts[parts[place + 1]]]]
            del pairs[place]
            for beside in (place - 1, place):
                if 0 <= beside < len(pairs):
                    pairs[beside] = self._pair(*parts[beside : beside + 2])
        return parts

    def _pair(self, left: int, right: int) -> float:
        """How early these two are merged: the score of what they make; bytes never are."""
        if left not in self._texts or right not in self._texts:
            return _NEVER
        joined = self._ids.get(self._texts[left] + self._texts[right])
        return _NEVER if joined is None else self._scores[joined]

    def _walked(self, word: Word, alpha: float, draw: Draw) -> Sequence[int]:
        """A way through the word, drawn from its end to its beginning by the weights of all ways that lead there."""
        if (word, alpha) not in self._arrivals:
            self._arrivals[word, alpha] = self._all_arrivals(self._smallest(word), alpha)
        arrivals, chosen = self._arrivals[word, alpha], list[int]()
        place = len(arrivals) - 1
        while place:
            wanted = draw() * arrivals[place][-1][0]  # the last is 1 but for rounding
            _, place, one = next(arrival for arrival in arrivals[place] if wanted <= arrival[0])
            chosen.append(one)
        return chosen[::-1]

    def _all_arrivals(self, parts: Sequence[int], alpha: float) -> Arrivals:
        """Forward filtering: the logarithm of the weight of all ways to each place, and each way's part of it."""
        arrivals, logs = Arrivals([[]]), [0.0]
        for end in range(1, len(parts) + 1):
            starts = range(max(0, end - self._longest), end)
            made = [(start, one) for start in starts if (one := self._made_of(parts[start:end])) is not None]
            ways = [logs[start] + alpha * self._scores.get(one, 0.0) for start, one in made]
            most = max(ways)
            logs.append(most + math.log(math.fsum(math.exp(way - most) for way in ways)))
            cumulated = itertools.accumulate(math.exp(way - logs[end]) for way in ways)
            arrivals.append([(part, *step) for part, step in zip(cumulated, made, strict=True)])
        return arrivals

    def _made_of(self, parts: Sequence[int]) -> int | None:
        """The subword of these parts, if there is one."""
        if len(parts) == 1:
            return parts[0]
        texts = [self._texts.get(part) for part in parts]
        return self._ids.get("".join(text for text in texts if text)) if all(texts) else None
