"""A running mean of the weights, which is what gets evaluated and saved."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch
from torch import Tensor, nn


class AveragedWeights:
    """Exponential moving average of the trainable weights (Polyak & Juditsky 1992; decay warm-up as in TensorFlow's).

    Step ``t`` uses the decay ``min(decay, (1 + t) / (10 + t))``, so that the random start is forgotten quickly.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.weights: list[Tensor] = [parameter for parameter in model.parameters() if parameter.requires_grad]
        self.means = [parameter.detach().clone() for parameter in self.weights]

    def update(self, step: int) -> None:
        """Move the means towards the weights after optimizer step ``step``."""
        decay = min(self.decay, (1 + step) / (10 + step))
        with torch.no_grad():
            torch._foreach_lerp_(self.means, self.weights, 1 - decay)

    @contextlib.contextmanager
    def swapped_in(self) -> Iterator[None]:
        """Within the block the model computes with the means; afterwards the weights are bit for bit as before."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def state_dict(self) -> list[Tensor]:
        """The means, in the order of the model's parameters."""
        return self.means

    def load_state_dict(self, means: list[Tensor]) -> None:
        """The inverse of :meth:`state_dict`."""
        for mine, stored in zip(self.means, means, strict=True):
            mine.copy_(stored)

    def _swap(self) -> None:
        for index, parameter in enumerate(self.weights):
            self.means[index], parameter.data = parameter.data, self.means[index]
