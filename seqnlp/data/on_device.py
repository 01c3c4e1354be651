"""Batches move to another device as a whole: all of their tensors, and those of their parts."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, Self

import torch
from torch import Tensor


class OnDevice:
    """A dataclass of tensors, of parts that are such dataclasses themselves, and of anything else, which stays."""

    def to(self, device: torch.device) -> Self:
        """The same on another device."""
        batch: Any = self
        values = {item.name: getattr(batch, item.name) for item in fields(batch)}
        moved = {name: value.to(device) for name, value in values.items() if isinstance(value, Tensor | OnDevice)}
        there: Self = replace(batch, **moved)
        return there
