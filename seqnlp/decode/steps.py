"""What a search knows of a model: a function from the last tokens to what may follow, and a state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor


@dataclass(frozen=True)
class Layout:
    """Which sentence each of N live hypotheses belongs to.

    Hypotheses are flat, so one that is finished frees its slot and a finished sentence leaves the batch.

    Attributes:
        sentence: (N,) ascending, which of the B sentences.
        slot: (N,) from 0 within the sentence.
        num_sentences: B.
        width: K, most hypotheses of a sentence.
    """

    sentence: Tensor
    slot: Tensor
    num_sentences: int
    width: int

    def spread(self, flat: Tensor) -> Tensor:
        """(N, D) as (B, K, D), zeros where there is no hypothesis."""
        count, width = flat.shape
        if count == self.num_sentences * self.width:
            return flat.view(self.num_sentences, self.width, width)
        grid = flat.new_zeros(self.num_sentences, self.width, width)  # (B, K, D)
        grid[self.sentence, self.slot] = flat
        return grid

    def gather(self, grid: Tensor) -> Tensor:
        """(B, K, D) as (N, D), the inverse of :meth:`spread`."""
        if len(self.sentence) == self.num_sentences * self.width:
            return grid.flatten(0, 1)
        return grid[self.sentence, self.slot]

    @classmethod
    def one_each(cls, num_sentences: int) -> Layout:
        """One hypothesis a sentence."""
        rows = torch.arange(num_sentences)  # (B,)
        return cls(rows, torch.zeros_like(rows), num_sentences, 1)


class State(Protocol):
    """What the model remembers of B sentences and N hypotheses."""

    def select(self, parents: Tensor, sentences: Tensor | None) -> Any:
        """The state of hypotheses that continue ``parents`` (N',), of the ``sentences`` (B',) that stay (None: all)."""


@dataclass(frozen=True)
class StepResult:
    """``log_probs`` (N, V) of the next token, ``attention`` (N, S) if there is one, and the next state."""

    log_probs: Tensor
    attention: Tensor | None
    state: Any


Step = Callable[[Tensor, Layout, Any], StepResult]
"""``step(tokens, layout, state)`` with the last token (N,) of every live hypothesis."""
