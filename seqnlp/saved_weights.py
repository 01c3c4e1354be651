"""A model with the weights of its folder: whether they fit is known before anything is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import RunError, SeqnlpError
from seqnlp.networks.shapes import Expected

if TYPE_CHECKING:
    from torch import nn

Model = TypeVar("Model", bound="nn.Module")
Array = NDArray[Any]


def with_weights(build: Callable[[], Model], weights: Mapping[str, Array], path: Path) -> Model:
    """What ``build`` makes, with these weights, in inference mode; nothing is drawn from torch's random state.

    Args:
        path: the file of the weights.

    Raises:
        RunError: the settings make no model, or these are not the weights of one.
    """
    import torch

    from seqnlp.nn.undrawn import NothingDrawn

    def expected() -> dict[str, Expected]:
        with torch.device("meta"):  # takes neither memory nor time, whatever the sizes
            state = build().state_dict()
        return {name: (_kind(str(tensor.dtype)), tuple(tensor.shape)) for name, tensor in state.items()}

    with NothingDrawn():
        refuse_unfit(expected, weights, path)
        model = build()
    model.load_state_dict({name: torch.tensor(array) for name, array in weights.items()})
    return model.eval().requires_grad_(False)


def refuse_unfit(expect: Callable[[], Mapping[str, Expected]], weights: Mapping[str, Array], path: Path) -> None:
    """Stop at weights that are not those of the model that the settings describe.

    Args:
        expect: names, dtypes and shapes of that model's weights.
        path: the file of the weights.

    Raises:
        RunError: the settings make no model, or these are not the weights of one.
    """
    try:
        expected = expect()
    except (RuntimeError, ValueError, TypeError, SeqnlpError) as problem:
        reason = str(problem).partition("\n")[0]
        raise RunError(
            f"{path.parent}: the settings in config.yaml make no model ({reason}); copy it again"
        ) from problem
    if unfit := _unfit(expected, weights):
        raise RunError(f"{path} does not fit config.yaml: {unfit}; copy the model again")


def take_numbers(weights: dict[str, Array], name: str, path: Path, *shape: int) -> NDArray[np.float64]:
    """Numbers that stand beside the weights in ``path``, taken out of ``weights``; -1 in ``shape`` is any size.

    Raises:
        RunError: they are missing, or have another shape.
    """
    array = weights.pop(name, None)
    fits = array is not None and array.dtype.kind == "f" and array.ndim == len(shape)
    if (
        array is None
        or not fits
        or any(wanted not in (-1, size) for wanted, size in zip(shape, array.shape, strict=True))
    ):
        wanted = " x ".join("any" if size < 0 else str(size) for size in shape)
        seen = "nothing" if array is None else f"{array.dtype} of {_sizes(array.shape)}"
        raise RunError(
            f"{path} does not fit config.yaml: expected '{name}' of {wanted}, found {seen}; copy the model again"
        )
    return array.astype(np.float64)


def refuse_undefined(weights: Mapping[str, Array], path: Path) -> None:
    """Stop at weights that are not numbers.

    Raises:
        RunError: with the name of the first.
    """
    for name, array in weights.items():
        if array.dtype.kind == "f" and np.isnan(array).any():
            raise RunError(f"{path} is damaged ('{name}' has values that are not numbers); copy the model again")


def _unfit(expected: Mapping[str, Expected], actual: Mapping[str, Array]) -> str:
    """Why weights are not those that a model has, or nothing."""
    if missing := [name for name in expected if name not in actual]:
        return f"'{missing[0]}' is missing"
    if unknown := [name for name in actual if name not in expected]:
        return f"there is no '{unknown[0]}' in such a model"
    for name, array in actual.items():
        kind, shape = expected[name]
        if array.shape != shape:
            return f"expected '{name}' of {_sizes(shape)}, found {_sizes(array.shape)}"
        if str(array.dtype) != kind and not (array.dtype.kind == "f" and "float" in kind):
            return f"expected '{name}' in {kind}, found {array.dtype}"
    return ""


def _sizes(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "one number"


def _kind(dtype: str) -> str:
    return dtype.removeprefix("torch.")
