"""Dynamic evaluation: the model goes on learning from the text that it has predicted (Krause et al. 2018)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from seqnlp.arrays import IntArray
from seqnlp.data.stream_tensors import as_tensors
from seqnlp.data.streams import Streams
from seqnlp.models.language_model import RecurrentLanguageModel
from seqnlp.nn.cells import State, detached
from seqnlp.nn.output_gradient import TableGradient, output_gradient
from seqnlp.tasks.language_model.reading import Read, losses_of

SEGMENT = 40
"""Tokens that are predicted before the model learns from them."""

STATISTICS = 100
"""Segments of the training text, evenly spaced, over which squared gradients are averaged."""

EPSILON = 0.002
"""Added to the root of the mean square of a weight's gradient."""


@dataclass(frozen=True)
class DynamicEvaluation:
    """How the weights move.

    Attributes:
        rate: eta, of a gradient over the root of its mean square on the training text.
        decay: lambda, how fast the weights come back to what was trained.
    """

    rate: float = 0.002
    decay: float = 0.02

    def __str__(self) -> str:
        return f"dynamic evaluation (eta {self.rate:g}, lambda {self.decay:g})"


START = DynamicEvaluation(0.008, 0.00125)
"""What is tried first."""

FACTOR = 2.0
"""From one rate, or decay, that is tried to the next."""

TUNED_ON = 6_000
"""Tokens of the development text, its beginning, on which they are tried."""

MOST_TRIED = 12
"""Pairs of a rate and a decay."""


@dataclass(frozen=True)
class Learnt:
    """What a segment teaches: the gradient of its mean loss.

    Attributes:
        weights: of each weight that is no table.
        table: of the output table.
        inputs: (T,) the tokens that were read,
        rows: (T, E) the gradients of their embeddings, besides.
    """

    weights: Sequence[Tensor]
    table: Sequence[TableGradient]
    inputs: Tensor
    rows: Tensor


@dataclass(frozen=True)
class PerWeight:
    """A number for each weight, and for each row of each table (V, 1)."""

    weights: list[Tensor]
    tables: list[Tensor]

    def map(self, change: Callable[[Tensor], Tensor]) -> PerWeight:
        """Other numbers."""
        return PerWeight([change(part) for part in self.weights], [change(part) for part in self.tables])


class DynamicModel:
    """A model, and the scale of each weight's gradient on the training text: the root of its mean square.

    A row of a table, an embedding, has one scale. Most of the weights are in tables, and a gradient as large as they
    are is never made: writing it would take most of the time.

    Args:
        train_tokens: of the training text; segments of it are read.
    """

    def __init__(self, model: RecurrentLanguageModel, train_tokens: IntArray, device: torch.device) -> None:
        self.model, self.device = model, device
        self._weights = [*model.layers.parameters(), *model.output.parameters()]
        self._tables = [model.embedding.weight, *([] if model.config.tie_embeddings else [model.output_table])]
        self._scale = self._scale_on(train_tokens)
        total = sum(float(part.sum()) for part in self._scale.weights)
        total += sum(
            float(part.sum()) * table.size(1) for part, table in zip(self._scale.tables, self._tables, strict=True)
        )
        self._mean = total / sum(part.numel() for part in model.parameters())

    def read(self, tokens: IntArray, settings: DynamicEvaluation) -> Generator[Read, None, None]:
        """Tokens (N,), segment after segment, each scored before the model learns from it.

        The model is as before when the last segment was read, or the generator is closed.
        """
        all_weights = [*self._weights, *self._tables]
        trained = [weight.detach().clone() for weight in all_weights]
        pull = self._scale.map(lambda part: (settings.decay * part / max(self._mean, 1e-30)).clamp_(max=1.0))
        steps = self._scale.map(lambda part: settings.rate / (part + EPSILON))
        streams, state = Streams(tokens, 1, min(SEGMENT, len(tokens))), self.model.start(1)
        try:
            for numbers in streams.plan():
                scored, learnt, state = self._segment(streams, numbers, state)
                yield scored
                with torch.no_grad():
                    for weight, start, back in zip(all_weights, trained, pull.weights + pull.tables, strict=True):
                        weight.lerp_(start, back)
                    self._learn(learnt, steps)
        finally:
            with torch.no_grad():
                for weight, start in zip(all_weights, trained, strict=True):
                    weight.copy_(start)

    def _learn(self, learnt: Learnt, steps: PerWeight) -> None:
        """A step along the gradient."""
        for weight, step, gradient in zip(self._weights, steps.weights, learnt.weights, strict=True):
            weight.addcmul_(gradient, step, value=-1.0)
        for part in learnt.table:
            scores = part.scores * steps.tables[-1][part.rows, 0]  # (n, S)
            self._tables[-1][part.rows].addmm_(scores.T, part.features, alpha=-1.0)
        self._tables[0].index_add_(0, learnt.inputs, steps.tables[0][learnt.inputs] * learnt.rows, alpha=-1.0)

    def _scale_on(self, tokens: IntArray) -> PerWeight:
        squares = PerWeight(
            [torch.zeros_like(weight) for weight in self._weights],
            [torch.zeros_like(table[:, :1]) for table in self._tables],
        )
        whole = [torch.zeros_like(table) for table in self._tables]  # (V, E) each
        streams, state = Streams(tokens, 1, min(SEGMENT, len(tokens))), self.model.start(1)
        plan = streams.plan()
        places = np.unique(np.linspace(0, len(plan) - 1, STATISTICS).astype(int))
        for place in places:
            _, learnt, state = self._segment(streams, plan[place], state)
            for square, gradient in zip(squares.weights, learnt.weights, strict=True):
                square.addcmul_(gradient, gradient)
            for table in whole:
                table.zero_()
            for part in learnt.table:
                torch.mm(part.scores.T, part.features, out=whole[-1][part.rows])
            whole[0].index_add_(0, learnt.inputs, learnt.rows)
            for square, table in zip(squares.tables, whole, strict=True):
                square.add_(table.square().mean(dim=1, keepdim=True))
        return squares.map(lambda part: part.div_(len(places)).sqrt_())

    def _segment(self, streams: Streams, numbers: IntArray, state: State) -> tuple[Read, Learnt, State]:
        """What a segment costs, what it teaches, and the state after it."""
        window, model = as_tensors(streams.read(numbers), self.device), self.model
        targets, layers = window.targets[0], list(model.layers.parameters())  # (T,)
        rows = model.embedding(window.inputs).detach().requires_grad_()  # (1, T, E)
        model.layers.requires_grad_()
        with torch.enable_grad():
            outputs, state = model.layers(rows * model.config.embedding_dim**0.5, detached(state))  # (1, T, H)
            taught = output_gradient(model.output, outputs[0].detach(), model.table, targets)
            of_rows, *gradients = torch.autograd.grad(outputs[0], [rows, *layers], taught.features)
        model.requires_grad_(False)
        learnt = Learnt([*gradients, *taught.parameters], taught.table, window.inputs[0], of_rows[0])
        return Read(outputs[0].detach(), targets, taught.losses), learnt, detached(state)


def tune_dynamic(model: DynamicModel, tokens: IntArray) -> DynamicEvaluation:
    """The best rate and decay on the beginning of a (development) text of tokens (N,), by climbing.

    From :data:`START` on the rate is doubled and halved while that helps, then the decay, until no neighbour is better.
    """
    costs: dict[DynamicEvaluation, float] = {}

    def cost(tried: DynamicEvaluation) -> float:
        if tried not in costs and len(costs) < MOST_TRIED:
            total = float(losses_of(model.read(tokens[:TUNED_ON], tried)).sum())
            costs[tried] = total if math.isfinite(total) else math.inf
        return costs.get(tried, math.inf)

    best, before = START, None
    while before != best:
        before = best
        for name, factor in itertools.product(("rate", "decay"), (FACTOR, 1 / FACTOR)):
            while cost(tried := replace(best, **{name: getattr(best, name) * factor})) < cost(best):
                best = tried
    return best
