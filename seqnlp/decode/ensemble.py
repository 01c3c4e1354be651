"""Several models that vote: the mean of their probabilities at every step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from seqnlp.decode.steps import Layout, State, Step, StepResult


@dataclass(frozen=True)
class EnsembleState:
    """The states of all models."""

    states: tuple[Any, ...]

    def select(self, parents: Tensor, sentences: Tensor | None) -> EnsembleState:
        """As :class:`State`, in all of them."""
        return EnsembleState(tuple(state.select(parents, sentences) for state in self.states))


def ensemble(steps: Sequence[Step], states: Sequence[State]) -> tuple[Step, EnsembleState]:
    """One step function and its first state from those of several models with one vocabulary.

    Its attention is the mean of theirs, or none if one of them has none.
    """

    def step(tokens: Tensor, layout: Layout, state: EnsembleState) -> StepResult:
        results = [one(tokens, layout, own) for one, own in zip(steps, state.states, strict=True)]
        log_probs = torch.stack([result.log_probs for result in results])  # (M, N, V)
        mean = torch.logsumexp(log_probs, dim=0) - math.log(len(results))  # (N, V)
        weights = [result.attention for result in results if result.attention is not None]
        attention = torch.stack(weights).mean(dim=0) if len(weights) == len(results) else None  # (N, S)
        return StepResult(mean, attention, EnsembleState(tuple(result.state for result in results)))

    return step, EnsembleState(tuple(states))
