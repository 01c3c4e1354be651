"""How much the loss at a step depends on what was read many steps before: |d loss at T / d input at T - d|.

The loss is that of the unit after step T (language models), of the last word's tag by itself (taggers), of the label
(classifiers); the inputs are the vectors that the recurrent layers read. Where a line falls by orders of magnitude, the
gradient has vanished (Hochreiter 1991; Bengio et al. 1994).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from seqnlp.bundle import load_bundle
from seqnlp.config.common import Config
from seqnlp.errors import DataError, RunError
from seqnlp.task_table import TASKS, part_of
from seqnlp.tasks.splits import require_split

TEXTS = 50
"""Texts that are read, the longest ones, and so many places of a running text."""

MIN_TEXTS = 5
"""A distance that fewer texts reach is not shown: a mean of so few would jump."""

MAX_LENGTH = 250
"""Steps of the longest part of a text that is read."""

Norms = Iterator[Tensor]
"""Of each text the norms (T,) at distance 0, 1, ... from its last step."""


def gradient_norms(run: Path, config: Config, split: str) -> list[float]:
    """The mean norm at distance 0, 1, ... over texts of a split.

    Raises:
        RunError: no model there, or one of another kind.
        ConfigError: the run has no such split.
        DataError: the split cannot be read, or too few texts are in it.
    """
    if not TASKS[config.task].gradient:
        raise RunError(
            f"{run} holds a {config.task} model; gradients over distance are shown of language models, taggers and "
            "classifiers (a translator's attention sees every step at no distance)"
        )
    require_split(config, split)
    return _means(part_of(config.task, "gradient")(load_bundle(run), config, split), run, split)


def _means(texts: Iterable[Tensor], run: Path, split: str) -> list[float]:
    rows = [norms.double().numpy() for norms in texts]
    if len(rows) < MIN_TEXTS:
        raise DataError(f"{run}: expected at least {MIN_TEXTS} texts in {split}, found {len(rows)}")
    longest = sorted(map(len, rows))[-MIN_TEXTS]
    return [float(np.mean([row[distance] for row in rows if distance < len(row)])) for distance in range(longest)]


def gradient_norms_of(loss: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    """Norms (T,) by distance of the gradient of a loss of inputs (T, D)."""
    leaf = inputs.detach().clone()[None].requires_grad_()  # (1, T, D)
    with torch.enable_grad():
        (gradient,) = torch.autograd.grad(loss(leaf), leaf)
    norms: Tensor = gradient[0].norm(dim=1)  # (T,)
    return norms.flip(0)
