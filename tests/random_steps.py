"""A step function without a trained model: a small random network whose state depends on the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from seqnlp.decode.steps import Layout, StepResult


@dataclass(frozen=True)
class RowState:
    """A vector (N, D) for each hypothesis, and one (B, D) for each sentence."""

    hypotheses: Tensor
    sentences: Tensor

    def select(self, parents: Tensor, sentences: Tensor | None) -> RowState:
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
            torch.randn(*shape, generator=generator, dtype=torch.float64)
            for shape in ((num_tokens, 6), (6, 6), (6, num_tokens))
        )
        self.sharpness = sharpness
        self.counts: list[int] = []

    def start(self, sentences: Sequence[int]) -> RowState:
        """The state of sentences that are known by a number."""
        rows = [torch.from_numpy(np.random.default_rng(number).normal(size=6)) for number in sentences]
        stacked = torch.stack(rows)  # (B, 6)
        return RowState(stacked, stacked)

    def __call__(self, tokens: Tensor, layout: Layout, state: RowState) -> StepResult:
        """One step."""
        self.counts.append(len(tokens))
        own = layout.gather(state.sentences[:, None].expand(-1, layout.width, -1))  # (N, 6)
        hidden = torch.tanh(self.read[tokens] + state.hypotheses @ self.keep + own)  # (N, 6)
        log_probs = torch.log_softmax(self.sharpness * hidden @ self.write, dim=-1)  # (N, V)
        attention = torch.softmax(hidden, dim=-1)  # (N, 6)
        return StepResult(log_probs, attention, RowState(hidden, state.sentences))

    def log_prob(self, sentence: int, tokens: Sequence[int]) -> list[float]:
        """Of each of the tokens after BEGIN, one after the other."""
        state, before, found = self.start([sentence]), 2, []
        for token in tokens:
            result = self(torch.tensor([before]), Layout.one_each(1), state)
            found.append(float(result.log_probs[0, token]))
            state, before = result.state, token
        return found
