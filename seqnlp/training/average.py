"""A running mean of the weights, which is what gets evaluated and saved."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from seqnlp.config.common import Config

LARGE = 20_000
"""Rows from which on a row-sparse table's means move only where a step touches it."""


class AveragedWeights:
    """Exponential moving average of the trainable weights (Polyak & Juditsky 1992; decay warm-up as in TensorFlow's).

    Step ``t`` uses the decay ``min(decay, (1 + t) / (10 + t))``, so that the random start is forgotten quickly.

    The mean of a weight that stays the same is known in closed form. In large tables with row-sparse gradients only the
    rows that a step touches are computed at once; the others follow when they are touched, or when the means are read.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.weights: list[Tensor] = [parameter for parameter in model.parameters() if parameter.requires_grad]
        self.means = [parameter.detach().clone() for parameter in self.weights]
        tables = [module.weight for module in model.modules() if isinstance(module, nn.Embedding) and module.sparse]
        large = {id(table) for table in tables if len(table) >= LARGE}
        self._dense = [number for number, weight in enumerate(self.weights) if id(weight) not in large]
        self._lagging = [
            _LaggingRows(weight, mean)
            for weight, mean in zip(self.weights, self.means, strict=True)
            if id(weight) in large
        ]

    def prepare(self) -> None:
        """To be called when there are gradients, before the weights change."""
        for table in self._lagging:
            table.prepare()

    def update(self, step: int) -> None:
        """Move the means towards the weights after optimizer step ``step``."""
        decay = min(self.decay, (1 + step) / (10 + step))
        means, weights = ([some[number] for number in self._dense] for some in (self.means, self.weights))
        if means:
            with torch.no_grad():
                torch._foreach_lerp_(means, weights, 1 - decay)
        for table in self._lagging:
            table.update(decay)

    def consider(self, score: float) -> None:
        """Take note of an epoch's dev score, which a moving average does not need."""

    @contextlib.contextmanager
    def swapped_in(self) -> Iterator[None]:
        """Within the block the model computes with the means; afterwards the weights are bit for bit as before."""
        self._catch_up()
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def state_dict(self) -> list[Tensor]:
        """The means, in the order of the model's parameters."""
        self._catch_up()
        return self.means

    def load_state_dict(self, means: list[Tensor]) -> None:
        """The inverse of :meth:`state_dict`."""
        self._catch_up()
        for mine, stored in zip(self.means, means, strict=True):
            mine.copy_(stored)

    def _catch_up(self) -> None:
        """Let the means of all rows be those of now."""
        for table in self._lagging:
            table.catch_up()

    def _swap(self) -> None:
        for index, parameter in enumerate(self.weights):
            self.means[index], parameter.data = parameter.data, self.means[index]


class _LaggingRows:
    """The means (V, W) of a table (V, W), of which a step changes few rows.

    Attributes:
        passed: the logarithm of the product of all decays since the last time that all rows were up to date.
        reached: (V,) of this, what is in the mean of each row.
    """

    def __init__(self, weight: Tensor, mean: Tensor) -> None:
        self.weight, self.mean = weight, mean
        self.passed, self.reached = 0.0, torch.zeros(len(weight), dtype=torch.float64, device=weight.device)
        self._rows: Tensor | None = None

    @torch.no_grad()
    def prepare(self) -> None:
        """Bring the rows that have a gradient up to date, while their weights are still what they were."""
        gradient = self.weight.grad
        self._rows = None if gradient is None else gradient.coalesce().indices()[0]  # (U,)
        if self._rows is not None:
            self._follow(self._rows)

    @torch.no_grad()
    def update(self, decay: float) -> None:
        """Move the means of these rows towards their new weights; for the others, note the decay."""
        self.passed += math.log(decay)
        if self._rows is not None:
            moved = torch.lerp(self.mean[self._rows], self.weight[self._rows], 1 - decay)  # (U, W)
            self.mean[self._rows] = moved
            self.reached[self._rows] = self.passed

    @torch.no_grad()
    def catch_up(self) -> None:
        """Bring all rows up to date; the count begins anew, so that a resumed training computes the same."""
        if self.passed:
            self._follow(torch.arange(len(self.mean), device=self.mean.device))
            self.passed = 0.0
            self.reached.zero_()

    def _follow(self, rows: Tensor) -> None:
        kept = torch.exp(self.passed - self.reached[rows]).to(self.mean.dtype)[:, None]  # (U, 1)
        weights = self.weight[rows]  # (U, W)
        self.mean[rows] = torch.where(kept == 1, self.mean[rows], torch.lerp(weights, self.mean[rows], kept))
        self.reached[rows] = self.passed


class TriggeredAverage(AveragedWeights):
    """The plain mean of the weights since a trigger, as averaged SGD has it (Polyak & Juditsky 1992).

    The trigger is non-monotonic (NT-ASGD, Merity et al. 2018, algorithm 1): averaging begins once a dev score is worse
    than one of ``wait`` epochs before it or earlier. With ``wait=0`` it begins with the first step. Until then the
    weights themselves are evaluated and saved.
    """

    def __init__(self, model: nn.Module, wait: int) -> None:
        super().__init__(model, decay=0.0)
        self._lagging = []  # its means do not fade
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
        """Begin to average if an epoch's dev score asks for it."""
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
