"""How large a model is."""

from __future__ import annotations

from torch import nn


def count_parameters(model: nn.Module) -> int:
    """Numbers that training can change."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
