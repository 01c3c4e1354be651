"""Parts of texts: phrases without a label, of which a teacher says what the whole texts do not show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqnlp.text.tokenize import tokenize

MIN_WORDS = 2
"""Words of a part, at least; a word less than the text, at most."""


def parts_of(texts: Sequence[str], count: int, splitter: str, seed: int) -> list[str]:
    """``count`` runs of words out of each text, of any length and place, as they are written there.

    Texts of fewer than three words have none; what is drawn twice comes twice.
    """
    draw, parts = np.random.default_rng(seed), []
    for text in texts:
        words = tokenize(text, splitter)
        if len(words) <= MIN_WORDS:
            continue
        for _ in range(count):
            length = int(draw.integers(MIN_WORDS, len(words)))
            first = int(draw.integers(0, len(words) - length + 1))
            parts.append(text[words[first].start : words[first + length - 1].end])
    return parts
