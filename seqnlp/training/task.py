"""What the training loop needs to know of a task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from seqnlp.training.checkpoint import Digests, Progress

Batch = NDArray[np.int64]
"""Numbers of examples."""


class Trainable(Protocol):
    """What can be trained."""

    higher_is_better: bool
    """Whether a higher dev score is a better one: false of errors and perplexities."""

    @property
    def digests(self) -> Digests:
        """What the run reads; a checkpoint of a run that read something else is refused."""

    @property
    def model(self) -> nn.Module:
        """What is trained."""

    def plan(self, epoch: int) -> Sequence[Batch]:
        """The batches of an epoch, as arrays of example numbers."""

    def count(self, batch: Batch) -> int:
        """The items (tokens) over which a batch's loss is averaged."""

    def loss(self, examples: Batch, done: float) -> Tensor:
        """The loss summed over the items of the given examples; ``done`` is the part of the training that is over."""

    def evaluate(self) -> dict[str, float]:
        """Dev scores by name, the one that chooses the best epoch first; empty without a dev split."""

    def save(self, scores: dict[str, float], progress: Progress) -> None:
        """Write the model as it is now to the run's model folder."""


@runtime_checkable
class Carrying(Protocol):
    """A task that carries something from batch to batch beside the weights, such as a recurrent state."""

    def carried(self) -> Sequence[Tensor]:
        """What is carried now; what other processes carry reads as zero."""

    def load_state(self, tensors: Sequence[Tensor]) -> None:
        """Take up what :meth:`carried` gave, summed over all processes."""


@runtime_checkable
class EvaluatedTogether(Protocol):
    """A task whose dev examples are answered one by one, so that several processes can share them."""

    @property
    def dev_size(self) -> int:
        """Dev examples; 0 without a dev split."""

    def dev_answers(self, numbers: Sequence[int]) -> list[Any]:
        """The answer to each of the dev examples of these numbers."""

    def dev_scores(self, answers: Sequence[Any]) -> dict[str, float]:
        """Dev scores as of ``evaluate``, from the answers to all dev examples in their order."""
