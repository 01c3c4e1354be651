"""The translations of a text's parts as translations of the text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from seqnlp.tasks.translation.answers import Hypothesis
from seqnlp.text.split_sentences import join_parts


def joined_translations(
    parts: Sequence[Sequence[Hypothesis]], lines: Sequence[int], language: str, keep_attention: bool
) -> list[Hypothesis]:
    """The best ways to take one translation of each part, as many as a part has; equal ones in the order of parts.

    Args:
        parts: the translations of each part, best first.
        lines: of how many parts each line is; lines stay lines.
        language: of the translations.
        keep_attention: with the attention, of each part's translation on that part alone.
    """
    most, best = max(map(len, parts)), list[list[Hypothesis]]([[]])
    for part in parts:
        ways = [[*way, one] for way in best for one in part]
        best = sorted(ways, key=lambda way: -round(math.fsum(one.score for one in way), 6))[:most]
    return [_joined(way, lines, language, keep_attention) for way in best]


def _joined(parts: Sequence[Hypothesis], lines: Sequence[int], language: str, keep_attention: bool) -> Hypothesis:
    texts = iter([part.text for part in parts])
    return Hypothesis(
        "\n".join(join_parts([*islice(texts, count)], language) for count in lines),
        math.fsum(part.score for part in parts),
        math.fsum(part.log_probability for part in parts),
        [piece for part in parts for piece in part.pieces],
        [score for part in parts for score in part.token_log_probabilities],
        _joined_attention(parts) if keep_attention else None,
    )


def _joined_attention(parts: Sequence[Hypothesis]) -> NDArray[np.float32] | None:
    """Attention (T + 1, S + 1) on the subwords of all parts, each in its place, and on their ends in the last column.

    The last row is that of the last part's end.
    """
    weights = [(part.attention, len(part.pieces)) for part in parts if part.attention is not None]
    if len(weights) < len(parts):
        return None
    sizes = [one.shape[1] - 1 for one, _ in weights]
    joined = np.zeros((sum(count for _, count in weights) + 1, sum(sizes) + 1), np.float32)
    row = column = 0
    for (one, count), size in zip(weights, sizes, strict=True):
        rows = one[: count + 1]  # the end's, too, which the next part overwrites
        joined[row : row + len(rows)] = 0
        joined[row : row + len(rows), column : column + size] = rows[:, :-1]
        joined[row : row + len(rows), -1] = rows[:, -1]
        row, column = row + count, column + size
    return joined
