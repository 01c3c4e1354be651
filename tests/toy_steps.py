"""Step functions small enough to enumerate: a transition matrix, and a recurrent net that reads a memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from seqnlp.decode.steps import Layout, StepResult


class Stateless:
    """The state of a model that needs none."""

    def select(self, parents: Tensor, sentences: Tensor | None) -> Stateless:
        return self


@dataclass
class MarkovStep:
    """The next token depends on the last one: probabilities (V, V), ``[last][next]``."""

    probabilities: list[list[float]]

    def __call__(self, tokens: Tensor, layout: Layout, state: Any) -> StepResult:
        return StepResult(torch.tensor(self.probabilities).log()[tokens], None, state)


@dataclass
class RecurrentState:
    memory: Tensor  # (B, S, D)
    mask: Tensor  # (B, S)
    hidden: Tensor  # (N, D)

    def select(self, parents: Tensor, sentences: Tensor | None) -> RecurrentState:
        kept = slice(None) if sentences is None else sentences
        return RecurrentState(self.memory[kept], self.mask[kept], self.hidden[parents])


@dataclass
class RecurrentStep:
    """Random weights; what follows depends on all tokens before and on the sentence's memory. Float64 inside."""

    vocabulary: int
    seed: int = 1
    end_bias: float = 0.0
    calls: list[tuple[int, int]] = field(default_factory=list)
    """(hypotheses, sentences) of each call."""

    def __post_init__(self) -> None:
        self.generator = torch.Generator().manual_seed(self.seed)
        shapes = ((self.vocabulary, 6), (6, 6), (6, self.vocabulary))
        self.embedding, self.recurrent, self.output = (self.draw(*shape) for shape in shapes)

    def draw(self, *shape: int) -> Tensor:
        return torch.randn(*shape, generator=self.generator, dtype=torch.float64)

    def start(self, lengths: list[int]) -> RecurrentState:
        """A random memory a sentence."""
        mask = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]  # (B, S)
        memory = self.draw(len(lengths), max(lengths), 6)
        return RecurrentState(memory, mask, torch.zeros(len(lengths), 6, dtype=torch.float64))

    def __call__(self, tokens: Tensor, layout: Layout, state: RecurrentState) -> StepResult:
        self.calls.append((len(tokens), layout.num_sentences))
        hidden = torch.tanh(self.embedding[tokens] + state.hidden @ self.recurrent)  # (N, D)
        energies = torch.einsum("bkd,bsd->bks", layout.spread(hidden), state.memory)  # (B, K, S)
        weights = energies.masked_fill(~state.mask[:, None], -torch.inf).softmax(dim=-1)
        hidden = hidden + layout.gather(torch.einsum("bks,bsd->bkd", weights, state.memory))
        logits = hidden @ self.output  # (N, V)
        logits[:, 3] += self.end_bias
        log_probs = logits.log_softmax(dim=-1).float()
        return StepResult(log_probs, layout.gather(weights).float(), RecurrentState(state.memory, state.mask, hidden))


def alone(state: RecurrentState, sentence: int) -> RecurrentState:
    """The first state of one sentence."""
    length = int(state.mask[sentence].sum())
    place = slice(sentence, sentence + 1)
    return RecurrentState(state.memory[place, :length], state.mask[place, :length], state.hidden[place])


def walk(step: Any, state: Any, tokens: list[int]) -> tuple[list[float], list[Tensor | None]]:
    """The log probability of each of ``tokens`` (END last) and where each step looked, for one sentence."""
    log_probs, attention, last = [], [], 2
    for token in tokens:
        result = step(torch.tensor([last]), Layout.one_each(1), state)
        log_probs.append(float(result.log_probs[0, token]))
        attention.append(None if result.attention is None else result.attention[0])
        state, last = result.state, token
    return log_probs, attention
