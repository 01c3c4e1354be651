"""A dry run: the data are read, the model is built, a few steps are done, and nothing is kept."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch

from seqnlp.config.common import Config
from seqnlp.models.size import count_parameters
from seqnlp.tasks.base import make_task
from seqnlp.tasks.settled_data import settle_data
from seqnlp.training.device import choose_device, choose_precision
from seqnlp.training.freeze import freeze
from seqnlp.training.optimizer import Optimizer
from seqnlp.training.torch_state import torch_state_kept

_STEPS = 5
"""Steps that are timed, at most, after the first one, which takes longer."""


def rehearse(config: Config, say: Callable[[str], None]) -> str:
    """What would be trained, and how long that would take, in words.

    Raises:
        SeqnlpError: the data or the settings are not as they must be.
    """
    settle_data(config, say)
    with tempfile.TemporaryDirectory(prefix="seqnlp_") as folder, torch_state_kept():
        if config.trainer.threads:
            torch.set_num_threads(config.trainer.threads)
        device = choose_device(config.trainer.device)
        precision, reason = choose_precision(config.trainer, device, config.width)
        task = make_task(config, Path(folder), device, say)
        freeze(task.model, config.trainer.freeze)
        plan, optimizer = task.plan(0), Optimizer(task.model, config.optimizer)
        task.model.train()
        seconds = []
        for batch in plan[: _STEPS + 1]:
            begin = time.perf_counter()
            optimizer.zero_grad()
            with torch.autocast(device.type, precision, enabled=precision != torch.float32):
                loss = task.loss(batch, 0.0)
            mean = loss.item() / task.count(batch)
            torch.autograd.backward(loss / task.count(batch))
            optimizer.clip(config.trainer.clip_norm)
            optimizer.step(config.optimizer.learning_rate)
            seconds.append(time.perf_counter() - begin)
    each = sum(seconds[1:] or seconds) / len(seconds[1:] or seconds)
    epoch, epochs = each * len(plan), config.trainer.epochs
    lines = [
        f"device: {device}; precision: {reason}; threads: {torch.get_num_threads()}",
        f"parameters: {count_parameters(task.model):,}",
        f"steps an epoch: {len(plan):,}; loss of the last batch that was tried: {mean:.4f}",
        f"an epoch takes about {_duration(epoch)} and {epochs} epochs {_duration(epoch * epochs)}, "
        "without the evaluation of dev",
    ]
    return "\n".join(lines)


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} seconds" if seconds < 120 else f"{seconds / 60:.1f} minutes"
