"""A model with the weights of its folder: whether they fit is known before anything is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from seqnlp.errors import RunError, SeqnlpError

Model = TypeVar("Model", bound=nn.Module)


def with_weights(build: Callable[[], Model], tensors: Mapping[str, Tensor], path: Path) -> Model:
    """What ``build`` makes, with these weights, in inference mode.

    Args:
        path: the file of the weights.

    Raises:
        RunError: the settings make no model, or these are not the weights of one.
    """
    try:
        with torch.device("meta"):  # takes neither memory nor time, whatever the sizes
            expected = build().state_dict()
    except (RuntimeError, ValueError, TypeError, SeqnlpError) as problem:
        reason = str(problem).partition("\n")[0]
        raise RunError(
            f"{path.parent}: the settings in config.yaml make no model ({reason}); copy it again"
        ) from problem
    if unfit := _unfit(expected, tensors):
        raise RunError(f"{path} does not fit config.yaml: {unfit}; copy the model again")
    model = build()
    model.load_state_dict(tensors)
    return model.eval().requires_grad_(False)


def take_numbers(tensors: dict[str, Tensor], name: str, path: Path, *shape: int) -> NDArray[np.float64]:
    """Numbers that stand beside the weights in ``path``, taken out of ``tensors``; -1 in ``shape`` is any size.

    Raises:
        RunError: they are missing, or have another shape.
    """
    found = tensors.pop(name, None)
    fits = found is not None and found.is_floating_point() and found.dim() == len(shape)
    if (
        found is None
        or not fits
        or any(wanted not in (-1, size) for wanted, size in zip(shape, found.shape, strict=True))
    ):
        wanted = " x ".join("any" if size < 0 else str(size) for size in shape)
        seen = "nothing" if found is None else f"{_kind(found)} of {_sizes(found)}"
        raise RunError(
            f"{path} does not fit config.yaml: expected '{name}' of {wanted}, found {seen}; copy the model again"
        )
    return found.double().numpy()


def refuse_undefined(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Stop at weights that are not numbers.

    Raises:
        RunError: with the name of the first.
    """
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and tensor.isnan().any():
            raise RunError(f"{path} is damaged ('{name}' has values that are not numbers); copy the model again")


def _unfit(expected: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> str:
    """Why weights are not those that a model has, or nothing."""
    if missing := [name for name in expected if name not in found]:
        return f"'{missing[0]}' is missing"
    if unknown := [name for name in found if name not in expected]:
        return f"there is no '{unknown[0]}' in such a model"
    for name, tensor in found.items():
        wanted = expected[name]
        if tensor.shape != wanted.shape:
            return f"expected '{name}' of {_sizes(wanted)}, found {_sizes(tensor)}"
        if tensor.dtype != wanted.dtype and not (tensor.is_floating_point() and wanted.is_floating_point()):
            return f"expected '{name}' in {_kind(wanted)}, found {_kind(tensor)}"
    return ""


def _sizes(tensor: Tensor) -> str:
    return " x ".join(map(str, tensor.shape)) or "one number"


def _kind(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
