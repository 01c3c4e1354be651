"""The network of a tagger: vectors of words -> recurrent layers -> emissions."""

from __future__ import annotations

import numpy as np

from seqnlp.config import ModelConfig
from seqnlp.networks.graph import Builder, Graph
from seqnlp.networks.layers import Stack, Weights, linear, recurrent


def tagger_graph(model: ModelConfig, weights: Weights, context_dim: int = 0) -> Graph:
    """Emissions (B, T, K) from the words' vectors ``rows`` (B, T, D) and ``lengths`` (B,).

    Args:
        context_dim: C, width of the contextual embeddings ``context`` (B, T, C); 0: the tagger reads none.
    """
    build = Builder("tagger")
    stack = Stack.of(weights, "recurrent", model.cell, model.num_layers, model.bidirectional)
    context_width = model.context_dim or context_dim if context_dim else 0
    row_dim = weights["recurrent.forwards.0.weight_ih_l0"].shape[1] - context_width
    inputs = build.input("rows", np.float32, ("B", "T", row_dim))
    if context_dim:
        context = build.input("context", np.float32, ("B", "T", context_dim))
        if "context.project.weight" in weights:
            context = linear(build, context, weights, "context.project")
        inputs = build.add("Concat", inputs, context, axis=-1)
    lengths = build.input("lengths", np.int32, ("B",))
    outputs = recurrent(build, inputs, lengths, stack)  # (B, T, H)
    emissions = linear(build, outputs, weights, "project")
    build.output("emissions", emissions, np.float32, ("B", "T", len(weights["project.weight"])))
    return build.graph
