"""Which texts to annotate next: those that the model is least sure of, of all lengths, and not alike."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from seqnlp.metrics.domain_difference import letters_or_word
from seqnlp.text.tokenize import INVISIBLE, visible

BANDS = 3
"""Parts of the texts by length, of which each gives as many."""

ALIKE = 0.5
"""Texts that share more than this part of their different words are alike."""


def suggest(texts: Sequence[str], uncertainty: NDArray[np.float64], number: int) -> list[int]:
    """The numbers of the texts to annotate, the most uncertain of each band of lengths in turn.

    Entropy grows with length: without bands only long texts would be chosen. A text is passed over if it is like one
    that was chosen; if too few are left, the most uncertain of those passed over are taken after all, but never a text
    that was chosen already, nor one without words. Scripts without spaces between words are read by their letters.

    Args:
        uncertainty: (N,) the larger, the less sure.
    """
    read = [_words(text) for text in texts]
    words, lengths = [frozenset(each) for each in read], np.array([len(each) for each in read], dtype=np.int64)
    worth = [int(place) for place in np.argsort(-uncertainty, kind="stable") if words[place]]
    edges = np.quantile(lengths[worth], np.arange(1, BANDS) / BANDS) if worth else np.zeros(BANDS - 1)
    bands: list[deque[int]] = [deque() for _ in range(BANDS)]
    for place in worth:
        bands[int(np.searchsorted(edges, lengths[place], side="left"))].append(place)
    chosen: list[int] = []
    passed: list[int] = []
    for band in cycle(bands):
        if len(chosen) >= number or not any(bands):
            break
        while band:
            place = band.popleft()
            if not any(_alike(words[place], words[other]) for other in chosen):
                chosen.append(place)
                break
            passed.append(place)
    seen = {read[place] for place in chosen}
    for place in sorted(passed, key=lambda place: -uncertainty[place]):
        if len(chosen) < number and read[place] not in seen:
            chosen.append(place)
            seen.add(read[place])
    return chosen


def _words(text: str) -> tuple[str, ...]:
    return tuple(
        piece for word in text.casefold().split() if set(word) - INVISIBLE for piece in letters_or_word(visible(word))
    )


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) > ALIKE * len(one | other)
