"""Products in int8: which ones, how far they are off, and that a row's do not depend on the others."""

from __future__ import annotations

import numpy as np
import pytest

from seqnlp.networks.engine import make_network
from seqnlp.networks.graph import Array, Builder, Graph
from seqnlp.networks.rowwise import rowwise, weight_levels


def product(weight: Array) -> Graph:
    build = Builder("product")
    rows = build.input("rows", np.float32, ("N", len(weight)))
    result = build.add("MatMul", rows, build.constant(weight, "weight"))
    build.output("result", result, np.float32, ("N", weight.shape[1]))
    return build.graph


@pytest.mark.parametrize("engine", ["onnxruntime", "numpy"])
def test_a_product_is_off_by_what_was_rounded_whatever_the_other_rows(engine: str) -> None:
    draw = np.random.default_rng(0)
    weight = draw.normal(size=(70, 20)).astype(np.float32)
    rows = (draw.normal(size=(50, 70)) * np.exp(draw.normal(size=(50, 1)) * 4)).astype(np.float32)
    rows[7] = 0
    network, levels = make_network(product(weight), engine, threads=1, precision="int8"), weight_levels()
    actual = network(rows=rows)["result"]
    half_steps = (
        np.abs(rows).max(axis=1, keepdims=True) / 254,
        np.abs(weight).max(axis=0) / (2 * levels),
    )  # (N, 1), (O,)
    bound = half_steps[0] * np.abs(weight).sum(axis=0) + np.abs(rows).sum(axis=1, keepdims=True) * half_steps[1]
    assert (np.abs(actual - rows @ weight) <= bound + 70 * half_steps[0] * half_steps[1] + 1e-5).all()
    assert not actual[7].any()
    for number in range(len(rows)):
        np.testing.assert_array_equal(network(rows=rows[number : number + 1])["result"][0], actual[number])


@pytest.mark.parametrize("shape", [(300, 4), (10, 20)])
def test_products_stay_as_they_are_where_rounding_takes_longer(shape: tuple[int, int]) -> None:
    graph = product(np.ones(shape, np.float32))
    assert rowwise(graph).nodes == graph.nodes
