"""Windows of streams as tensors."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from seqnlp.data.streams import Window


@dataclass(frozen=True)
class TensorWindow:
    """What b streams read and predict: ``inputs``, ``targets`` (b, T); ``mask`` (b, T) bool, True = a real target."""

    inputs: Tensor
    targets: Tensor
    mask: Tensor


def as_tensors(window: Window, device: torch.device) -> TensorWindow:
    """A window on a device."""
    parts = (window.inputs, window.targets, window.mask)
    return TensorWindow(*(torch.from_numpy(part).to(device) for part in parts))
