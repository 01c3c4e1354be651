"""Sentence pairs that do not belong together: by how long their sides are, which go together in any two languages."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import numpy as np

from seqnlp.arrays import FloatArray
from seqnlp.text.parallel import SentencePair

_BLOCK = 100
"""Pairs that are looked at together."""

_OFFSETS = (1, -1, 2, -2, 3, -3)
"""Lines by which the target may be late."""

_HIGH, _BETTER = 0.5, 0.4
"""The correlation of lengths from which a shift is believed, and by how much it is above that of the pairs."""

_NONE, _MIN_BLOCKS = 0.1, 10
"""The correlation of all lengths below which nothing goes together, and of how many blocks at least."""


class SideLengths:
    """Notes the lengths of both sides of pairs, and tells at the end whether they go together."""

    def __init__(self) -> None:
        self._source, self._target, self._lines = array("i"), array("i"), array("q")

    def add(self, pair: SentencePair) -> None:
        """The next pair."""
        self._source.append(len(pair.source))
        self._target.append(len(pair.target))
        self._lines.append(pair.line)

    def notes(self) -> Iterator[str]:
        """What to say of them."""
        source, target = (np.array(side, dtype=np.float64) for side in (self._source, self._target))  # (N,) each
        shifted, plain = list[tuple[int, int]](), list[float]()
        for begin in range(0, len(source) - _BLOCK + 1, _BLOCK):
            here = _correlation(source[begin : begin + _BLOCK], target[begin : begin + _BLOCK])
            plain.append(here)
            for offset in _OFFSETS:
                moved = slice(begin + offset, begin + offset + _BLOCK)
                if moved.start < 0 or moved.stop > len(target) or here > 1 - _BETTER:
                    continue
                if _correlation(source[begin : begin + _BLOCK], target[moved]) > max(_HIGH, here + _BETTER):
                    shifted.append((begin, offset))
                    break
        if shifted:
            begin, offset = shifted[0]
            late = f"{abs(offset)} line{'s' * (abs(offset) > 1)} {'after' if offset > 0 else 'before'} their sources"
            where = f"from about line {self._lines[begin]:,} on ({len(shifted):,} of {len(plain):,} hundreds of pairs)"
            yield f"targets seem to stand {late} {where}: is a line missing, or one too many?"
        elif len(plain) >= _MIN_BLOCKS and source.std() and (whole := _correlation(source, target)) < _NONE:
            yield f"long sources have no longer targets than short ones (correlation {whole:.2f}): are lines pairs?"


def _correlation(one: FloatArray, other: FloatArray) -> float:
    """Pearson's; 0 where one side does not vary."""
    if not one.std() or not other.std():
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
