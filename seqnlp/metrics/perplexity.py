"""Measures of a language model from summed negative log probabilities (nats)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seqnlp.metrics.intervals import Interval, ratio_interval

_MAX_NATS = 700.0
"""Nats; beyond, a perplexity is no float."""


@dataclass(frozen=True, slots=True)
class TextScores:
    """What a text of known size costs a model; the same text and words compare whatever the model's tokens are.

    Attributes:
        per_word: perplexity per word; words stand between spaces, a line's end counts as one.
        interval: its 95 % bootstrap interval over lines.
        per_token: perplexity per token of the model; comparable only between models with the same tokens.
        bits_per_character, bits_per_byte: a line's end counts as one.
    """

    per_word: float
    interval: Interval
    per_token: float
    bits_per_character: float
    bits_per_byte: float


def text_scores(
    line_losses: NDArray[np.float64],
    tokens: int,
    words: NDArray[np.int64],
    characters: NDArray[np.int64],
    size: NDArray[np.int64],
) -> TextScores:
    """All measures from the losses (L,) of lines, in nats, and the counts (L,) of their words, characters and bytes."""
    total = float(line_losses.sum())
    low, high = ratio_interval(np.stack([line_losses, words], axis=1))
    return TextScores(
        per_word=perplexity(total, int(words.sum())),
        interval=(perplexity(low, 1), perplexity(high, 1)),
        per_token=perplexity(total, tokens),
        bits_per_character=total / math.log(2) / int(characters.sum()),
        bits_per_byte=total / math.log(2) / int(size.sum()),
    )


def perplexity(loss: float, count: int) -> float:
    """``exp(loss / count)``."""
    return math.exp(min(loss / count, _MAX_NATS))


def perplexity_along(line_losses: NDArray[np.float64], words: NDArray[np.int64], stretches: int = 40) -> list[float]:
    """Perplexity per word in each of about equally long stretches of lines; fewer where there are fewer lines.

    Args:
        line_losses: (L,) in nats.
        words: (L,) of each line.
    """
    begins = np.linspace(0, len(words), min(stretches, len(words)), endpoint=False).astype(int)
    losses, counts = (np.add.reduceat(each, begins).tolist() for each in (line_losses, words))
    return [perplexity(loss, count) for loss, count in zip(losses, counts, strict=True)]
