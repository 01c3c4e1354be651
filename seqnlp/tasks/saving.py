"""What every saved model says of its training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn

from seqnlp.config.common import Config
from seqnlp.models.size import count_parameters
from seqnlp.training.checkpoint import Progress


def training_metrics(
    config: Config, model: nn.Module, scores: Mapping[str, float], progress: Progress, digest: str, **more: Any
) -> dict[str, Any]:
    """What ``metrics.json`` holds of a model as it is saved.

    Args:
        scores: on dev.
        digest: of the training data.
        more: what only this task knows.
    """
    return {
        "dev": dict(scores),
        "epoch": progress.epoch,
        "step": progress.step,
        "seed": config.seed,
        "recipe": config.name,
        "parameters": count_parameters(model),
        **more,
        "train_sha256": digest,
    }


def begun_with(start: str) -> dict[str, str]:
    """What ``metrics.json`` says of the model that a fine-tuned one began with, by its name; nothing without one."""
    return {"initialized_from": start} if start else {}


def begun_with_line(metrics: Mapping[str, Any]) -> list[str]:
    """The line of a model card about the model that it began with, if it did."""
    start = metrics.get("initialized_from")
    return [f"- fine-tuned: it began with the weights of {start}"] if start else []
