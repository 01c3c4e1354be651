"""An ensemble: the mean of their probabilities at every step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqnlp.arrays import IntArray
from seqnlp.decode.steps import Layout, State, Step, StepResult


@dataclass(frozen=True)
class EnsembleState:
    """The states of all models."""

    states: tuple[Any, ...]

    def select(self, parents: IntArray, sentences: IntArray | None) -> EnsembleState:
        """As :class:`State`, in all of them."""
        return EnsembleState(tuple(state.select(parents, sentences) for state in self.states))


def ensemble(steps: Sequence[Step], states: Sequence[State]) -> tuple[Step, EnsembleState]:
    """One step function and its first state from those of several models with one vocabulary.

    Its attention is the mean of theirs, or none if one of them has none.
    """

    def step(tokens: IntArray, layout: Layout, state: EnsembleState) -> StepResult:
        results = [one(tokens, layout, own) for one, own in zip(steps, state.states, strict=True)]
        mean = np.logaddexp.reduce([result.log_probs for result in results]) - math.log(len(results))  # (N, V)
        weights = [result.attention for result in results if result.attention is not None]
        attention = np.mean(weights, axis=0) if len(weights) == len(results) else None  # (N, S)
        return StepResult(mean, attention, EnsembleState(tuple(result.state for result in results)))

    return step, EnsembleState(tuple(states))
