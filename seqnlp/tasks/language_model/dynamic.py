"""Dynamic evaluation: the model goes on learning from the text that it has predicted (Krause et al. 2018)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from seqnlp.arrays import FloatArray, IntArray
from seqnlp.data.stream_tensors import as_tensors
from seqnlp.data.streams import Streams
from seqnlp.models.language_model import RecurrentLanguageModel
from seqnlp.nn.cells import detached

SEGMENT = 20
"""Tokens that are predicted before the model learns from them."""

STATISTICS = 500
"""Segments of the training text over which squared gradients are averaged."""

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


def dynamic_losses(
    model: RecurrentLanguageModel,
    tokens: IntArray,
    train_tokens: IntArray,
    device: torch.device,
    settings: DynamicEvaluation,
) -> FloatArray:
    """Losses (N,) of tokens (N,) in nats; each is scored before the model learns from it.

    ``train_tokens`` give the scale of each weight's gradient. The model is as before afterwards.
    """
    weights = [parameter.requires_grad_() for parameter in model.parameters()]
    trained = [weight.detach().clone() for weight in weights]
    scale = _gradient_scale(model, train_tokens, device)
    mean = sum(float(part.sum()) for part in scale) / sum(part.numel() for part in scale)
    pull = [(settings.decay * part / mean).clamp_(max=1.0) for part in scale]
    floor = [part + EPSILON for part in scale]
    streams = Streams(tokens, 1, min(SEGMENT, len(tokens)))
    losses, state = np.zeros(len(tokens)), model.start(1)
    try:
        for numbers in streams.plan():
            window = as_tensors(streams.read(numbers), device)
            loss, gradients, state = _segment(model, window.inputs, window.targets, detached(state), weights)
            positions, _ = streams.positions(numbers)  # (1, T)
            losses[positions[0]] = loss.double().cpu().numpy()
            with torch.no_grad():
                for weight, start, back, gradient, below in zip(weights, trained, pull, gradients, floor, strict=True):
                    weight += back * (start - weight) - settings.rate * gradient / below
    finally:
        with torch.no_grad():
            for weight, start in zip(weights, trained, strict=True):
                weight.copy_(start)
        model.requires_grad_(False)
    return losses


def _gradient_scale(model: RecurrentLanguageModel, tokens: IntArray, device: torch.device) -> list[Tensor]:
    """The root of the mean square of each weight's gradient over segments of the training text."""
    weights = list(model.parameters())
    squares = [torch.zeros_like(weight) for weight in weights]
    streams, state = Streams(tokens, 1, min(SEGMENT, len(tokens))), model.start(1)
    plan = streams.plan()[:STATISTICS]
    for numbers in plan:
        window = as_tensors(streams.read(numbers), device)
        _, gradients, state = _segment(model, window.inputs, window.targets, detached(state), weights)
        for square, gradient in zip(squares, gradients, strict=True):
            square.addcmul_(gradient, gradient)
    return [square.div_(len(plan)).sqrt_() for square in squares]


def _segment(
    model: RecurrentLanguageModel, inputs: Tensor, targets: Tensor, state: tuple[Tensor, ...], weights: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...], tuple[Tensor, ...]]:
    """The losses (T,) of a segment, the gradient of their mean, and the state after it."""
    with torch.enable_grad():
        losses, state = model.losses(inputs, targets, state)  # (1, T)
        gradients = torch.autograd.grad(losses.mean(), weights)
    return losses.detach()[0], gradients, state
