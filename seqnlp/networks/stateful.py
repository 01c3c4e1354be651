"""Recurrent layers whose state is handed in and out, as pieces of graphs; see ``nn.stateful.StatefulRNN``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seqnlp.networks.gates import WITH_CELL
from seqnlp.networks.graph import Builder
from seqnlp.networks.layers import Stack, Weights, recurrent_layer


@dataclass(frozen=True)
class StatefulLayers:
    """Stacked layers that read forwards.

    Attributes:
        weights: of the whole model.
        name: of the layers in the weights.
        cell: one of ``nn.cells.CELLS``.
        num_layers: how many.
    """

    weights: Weights
    name: str
    cell: str
    num_layers: int

    @property
    def state_widths(self) -> dict[str, int]:
        """Names and widths of what is carried, (B, H) each: of each layer in turn its hidden state, then its cell."""
        kinds = ("hidden", "cell") if self.cell in WITH_CELL else ("hidden",)
        return {f"{kind}{depth}": self._layer(depth).hidden_dim for depth in range(self.num_layers) for kind in kinds}

    def add(self, build: Builder, inputs: str) -> str:
        """Outputs (B, T, H) of inputs (B, T, D); each state is an input of the graph, and ``new_`` its output."""
        widths, axis = self.state_widths, build.constant([0])
        steps = build.add("Transpose", inputs, perm=[1, 0, 2])  # (T, B, D)
        for depth in range(self.num_layers):
            names = [name for name in (f"hidden{depth}", f"cell{depth}") if name in widths]
            given = [build.input(name, np.float32, ("B", widths[name])) for name in names]
            before = [build.add("Unsqueeze", one, axis) for one in given]  # (1, B, H) each
            steps, *after = recurrent_layer(build, steps, "", self._layer(depth), 0, before)
            for name, state in zip(names, after, strict=True):
                build.output(f"new_{name}", build.add("Squeeze", state, axis), np.float32, ("B", widths[name]))
        return build.add("Transpose", steps, perm=[1, 0, 2])

    def _layer(self, depth: int) -> Stack:
        """One layer: their widths may differ."""
        return Stack(self.weights, [[f"{self.name}.{depth}"]], self.cell)
