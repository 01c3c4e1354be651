"""What a search knows of a model: a function from the last tokens to what may follow, and a state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import IntArray

FloatArray = NDArray[np.floating[Any]]
Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Layout:
    """Which sentence each of N live hypotheses belongs to.

    Hypotheses are flat, so one that is finished frees its slot and a finished sentence leaves the batch: no work is
    spent on padding.

    Attributes:
        sentence: (N,) ascending, which of the B sentences.
        slot: (N,) from 0 within the sentence.
        num_sentences: B.
        width: K, most hypotheses of a sentence.
    """

    sentence: IntArray
    slot: IntArray
    num_sentences: int
    width: int

    @classmethod
    def one_each(cls, num_sentences: int) -> Layout:
        """One hypothesis a sentence."""
        return cls.of_counts(np.ones(num_sentences, np.int64))

    @classmethod
    def of_counts(cls, counts: IntArray) -> Layout:
        """As many hypotheses a sentence as ``counts`` (B,) says."""
        sentence = np.repeat(np.arange(len(counts)), counts)  # (N,)
        slot = np.arange(len(sentence)) - (np.cumsum(counts) - counts)[sentence]  # (N,)
        return cls(sentence, slot, len(counts), int(counts.max(initial=0)))

    @property
    def is_full(self) -> bool:
        """Whether every sentence has all K hypotheses, so that flat and spread are one memory."""
        return len(self.sentence) == self.num_sentences * self.width

    @cached_property
    def place(self) -> IntArray:
        """(N,) of each hypothesis in a flattened (B, K) grid."""
        return self.sentence * self.width + self.slot

    def spread(self, flat: Array) -> Array:
        """(N, ...) as (B, K, ...), zeros where there is no hypothesis."""
        shape = (self.num_sentences, self.width, *flat.shape[1:])
        if self.is_full:
            return flat.reshape(shape)
        grid = np.zeros((self.num_sentences * self.width, *flat.shape[1:]), flat.dtype)  # (B * K, ...)
        grid[self.place] = flat
        return grid.reshape(shape)

    def gather(self, grid: Array) -> Array:
        """(B, K, ...) as (N, ...), the inverse of :meth:`spread`."""
        flat = grid.reshape(-1, *grid.shape[2:])  # (B * K, ...)
        return flat if self.is_full else flat[self.place]


class State(Protocol):
    """What the model remembers of B sentences and N hypotheses."""

    def select(self, parents: IntArray, sentences: IntArray | None) -> Any:
        """The state of hypotheses that continue ``parents`` (N',), of the ``sentences`` (B',) that stay (None: all)."""


@dataclass(frozen=True)
class StepResult:
    """What a step gives.

    Attributes:
        log_probs: (N, V) of the next token; the search writes into it.
        attention: (N, S) weights of the source positions, if there are any.
        state: of the same N hypotheses, one token later.
    """

    log_probs: FloatArray
    attention: FloatArray | None
    state: Any


Step = Callable[[IntArray, Layout, Any], StepResult]
"""``step(tokens, layout, state)`` with the last token (N,) of every live hypothesis: BEGIN at first, one a sentence."""
