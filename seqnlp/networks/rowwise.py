"""Products in int8: weights in one byte a number, and what they are multiplied with rounded row by row.

Each row has a scale of its own, so a row's answer does not depend on the other rows. (One scale for a whole batch, as
onnxruntime's ``quantize_dynamic`` has it, would let every line of a batch change the others' answers.)
"""

from __future__ import annotations

import platform
from pathlib import Path

import numpy as np

from seqnlp.networks.graph import Array, Builder, Graph, Node

SMALLEST = 1e-12
"""A row of zeros is divided by this."""

LEAST_WEIGHTS = 256
"""Products with fewer weights stay as they are: rounding would take longer than it saves."""

MIN_COLUMNS = 8
"""Products with fewer columns stay as they are, too: rounding what is multiplied costs as much for one as for many."""

EXACT_ANYWHERE = 63
"""The largest code of a weight with which no CPU loses sums; see :func:`weight_levels`."""


def rowwise(graph: Graph, levels: int = 127) -> Graph:
    """The graph with its products with constants, and its look-ups in tables, in int8.

    Args:
        levels: the largest code of a weight: 127, or 63 where sums of products may not have more than 16 bits.
    """
    build = Builder(graph.name, "int8.")
    build.graph.inputs.extend(graph.inputs)
    build.graph.outputs.extend(graph.outputs)
    for node in graph.nodes:
        table = node.inputs[0] if node.operator == "Gather" else node.inputs[-1] if node.operator == "MatMul" else ""
        weight = graph.constants.get(table)
        if weight is None or not _is_worth_it(node, weight):
            build.graph.nodes.append(node)
        elif node.operator == "MatMul":
            _product(build, node, weight, levels)
        else:
            _look_up(build, node, weight)
    used = {name for node in build.graph.nodes for name in node.inputs}
    build.graph.constants.update({name: array for name, array in graph.constants.items() if name in used})
    return build.graph


def _is_worth_it(node: Node, weight: Array) -> bool:
    fits = weight.ndim == 2 and weight.dtype == np.float32 and weight.size >= LEAST_WEIGHTS
    return fits and (node.operator == "Gather" or weight.shape[1] >= MIN_COLUMNS)


def _product(build: Builder, node: Node, weight: Array, levels: int) -> None:
    """``rows @ weight``: a scale for each row and for each column."""
    rows, name = node.inputs
    scales = np.maximum(np.abs(weight).max(axis=0), SMALLEST) / levels  # (O,)
    codes = np.round(weight / scales).astype(np.int8)  # (I, O)
    largest = build.add("ReduceMax", build.add("Abs", rows), axes=[-1], keepdims=1)  # (..., 1)
    largest = build.add("Max", largest, build.constant(SMALLEST, "int8.smallest"))
    steps = build.add("Mul", largest, build.constant(1 / 127, "int8.step"))  # (..., 1)
    scaled = build.add("Mul", rows, build.add("Div", build.constant(127.0, "int8.largest"), largest))
    lifted = build.add("Add", scaled, build.constant(128.5, "int8.zero"))  # uint8 is what CPUs multiply with int8
    bytes_ = build.add("Cast", lifted, to=np.uint8)  # cuts off what is behind the point, so that the half rounds
    zero = build.constant(np.array(128, np.uint8), "int8.zero_point")
    whole = build.add("MatMulInteger", bytes_, build.constant(codes, f"{name}.int8"), zero)
    scaled = build.add("Cast", whole, to=np.float32)
    scaled = build.add("Mul", scaled, build.constant(scales[None], f"{name}.scales"))
    build.graph.nodes.append(Node("Mul", (scaled, steps), node.outputs, {}))


def _look_up(build: Builder, node: Node, table: Array) -> None:
    """Rows of a table, a scale for each."""
    name, ids = node.inputs
    scales = np.maximum(np.abs(table).max(axis=1, keepdims=True), SMALLEST) / 127  # (V, 1)
    codes = np.round(table / scales).astype(np.int8)  # (V, E)
    rows = build.add("Cast", build.add("Gather", build.constant(codes, f"{name}.int8"), ids), to=np.float32)
    steps = build.add("Gather", build.constant(scales, f"{name}.scales"), ids)
    build.graph.nodes.append(Node("Mul", (rows, steps), node.outputs, {}))


def weight_levels(flags: str | None = None) -> int:
    """The largest code of a weight that this CPU multiplies without loss: 127, or 63 where it may lose sums.

    Without VNNI, AVX2 and AVX-512 add products of bytes in 16 bits, which two products of 255 and 127 can exceed.

    Args:
        flags: of the CPU, as in ``/proc/cpuinfo``; None: this machine's.
    """
    if flags is None:
        if platform.machine().lower() not in ("x86_64", "amd64"):
            return 127
        flags = _cpu_flags()
    return 127 if "vnni" in flags else EXACT_ANYWHERE


def _cpu_flags() -> str:
    try:
        return Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
