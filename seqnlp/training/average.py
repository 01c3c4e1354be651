"""A running mean of the weights, which is what gets evaluated and saved."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from seqnlp.config import Config


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

    def consider(self, score: float) -> None:
        """What an epoch's dev score means for the averaging: nothing here."""

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


class TriggeredAverage(AveragedWeights):
    """The plain mean of the weights since a trigger, as averaged SGD has it (Polyak & Juditsky 1992).

    The trigger is non-monotonic (NT-ASGD, Merity et al. 2018, algorithm 1): averaging begins once a dev score is worse
    than one of ``wait`` epochs before it or earlier. With ``wait=0`` it begins with the first step. Until then the
    weights themselves are evaluated and saved.
    """

    def __init__(self, model: nn.Module, wait: int) -> None:
        super().__init__(model, decay=0.0)
        self.wait = wait
        self.count = 0
        self.running = wait == 0
        self.scores: list[float] = []

    def update(self, step: int) -> None:
        """Take the weights after an optimizer step into the mean."""
        if self.running:
            self.count += 1
            with torch.no_grad():
                torch._foreach_lerp_(self.means, self.weights, 1 / self.count)

    def consider(self, score: float) -> None:
        """Pull the trigger if it is time."""
        self.scores.append(score)
        self.running = self.running or should_average(self.scores, self.wait)

    @contextlib.contextmanager
    def swapped_in(self) -> Iterator[None]:
        """As for the moving average; without a mean yet, the weights as they are."""
        with super().swapped_in() if self.count else contextlib.nullcontext():
            yield

    def state_dict(self) -> list[Tensor]:
        """The means, and the numbers that decide how to go on."""
        numbers = torch.tensor([self.count, self.running, *self.scores], dtype=torch.float64)  # (2 + epochs,)
        return [*self.means, numbers]

    def load_state_dict(self, means: list[Tensor]) -> None:
        """The inverse of :meth:`state_dict`."""
        *means, numbers = means
        super().load_state_dict(means)
        count, running, *self.scores = numbers.tolist()
        self.count, self.running = int(count), bool(running)


def should_average(scores: Sequence[float], wait: int) -> bool:
    """Whether the last score is worse than the best of those at least ``wait`` epochs before it."""
    return len(scores) > wait and scores[-1] < max(scores[: len(scores) - wait])


def make_average(model: nn.Module, config: Config) -> AveragedWeights | None:
    """The averaging that a configuration asks for, if any."""
    if config.optimizer.name == "asgd":
        return TriggeredAverage(model, config.optimizer.trigger_epochs)
    return AveragedWeights(model, config.trainer.ema_decay) if config.trainer.ema_decay else None
