"""Step functions small enough to enumerate: a transition matrix, and a recurrent net that reads a memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from seqnlp.decode.steps import Layout, StepResult

Array = NDArray[Any]


class Stateless:
    """The state of a model that needs none."""

    def select(self, parents: Array, sentences: Array | None) -> Stateless:
        return self


def softmax(values: Array) -> Array:
    weights = np.exp(values - values.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


@dataclass
class MarkovStep:
    """The next token depends on the last one: probabilities (V, V), ``[last][next]``."""

    probabilities: list[list[float]]

    def __call__(self, tokens: Array, layout: Layout, state: Any) -> StepResult:
        with np.errstate(divide="ignore"):
            return StepResult(np.log(np.array(self.probabilities, np.float32))[tokens], None, state)


@dataclass
class RecurrentState:
    memory: Array  # (B, S, D)
    mask: Array  # (B, S)
    hidden: Array  # (N, D)

    def select(self, parents: Array, sentences: Array | None) -> RecurrentState:
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

    def draw(self, *shape: int) -> Array:
        return torch.randn(*shape, generator=self.generator, dtype=torch.float64).numpy()

    def start(self, lengths: list[int]) -> RecurrentState:
        """A random memory a sentence."""
        mask = np.arange(max(lengths)) < np.array(lengths)[:, None]  # (B, S)
        memory = self.draw(len(lengths), max(lengths), 6)
        return RecurrentState(memory, mask, np.zeros((len(lengths), 6)))

    def __call__(self, tokens: Array, layout: Layout, state: RecurrentState) -> StepResult:
        self.calls.append((len(tokens), layout.num_sentences))
        hidden = np.tanh(self.embedding[tokens] + state.hidden @ self.recurrent)  # (N, D)
        energies = np.einsum("bkd,bsd->bks", layout.spread(hidden), state.memory)  # (B, K, S)
        weights = softmax(np.where(state.mask[:, None], energies, -np.inf))
        hidden = hidden + layout.gather(np.einsum("bks,bsd->bkd", weights, state.memory))
        logits = hidden @ self.output  # (N, V)
        logits[:, 3] += self.end_bias
        log_probs = np.log(softmax(logits)).astype(np.float32)
        return StepResult(
            log_probs, layout.gather(weights).astype(np.float32), RecurrentState(state.memory, state.mask, hidden)
        )


def alone(state: RecurrentState, sentence: int) -> RecurrentState:
    """The first state of one sentence."""
    length = int(state.mask[sentence].sum())
    place = slice(sentence, sentence + 1)
    return RecurrentState(state.memory[place, :length], state.mask[place, :length], state.hidden[place])


def walk(step: Any, state: Any, tokens: list[int]) -> tuple[list[float], list[Array | None]]:
    """The log probability of each of ``tokens`` (END last) and where each step looked, for one sentence."""
    log_probs, attention, last = [], [], 2
    for token in tokens:
        result = step(np.array([last]), Layout.one_each(1), state)
        log_probs.append(float(result.log_probs[0, token]))
        attention.append(None if result.attention is None else result.attention[0])
        state, last = result.state, token
    return log_probs, attention
