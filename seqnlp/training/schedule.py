"""The learning rate over training: a pure function of where training is, except for `plateau`."""

from __future__ import annotations

import math

from seqnlp.config.loop import OptimizerConfig


def learning_rate(config: OptimizerConfig, step: int, progress: float, epochs: int, plateau_factor: float) -> float:
    """The learning rate of one optimizer step.

    Args:
        step: optimizer steps taken before this one.
        progress: epochs done, as a real number (2.5 = half of the third epoch is done).
        epochs: all epochs of the run.
        plateau_factor: product of the reductions made so far (`plateau` only).
    """
    warmup = min(1.0, (step + 1) / config.warmup_steps) if config.warmup_steps else 1.0
    return config.learning_rate * warmup * _factor(config, progress, epochs, plateau_factor)


def _factor(config: OptimizerConfig, progress: float, epochs: int, plateau_factor: float) -> float:
    done = min(1.0, progress / epochs)
    if config.schedule == "linear":
        return 1 - (1 - config.final_factor) * done
    if config.schedule == "cosine":
        return config.final_factor + (1 - config.final_factor) * 0.5 * (1 + math.cos(math.pi * done))
    if config.schedule == "step":
        return float(config.factor ** (int(progress) // config.every_epochs))
    return plateau_factor if config.schedule == "plateau" else 1.0
