"""What each operator of a graph does, in numpy; names and meanings are those of ONNX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from seqnlp.networks.graph import Array
from seqnlp.networks.numpy_recurrent import gru, lstm, rnn, sigmoid

Operator = Callable[..., Array | tuple[Array, ...]]


def _softmax(values: Array, *, axis: int = -1) -> Array:
    weights = np.exp(values - values.max(axis=axis, keepdims=True))
    result: Array = weights / weights.sum(axis=axis, keepdims=True)
    return result


def _log_softmax(values: Array, *, axis: int = -1) -> Array:
    below = values - values.max(axis=axis, keepdims=True)
    result: Array = below - np.log(np.exp(below).sum(axis=axis, keepdims=True))
    return result


def _reshape(values: Array, shape: Array) -> Array:
    """0 keeps a dimension."""
    return values.reshape([values.shape[place] if size == 0 else int(size) for place, size in enumerate(shape)])


def _split(values: Array, sizes: Array, *, axis: int = 0) -> tuple[Array, ...]:
    return tuple(np.split(values, np.cumsum(sizes)[:-1], axis=axis))


def _slice(values: Array, starts: Array, ends: Array, axes: Array | None = None, steps: Array | None = None) -> Array:
    where = [slice(None)] * values.ndim
    chosen = range(len(starts)) if axes is None else axes.tolist()
    strides = [1] * len(starts) if steps is None else steps.tolist()
    for axis, start, end, stride in zip(chosen, starts.tolist(), ends.tolist(), strides, strict=True):
        where[axis] = slice(start, end, stride)
    return values[tuple(where)]


def _squeeze(values: Array, axes: Array) -> Array:
    return np.squeeze(values, tuple(axes.tolist()))


def _unsqueeze(values: Array, axes: Array) -> Array:
    return np.expand_dims(values, tuple(axes.tolist()))


def _reduce_sum(values: Array, axes: Array, *, keepdims: int = 1) -> Array:
    return np.asarray(values.sum(axis=tuple(axes.tolist()), keepdims=bool(keepdims)))


def _reduce_max(values: Array, *, axes: Sequence[int], keepdims: int = 1) -> Array:
    return np.asarray(values.max(axis=tuple(axes), keepdims=bool(keepdims)))


def _cast(values: Array, *, to: Any) -> Array:
    """To a float type: the one that is computed in is kept by the interpreter."""
    return values.astype(to)


def _conv(values: Array, weight: Array, bias: Array, *, pads: Sequence[int], kernel_shape: Sequence[int]) -> Array:
    """One-dimensional: values (B, D, T), weight (F, D, W), bias (F,) -> (B, F, T')."""
    wide = np.pad(values, ((0, 0), (0, 0), tuple(pads)))
    windows = np.lib.stride_tricks.sliding_window_view(wide, kernel_shape[0], axis=2)  # (B, D, T', W)
    flat = windows.transpose(0, 2, 1, 3).reshape(len(values), windows.shape[2], -1)  # (B, T', D * W)
    result: Array = (flat @ weight.reshape(len(weight), -1).T + bias).transpose(0, 2, 1)
    return result


def _max_pool(values: Array, *, kernel_shape: Sequence[int], strides: Sequence[int], ceil_mode: int = 0) -> Array:
    """One-dimensional, the windows side by side, the last perhaps not full: (B, F, T) -> (B, F, T')."""
    (width,) = kernel_shape
    missing = -values.shape[2] % width
    wide = np.pad(values, ((0, 0), (0, 0), (0, missing)), constant_values=-np.inf)
    return np.asarray(wide.reshape(*values.shape[:2], -1, width).max(axis=3))


def _matmul_integer(values: Array, weight: Array, zero: Array) -> Array:
    """uint8 by int8, summed exactly: whole numbers in float64 are exact far beyond what a row can sum to."""
    return ((values.astype(np.float64) - zero) @ weight.astype(np.float64)).astype(np.int32)


OPERATORS: dict[str, Operator] = {
    "Abs": np.abs,
    "Add": np.add,
    "And": np.logical_and,
    "Cast": _cast,
    "Concat": lambda *values, axis: np.concatenate(values, axis=axis),
    "Conv": _conv,
    "Div": lambda a, b: a // b if a.dtype.kind == "i" else a / b,
    "Equal": np.equal,
    "Exp": np.exp,
    "Expand": lambda values, shape: np.broadcast_to(values, np.broadcast_shapes(values.shape, tuple(shape.tolist()))),
    "GRU": gru,
    "Gather": lambda values, places, axis=0: np.take(values, places, axis=axis),
    "GatherElements": lambda values, places, axis=0: np.take_along_axis(values, places, axis=axis),
    "Gemm": lambda a, b, **options: a @ (b.T if options.get("transB") else b),
    "Greater": np.greater,
    "IsNaN": np.isnan,
    "Identity": lambda values: values,
    "LSTM": lstm,
    "Less": np.less,
    "Log": np.log,
    "LogSoftmax": _log_softmax,
    "MatMul": np.matmul,
    "MatMulInteger": _matmul_integer,
    "Max": np.maximum,
    "MaxPool": _max_pool,
    "Min": np.minimum,
    "Mul": np.multiply,
    "Neg": np.negative,
    "Not": np.logical_not,
    "RNN": rnn,
    "Range": np.arange,
    "ReduceMax": _reduce_max,
    "ReduceSum": _reduce_sum,
    "Relu": lambda values: np.maximum(values, 0),
    "Reshape": _reshape,
    "Round": np.round,
    "Shape": lambda values: np.array(values.shape, dtype=np.int64),
    "Sigmoid": sigmoid,
    "Slice": _slice,
    "Softmax": _softmax,
    "Split": _split,
    "Sqrt": np.sqrt,
    "Squeeze": _squeeze,
    "Sub": np.subtract,
    "Tanh": np.tanh,
    "Transpose": lambda values, perm: values.transpose(perm),
    "Unsqueeze": _unsqueeze,
    "Where": np.where,
}
