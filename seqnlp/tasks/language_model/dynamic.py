"""Dynamic evaluation: the model goes on learning from the text that it has predicted (Krause et al. 2018)."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from seqnlp.arrays import IntArray
from seqnlp.data.stream_tensors import as_tensors
from seqnlp.data.streams import Streams
from seqnlp.models.language_model import RecurrentLanguageModel
from seqnlp.nn.cells import State, detached
from seqnlp.tasks.language_model.reading import Read, losses_of

SEGMENT = 20
"""Tokens that are predicted before the model learns from them."""

STATISTICS = 200
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


START = DynamicEvaluation(0.004, 0.005)
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
        pieces: of each piece of the weights; None: zeros.
        inputs: (T,) the tokens that were read, whose embeddings
        rows: (T, E) have these gradients besides.
    """

    pieces: Sequence[Tensor | None]
    inputs: Tensor
    rows: Tensor


class DynamicModel:
    """A model, and the scale of each weight's gradient on the training text: the root of its mean square.

    The output table is in pieces, one for each cluster: the gradient of most segments passes by the rare words, and
    a table that is written anew for each segment would take most of the time.

    Args:
        train_tokens: of the training text; segments of it are read.
    """

    def __init__(self, model: RecurrentLanguageModel, train_tokens: IntArray, device: torch.device) -> None:
        self.model, self.device = model, device
        self._weights = list(model.parameters())
        self._table = next(number for number, one in enumerate(self._weights) if one is model.table)
        self._embedding = next(number for number, one in enumerate(self._weights) if one is model.embedding.weight)
        self._scale = self._scale_on(train_tokens)
        self._mean = sum(float(part.sum()) for part in self._scale) / sum(part.numel() for part in self._scale)

    def read(self, tokens: IntArray, settings: DynamicEvaluation) -> Generator[Read, None, None]:
        """Tokens (N,), segment after segment, each scored before the model learns from it.

        The model is as before when the last segment was read, or the generator is closed.
        """
        trained = [weight.detach().clone() for weight in self._weights]
        pull = [(settings.decay * part / max(self._mean, 1e-30)).clamp_(max=1.0) for part in self._scale]
        steps = [settings.rate / (part + EPSILON) for part in self._scale]
        pieces = [self._pieces(part) for part in (self._plain(), trained, pull, steps)]
        streams, state = Streams(tokens, 1, min(SEGMENT, len(tokens))), self.model.start(1)
        try:
            for numbers in streams.plan():
                scored, learnt, state = self._segment(streams, numbers, state)
                yield scored
                with torch.no_grad():
                    for weight, start, back, step, gradient in zip(*pieces, learnt.pieces, strict=True):
                        weight.lerp_(start, back)
                        if gradient is not None:
                            weight.addcmul_(gradient, step, value=-1.0)
                    change = steps[self._embedding][learnt.inputs].mul_(learnt.rows)  # (T, E)
                    self._weights[self._embedding].index_add_(0, learnt.inputs, change, alpha=-1.0)
        finally:
            with torch.no_grad():
                for weight, start in zip(self._weights, trained, strict=True):
                    weight.copy_(start)

    def _scale_on(self, tokens: IntArray) -> list[Tensor]:
        squares, gradients = ([torch.zeros_like(weight) for weight in self._weights] for _ in range(2))
        streams, state = Streams(tokens, 1, min(SEGMENT, len(tokens))), self.model.start(1)
        plan = streams.plan()
        places = np.unique(np.linspace(0, len(plan) - 1, STATISTICS).astype(int))
        for place in places:
            _, learnt, state = self._segment(streams, plan[place], state)
            for whole, gradient in zip(self._pieces(gradients), learnt.pieces, strict=True):
                whole.zero_() if gradient is None else whole.copy_(gradient)
            gradients[self._embedding].index_add_(0, learnt.inputs, learnt.rows)
            for square, gradient in zip(squares, gradients, strict=True):
                square.addcmul_(gradient, gradient)
        return [square.div_(len(places)).sqrt_() for square in squares]

    def _segment(self, streams: Streams, numbers: IntArray, state: State) -> tuple[Read, Learnt, State]:
        """What a segment costs, what it teaches, and the state after it."""
        window, model = as_tensors(streams.read(numbers), self.device), self.model
        targets, plain = window.targets[0], self._plain()  # (T,)
        tables = [piece.requires_grad_() for piece in model.output.split(plain[self._table])]
        leaves: list[Tensor] = []
        for number, weight in enumerate(self._weights):
            leaves += tables if number == self._table else [weight.requires_grad_()]
        rows = functional.embedding(window.inputs, plain[self._embedding]).requires_grad_()  # (1, T, E)
        with torch.enable_grad():
            outputs, state = model.layers(rows * model.config.embedding_dim**0.5, detached(state))  # (1, T, H)
            losses = model.output.losses_by(outputs[0], tables, targets)  # (T,)
            of_rows, *gradients = torch.autograd.grad(losses.mean(), [rows, *leaves], allow_unused=True)
        model.requires_grad_(False)
        learnt = Learnt(gradients, window.inputs[0], of_rows[0])
        return Read(outputs[0].detach(), targets, losses.detach()), learnt, detached(state)

    def _plain(self) -> list[Tensor]:
        """The weights without gradients: what is written to them the model has."""
        return [weight.detach() for weight in self._weights]

    def _pieces(self, parts: Sequence[Tensor]) -> list[Tensor]:
        """Views of what there is for each weight, the output table cut into its clusters."""
        cut = [self.model.output.split(part) if n == self._table else [part] for n, part in enumerate(parts)]
        return [piece for some in cut for piece in some]


def tune_dynamic(model: DynamicModel, tokens: IntArray) -> DynamicEvaluation:
    """The best rate and decay on the beginning of a (development) text of tokens (N,), by climbing from the usual ones.

    Rates twice and half the best one are tried, then decays, until no neighbour is better.
    """
    costs: dict[DynamicEvaluation, float] = {}

    def cost(tried: DynamicEvaluation) -> float:
        if tried not in costs and len(costs) < MOST_TRIED:
            costs[tried] = float(losses_of(model.read(tokens[:TUNED_ON], tried)).sum())
        return costs.get(tried, float("inf"))

    best, before = START, None
    while before != best:
        before = best
        for name, factor in itertools.product(("rate", "decay"), (FACTOR, 1 / FACTOR)):
            while cost(tried := replace(best, **{name: getattr(best, name) * factor})) < cost(best):
                best = tried
    return best
