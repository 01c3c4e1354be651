"""Modules that are built without drawing random numbers: their weights come from a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import Tensor
from torch.overrides import TorchFunctionMode

_DRAWS = {
    *("normal_", "uniform_", "bernoulli_", "random_", "exponential_", "trunc_normal_", "orthogonal_", "sparse_"),
    *("xavier_normal_", "xavier_uniform_", "kaiming_normal_", "kaiming_uniform_"),
}
"""What fills a tensor with random numbers, as a method of it or a function of ``torch.nn.init``."""


class NothingDrawn(TorchFunctionMode):
    """Within the block this thread fills tensors with zeros where it would draw.

    torch has one random state for all threads; one that draws, and then puts the state back, takes numbers from a
    thread that trains.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """What torch calls in the place of ``func``."""
        given = kwargs or {}
        if getattr(func, "__name__", "") in _DRAWS:
            tensor: Tensor = args[0] if args else given["tensor"]
            return tensor.detach().zero_()
        return func(*args, **given)
