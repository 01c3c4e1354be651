"""The network of a forecaster: it reads rows of a series and after each says the next ones; its state is carried."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from seqnlp.config.forecasting import ForecasterConfig
from seqnlp.networks.graph import Array, Builder, Graph, Run
from seqnlp.networks.layers import Weights, linear
from seqnlp.networks.protocol import FloatArray
from seqnlp.networks.stateful import StatefulLayers

State = dict[str, Array]

END = np.iinfo(np.int64).max


class GraphForecaster:
    """A forecaster whose network is a graph; see :class:`~seqnlp.networks.protocol.ForecasterNetwork`.

    Args:
        weights: of the whole model.
        num_columns: C.
        make: makes a graph callable.
    """

    def __init__(
        self, config: ForecasterConfig, weights: Weights, num_columns: int, make: Callable[[Graph], Run]
    ) -> None:
        self._run = make(rows_graph(config, weights, num_columns))
        widths = {**_layers(config, weights).state_widths, **_other_states(config, num_columns)}
        self._beginning = {
            name: np.full((1, width), _first(config, name), np.float32) for name, width in widths.items()
        }

    def start(self) -> State:
        """The state before a series."""
        return self._beginning

    def read(self, rows: FloatArray, state: State) -> tuple[FloatArray, State]:
        """Forecasts (T, J, C) after each of some rows (T, D), and the state after the last."""
        outputs = self._run(rows=rows[None], **state)
        return outputs["forecasts"][0], {name: outputs[f"new_{name}"] for name in state}


def rows_graph(config: ForecasterConfig, weights: Weights, num_columns: int) -> Graph:
    """``forecasts`` (B, T, J, C) after each row of ``rows`` (B, T, D), and the next states.

    Beside the states of the layers it carries ``last`` (B, C), the row before, NaN at first, if it reads changes, and
    ``lags`` (B, P * C), the last rows of the linear part, at first 0, or NaN where that part was fitted.
    """
    build, layers = Builder("forecaster"), _layers(config, weights)
    width = weights["layers.layers.0.weight_ih_l0"].shape[1]
    rows = build.input("rows", np.float32, ("B", "T", width))
    values, known = _part(build, rows, 2, 0, num_columns), _part(build, rows, 2, num_columns, END)
    read, changes = rows, values
    if config.input == "differences":
        last = build.input("last", np.float32, ("B", num_columns))
        changes = _changes(build, values, last)
        read = build.add("Concat", changes, known, axis=-1)
    outputs = layers.add(build, read)  # (B, T, H)
    forecasts = linear(build, outputs, weights, "output")  # (B, T, J * C)
    lagged = []
    if config.lags:
        lagged = [_lagged(build, config, values if _fitted(config) else changes, values, num_columns)]
    if _fitted(config):
        forecasts = _beside_the_fit(build, weights, [*lagged, *([known] if width > num_columns else [])], forecasts)
    elif config.lags:
        forecasts = build.add("Add", forecasts, linear(build, lagged[0], weights, "highway"))
    forecasts = build.add("Reshape", forecasts, build.constant([0, 0, config.horizon, num_columns]))  # (B, T, J, C)
    if config.reference == "last" and not _fitted(config):
        forecasts = build.add("Add", forecasts, build.add("Unsqueeze", values, build.constant([2])))
    build.output("forecasts", forecasts, np.float32, ("B", "T", config.horizon, num_columns))
    if config.input == "differences":
        newest = build.add("Squeeze", _part(build, values, 1, -1, END), build.constant([1]))
        build.output("new_last", newest, np.float32, ("B", num_columns))
    return build.graph


def _layers(config: ForecasterConfig, weights: Weights) -> StatefulLayers:
    return StatefulLayers(weights, "layers.layers", config.cell, config.num_layers)


def _fitted(config: ForecasterConfig) -> bool:
    return config.linear == "fitted"


def _other_states(config: ForecasterConfig, num_columns: int) -> dict[str, int]:
    widths = {"last": num_columns} if config.input == "differences" else {}
    return widths | ({"lags": config.lags * num_columns} if config.lags else {})


def _first(config: ForecasterConfig, name: str) -> float:
    return np.nan if name == "last" or (name == "lags" and _fitted(config)) else 0.0


def _changes(build: Builder, values: str, last: str) -> str:
    """Differences (B, T, C) between rows, 0 at the first row of a series."""
    before = build.add("Unsqueeze", last, build.constant([1]))  # (B, 1, C)
    before = build.add("Concat", before, _part(build, values, 1, 0, -1), axis=1)  # (B, T, C)
    return build.add("Where", build.add("IsNaN", before), build.constant(0.0), build.add("Sub", values, before))


def _lagged(build: Builder, config: ForecasterConfig, read: str, values: str, num_columns: int) -> str:
    """The last P rows (B, T, P * C) at each step: of a fitted part the newest first, else the oldest."""
    lags = config.lags
    kept = build.input("lags", np.float32, ("B", lags * num_columns))
    kept = build.add("Reshape", kept, build.constant([0, lags, num_columns]))
    every = build.add("Concat", kept, read, axis=1)  # (B, P + T, C)
    if _fitted(config):  # the first row stands for those before it
        every = build.add("Where", build.add("IsNaN", every), _part(build, values, 1, 0, 1), every)
    newest = build.add("Reshape", _part(build, every, 1, -lags, END), build.constant([0, -1]))
    build.output("new_lags", newest, np.float32, ("B", lags * num_columns))
    count = build.add("Gather", build.add("Shape", read), build.constant(np.array(1)))
    one = build.constant(np.array(1))
    steps = build.add("Range", build.constant(np.array(0)), count, one)  # (T,)
    back = np.arange(1, lags + 1)
    places = build.constant((back[::-1] if _fitted(config) else back)[None])  # (1, P)
    chosen = build.add("Add", build.add("Unsqueeze", steps, build.constant([1])), places)  # (T, P)
    rows = build.add("Gather", every, chosen, axis=1)  # (B, T, P, C)
    return build.add("Reshape", rows, build.constant([0, 0, -1]))


def _beside_the_fit(build: Builder, weights: Weights, read: list[str], forecasts: str) -> str:
    """The fitted linear part of what it reads (B, T, ...), and what the network says (B, T, J * C) in its unit."""
    unit = weights["linear.unit"] * weights["linear.share"]  # (C,)
    scale = np.tile(unit, len(weights["linear.bias"]) // len(unit))  # (J * C,)
    total = build.add("Add", build.add("Mul", forecasts, build.constant(scale)), build.constant(weights["linear.bias"]))
    if not read:
        return total
    inputs = build.add("Concat", *read, axis=-1)
    product = build.add("MatMul", inputs, build.constant(weights["linear.weight"], "linear.weight"))
    return build.add("Add", product, total)


def _part(build: Builder, array: str, axis: int, begin: int, end: int) -> str:
    return build.add("Slice", array, *(build.constant([number]) for number in (begin, end, axis)))
