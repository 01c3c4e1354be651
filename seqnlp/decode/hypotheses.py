"""Hypotheses as back-pointers: each step keeps who was continued with what, and only winners are traced back."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
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


@dataclass
class History:
    """All steps of a search over a batch.

    At step t every one of N hypotheses has a token, the log probability of it and its parent among those of step t - 1.
    """

    parents: list[IntArray] = field(default_factory=list)
    tokens: list[IntArray] = field(default_factory=list)
    log_probs: list[FloatArray] = field(default_factory=list)
    attention: list[Tensor] = field(default_factory=list)

    def add(self, parents: IntArray, tokens: IntArray, log_probs: FloatArray) -> None:
        """Keep the hypotheses of one more step."""
        self.parents.append(parents)
        self.tokens.append(tokens)
        self.log_probs.append(log_probs)

    def trace(self, last: int, end_log_prob: float, score: float, source_length: int | None) -> Decoded:
        """The output that ends with END after hypothesis ``last`` of the newest step.

        Args:
            source_length: how many source positions the attention is of.
        """
        tokens: list[int] = []
        log_probs = [end_log_prob]
        rows = [last]
        for step in reversed(range(len(self.tokens))):
            tokens.append(int(self.tokens[step][last]))
            log_probs.append(float(self.log_probs[step][last]))
            last = int(self.parents[step][last])
            rows.append(last)
        attention = None
        if self.attention:  # one more than there are tokens: that of END was just kept
            weights = [self.attention[step][row] for step, row in enumerate(reversed(rows))]
            attention = np.stack([one.float().numpy()[:source_length] for one in weights])
        return Decoded(tokens[::-1], score, float(sum(log_probs)), log_probs[::-1], attention)

    def prefixes(self, count: int) -> IntArray:
        """The tokens (N, t) of each of the ``count`` newest hypotheses so far."""
        rows, columns = np.arange(count), []
        for tokens, parents in zip(reversed(self.tokens), reversed(self.parents), strict=True):
            columns.append(tokens[rows])
            rows = parents[rows]
        return np.stack(columns[::-1], axis=1) if columns else np.empty((count, 0), np.int64)
