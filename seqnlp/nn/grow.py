"""A model takes over the weights of one with fewer words or labels: what is new begins as something that was known.

A row that is new (of a word, a character, a label) is a copy of a row that stood for it until now, or the mean of all
rows. So the larger model answers as the smaller one did before it is trained, see :func:`take_over`.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

Row = int | None
"""The row that new rows are copies of; None: the mean of all."""


class UnfitWeightsError(ValueError):
    """The weights are of another kind of model; the text says how."""


def take_over(model: nn.Module, weights: Mapping[str, Tensor], rows: Mapping[str, Row]) -> None:
    """Copy weights into a model whose tables may have more rows, and whose tables of labels by labels more of both.

    Args:
        weights: of the smaller model; old rows stand first and stay exactly what they were.
        rows: by the names of the weights that may grow, what their new rows begin as.

    Raises:
        UnfitWeightsError: a weight is missing, or of another size that is not allowed to grow.
    """
    own = model.state_dict()
    if different := sorted(own.keys() ^ weights.keys()):
        raise UnfitWeightsError(f"'{different[0]}' is in one of the models only")
    for name, tensor in own.items():
        old = weights[name]
        if old.shape != tensor.shape and (name not in rows or not _may_grow(old, tensor)):
            raise UnfitWeightsError(f"'{name}' is {_sizes(old)} there and {_sizes(tensor)} here")
        for axis, size in enumerate(tensor.shape):
            if size > old.shape[axis]:
                old = _grown(old, axis, size, rows[name])
        with torch.no_grad():
            tensor.copy_(old)


def _grown(old: Tensor, axis: int, size: int, row: Row) -> Tensor:
    new = old.mean(dim=axis, keepdim=True) if row is None else old.narrow(axis, row, 1)
    more = [length if place != axis else size - old.shape[axis] for place, length in enumerate(old.shape)]
    return torch.cat([old, new.expand(more)], dim=axis)


def _may_grow(old: Tensor, new: Tensor) -> bool:
    return old.dim() == new.dim() and all(mine <= other for mine, other in zip(old.shape, new.shape, strict=True))


def _sizes(tensor: Tensor) -> str:
    return " x ".join(map(str, tensor.shape)) or "one number"
