"""A step function without a trained model: a small random network whose state depends on the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from toy_steps import softmax

from seqnlp.decode.steps import Layout, StepResult

Array = NDArray[np.float64]


@dataclass(frozen=True)
class RowState:
    """A vector (N, D) for each hypothesis, and one (B, D) for each sentence."""

    hypotheses: Array
    sentences: Array

    def select(self, parents: Array, sentences: Array | None) -> RowState:
        """As in decode/steps.py."""
        return RowState(self.hypotheses[parents], self.sentences if sentences is None else self.sentences[sentences])


class RandomSteps:
    """A tiny recurrent network: what follows depends on the sentence and on everything before.

    Attributes:
        counts: how many hypotheses each call was given.
    """

    def __init__(self, num_tokens: int, seed: int, sharpness: float = 2.0) -> None:
        generator = torch.Generator().manual_seed(seed)
        self.read, self.keep, self.write = (
            torch.randn(*shape, generator=generator, dtype=torch.float64).numpy()
            for shape in ((num_tokens, 6), (6, 6), (6, num_tokens))
        )
        self.sharpness = sharpness
        self.counts: list[int] = []

    def start(self, sentences: Sequence[int]) -> RowState:
        """The state of sentences that are known by a number."""
        rows = [np.random.default_rng(number).normal(size=6) for number in sentences]
        stacked = np.stack(rows)  # (B, 6)
        return RowState(stacked, stacked)

    def __call__(self, tokens: Array, layout: Layout, state: RowState) -> StepResult:
        """One step."""
        self.counts.append(len(tokens))
        own = layout.gather(np.repeat(state.sentences[:, None], layout.width, axis=1))  # (N, 6)
        hidden = np.tanh(self.read[tokens] + state.hypotheses @ self.keep + own)  # (N, 6)
        log_probs = np.log(softmax(self.sharpness * hidden @ self.write))  # (N, V)
        attention = softmax(hidden)  # (N, 6)
        return StepResult(log_probs, attention, RowState(hidden, state.sentences))

    def log_prob(self, sentence: int, tokens: Sequence[int]) -> list[float]:
        """Of each of the tokens after BEGIN, one after the other."""
        state, before, actual = self.start([sentence]), 2, []
        for token in tokens:
            result = self(np.array([before]), Layout.one_each(1), state)
            actual.append(float(result.log_probs[0, token]))
            state, before = result.state, token
        return actual
