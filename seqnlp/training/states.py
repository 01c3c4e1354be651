"""What a checkpoint holds beside the progress: weights, optimizer, running mean, and a state that is carried along."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from seqnlp.errors import RunError
from seqnlp.training.average import AveragedWeights
from seqnlp.training.checkpoint import FILE_NAME, Progress, load_checkpoint
from seqnlp.training.distributed import Processes
from seqnlp.training.optimizer import Optimizer
from seqnlp.training.task import Carrying, Trainable


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
    saved = load_checkpoint(run, task.digests)
    if saved is None:
        return Progress()
    progress, states = saved
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
