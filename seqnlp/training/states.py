"""What a checkpoint holds beside the progress: weights, optimizer, running mean, and a state that is carried along."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import torch
from torch import Tensor

from seqnlp.errors import RunError
from seqnlp.training.average import AveragedWeights
from seqnlp.training.checkpoint import FILE_NAME, Progress, load_checkpoint
from seqnlp.training.distributed import Processes
from seqnlp.training.optimizer import Optimizer

if TYPE_CHECKING:
    from seqnlp.training.fit import Trainable


@runtime_checkable
class Carrying(Protocol):
    """A task that carries something from batch to batch beside the weights, such as a recurrent state."""

    def carried(self) -> Sequence[Tensor]:
        """What is carried now; what other processes carry reads as zero."""

    def load_state(self, tensors: Sequence[Tensor]) -> None:
        """Take up what :meth:`carried` gave, summed over all processes."""


def collect_states(
    task: Trainable, optimizer: Optimizer, average: AveragedWeights | None, processes: Processes
) -> dict[str, Any]:
    """Everything that a checkpoint holds; all processes call this together."""
    weights = [parameter.detach() for parameter in task.model.parameters()]
    states: dict[str, Any] = {"model": weights, "optimizer": optimizer.state_dict()}
    if average:
        states["average"] = average.state_dict()
    if isinstance(task, Carrying):
        states["carried"] = processes.sum(task.carried())
    return states


def restore(task: Trainable, optimizer: Optimizer, average: AveragedWeights | None, run: Path) -> Progress:
    """Take up the run's checkpoint, if there is one.

    Raises:
        RunError: it is damaged, or another run's.
    """
    found = load_checkpoint(run, task.digest, task.dev_digest)
    if found is None:
        return Progress()
    progress, states = found
    expected = [parameter.shape for parameter in task.model.parameters()]
    if [stored.shape for stored in states["model"]] != expected:
        raise RunError(f"{run / FILE_NAME} is of a model of other sizes than this run's; the run cannot be resumed")
    with torch.no_grad():
        for parameter, stored in zip(task.model.parameters(), states["model"], strict=True):
            parameter.copy_(stored)
    optimizer.load_state_dict(states["optimizer"])
    if average:
        average.load_state_dict(states["average"])
    if isinstance(task, Carrying):
        task.load_state(states["carried"])
    return progress
