"""Dynamic evaluation: the model goes on learning from the text that it has predicted (Krause et al. 2018)."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from seqnlp.arrays import IntArray
from seqnlp.data.stream_tensors import as_tensors
from seqnlp.data.streams import Streams
from seqnlp.models.language_model import RecurrentLanguageModel
from seqnlp.nn.cells import State, detached
from seqnlp.tasks.language_model.reading import Read, losses_of

SEGMENT = 20
"""Tokens that are predicted before the model learns from them."""

STATISTICS = 500
"""Segments of the training text over which squared gradients are averaged."""

EPSILON = 0.002
"""Added to the root of the mean square of a weight's gradient."""

RATES = (0.0005, 0.001, 0.002, 0.004)
DECAYS = (0.005, 0.08)
"""What is tried on the beginning of the development text: rates with the usual decay, then other decays."""

TUNED_ON = 10_000
"""Tokens of that beginning."""


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


class DynamicModel:
    """A model, and the scale of each weight's gradient on the training text: the root of its mean square.

    Args:
        train_tokens: of the training text; its beginning is read.
    """

    def __init__(self, model: RecurrentLanguageModel, train_tokens: IntArray, device: torch.device) -> None:
        self.model, self.device = model, device
        self._weights = list(model.parameters())
        squares = [torch.zeros_like(weight) for weight in self._weights]
        plan, state = Streams(train_tokens, 1, min(SEGMENT, len(train_tokens))), model.start(1)
        numbered = plan.plan()[:STATISTICS]
        for numbers in numbered:
            _, gradients, state = self._segment(plan, numbers, state)
            for square, gradient in zip(squares, gradients, strict=True):
                square.addcmul_(gradient, gradient)
        self._scale = [square.div_(len(numbered)).sqrt_() for square in squares]
        self._mean = sum(float(part.sum()) for part in self._scale) / sum(part.numel() for part in self._scale)

    def read(self, tokens: IntArray, settings: DynamicEvaluation) -> Generator[Read, None, None]:
        """Tokens (N,), segment after segment, each scored before the model learns from it.

        The model is as before when the last segment was read, or the generator is closed.
        """
        trained = [weight.detach().clone() for weight in self._weights]
        pull = [(settings.decay * part / max(self._mean, 1e-30)).clamp_(max=1.0) for part in self._scale]
        steps = [settings.rate / (part + EPSILON) for part in self._scale]
        streams, state = Streams(tokens, 1, min(SEGMENT, len(tokens))), self.model.start(1)
        try:
            for numbers in streams.plan():
                scored, gradients, state = self._segment(streams, numbers, state)
                yield scored
                with torch.no_grad():
                    for weight, start, back, step, gradient in zip(
                        self._weights, trained, pull, steps, gradients, strict=True
                    ):
                        weight.add_((start - weight).mul_(back)).addcmul_(gradient, step, value=-1.0)
        finally:
            with torch.no_grad():
                for weight, start in zip(self._weights, trained, strict=True):
                    weight.copy_(start)

    def _segment(self, streams: Streams, numbers: IntArray, state: State) -> tuple[Read, Sequence[Tensor], State]:
        """What a segment costs, the gradient of its mean loss, and the state after it."""
        window, model = as_tensors(streams.read(numbers), self.device), self.model
        for weight in self._weights:
            weight.requires_grad_()
        with torch.enable_grad():
            outputs, state = model(window.inputs, detached(state))  # (1, T, H)
            targets = window.targets[0]  # (T,)
            losses = model.output.losses(outputs[0], model.table, targets)  # (T,)
            gradients = torch.autograd.grad(losses.mean(), self._weights, materialize_grads=True)
        model.requires_grad_(False)
        return Read(outputs[0].detach(), targets, losses.detach()), gradients, detached(state)


def tune_dynamic(model: DynamicModel, tokens: IntArray) -> DynamicEvaluation:
    """The best of :data:`RATES`, then of :data:`DECAYS`, on the beginning of a (development) text of tokens (N,)."""
    costs: dict[DynamicEvaluation, float] = {}

    def best_of(tried: list[DynamicEvaluation]) -> DynamicEvaluation:
        costs.update({one: float(losses_of(model.read(tokens[:TUNED_ON], one)).sum()) for one in tried})
        return min(costs, key=costs.__getitem__)

    rate = best_of([DynamicEvaluation(rate) for rate in RATES])
    return best_of([replace(rate, decay=decay) for decay in DECAYS])
