"""Hypotheses as back-pointers: each step keeps who was continued with what, and only winners are traced back."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Decoded:
    """One output of a search.

    Attributes:
        tokens: ids without END.
        score: what the search ranks by.
        log_probability: under the model, END included.
        token_log_probs: of each token, and of END.
        attention: (T + 1, S) weights of each token and of END, if they were kept.
    """

    tokens: list[int]
    score: float
    log_probability: float
    token_log_probs: list[float]
    attention: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """END after ``length`` tokens, the last of them in row ``row`` of that step."""

    length: int
    row: int
    log_prob: float
    score: float


@dataclass
class History:
    """All steps of a search over a batch.

    After step t each of N rows has a token, the log probability of it and its parent among the rows before.

    Attributes:
        attention: the weights (N, S) with which step t looked at the source, rows as before it; empty if not kept.
    """

    parents: list[IntArray] = field(default_factory=list)
    tokens: list[IntArray] = field(default_factory=list)
    log_probs: list[FloatArray] = field(default_factory=list)
    attention: list[NDArray[np.float32]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.tokens)

    def add(self, parents: IntArray, tokens: IntArray, log_probs: FloatArray) -> None:
        """Keep the hypotheses of one more step."""
        self.parents.append(parents)
        self.tokens.append(tokens)
        self.log_probs.append(log_probs)

    def decoded(self, ending: Ending, source_length: int | None) -> Decoded:
        """The output that ends so.

        Args:
            source_length: how many source positions the attention is of; None: all.
        """
        tokens, log_probs, rows = [], [ending.log_prob], [ending.row]
        for step in range(ending.length - 1, -1, -1):
            row = rows[-1]
            tokens.append(int(self.tokens[step][row]))
            log_probs.append(float(self.log_probs[step][row]))
            rows.append(int(self.parents[step][row]))
        attention = None
        if self.attention:
            weights = [self.attention[step][row, :source_length] for step, row in enumerate(reversed(rows))]
            attention = np.stack(weights)  # (T + 1, S)
        return Decoded(tokens[::-1], ending.score, math.fsum(log_probs), log_probs[::-1], attention)

    def outputs(self, count: int) -> IntArray:
        """The tokens (N, t) so far of each of the ``count`` newest rows."""
        table = np.empty((count, len(self)), np.int64)
        rows = np.arange(count)
        for step in range(len(self) - 1, -1, -1):
            table[:, step] = self.tokens[step][rows]
            rows = self.parents[step][rows]
        return table
