"""A text cut into streams that are read side by side, window after window, every token predicted exactly once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import IntArray


@dataclass(frozen=True)
class Window:
    """What b streams read and predict: ``inputs``, ``targets`` (b, T); ``mask`` (b, T) bool, True = a real target."""

    inputs: IntArray
    targets: IntArray
    mask: NDArray[np.bool_]


class Streams:
    """The text as a ring of N tokens, cut into streams whose lengths differ by at most one.

    The token before the first is the last one, an end mark, as if the text began after another line. Another
    ``offset`` cuts the ring elsewhere: streams and windows then begin at other places, and still every token is
    predicted once. A window of a stream has a number: ``place * num_streams + stream``.

    Args:
        tokens: (N,).
        num_streams: at most; texts too short to fill a window of each stream have fewer.
        window: T, most tokens of a stream in a window.
        offset: where the first stream begins.
    """

    def __init__(self, tokens: IntArray, num_streams: int, window: int, offset: int = 0) -> None:
        self.tokens = tokens
        self.num_streams = max(1, min(num_streams, len(tokens) // window))
        self.window = window
        self.edges = np.linspace(0, len(tokens), self.num_streams + 1).astype(np.int64)  # (S + 1,)
        self.offset = offset

    @property
    def num_windows(self) -> int:
        """Windows of the longest stream."""
        return -(-int(np.diff(self.edges).max()) // self.window)

    def plan(self) -> list[IntArray]:
        """The numbers of the windows: those of all streams at one place, place after place."""
        return list(np.arange(self.num_windows * self.num_streams).reshape(self.num_windows, self.num_streams))

    def streams_of(self, numbers: IntArray) -> IntArray:
        """The streams (b,) of windows (b,)."""
        return numbers % self.num_streams

    def begins(self, numbers: IntArray) -> bool:
        """Whether these windows (all at one place) are the first of their streams."""
        return bool(numbers[0] < self.num_streams)

    def count(self, numbers: IntArray) -> int:
        """The tokens that windows predict."""
        first, streams = numbers // self.num_streams * self.window, numbers % self.num_streams  # (b,), (b,)
        lengths = np.diff(self.edges)[streams] - first  # (b,)
        return int(np.clip(lengths, 0, self.window).sum())

    def positions(self, numbers: IntArray) -> tuple[IntArray, NDArray[np.bool_]]:
        """Places in the text (b, T) of what windows predict, and whether they are within their stream (b, T)."""
        first, streams = numbers // self.num_streams * self.window, numbers % self.num_streams  # (b,), (b,)
        longest = min(self.window, int((np.diff(self.edges)[streams] - first).max()))
        places = (self.edges[streams] + first)[:, None] + np.arange(longest)  # (b, T)
        return (places + self.offset) % len(self.tokens), places < self.edges[streams + 1][:, None]

    def read(self, numbers: IntArray) -> Window:
        """The windows (b,) of streams at one place."""
        positions, mask = self.positions(numbers)  # (b, T), (b, T)
        return Window(self.tokens[positions - 1], self.tokens[positions], mask)  # place -1 is the last token
