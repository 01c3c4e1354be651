"""What a decoder reads and what it carries from step to step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from seqnlp.nn.products import Product


@dataclass(frozen=True)
class StepProducts:
    """The products of one step: with autograd for training, packed for searching.

    Attributes:
        layers: of each layer; LSTMs and a vanilla RNN multiply ``[input, state]`` at once, a GRU the two apart.
        query: of the additive attention (see :attr:`Attention.query_weight`); else None.
        combine: to the deep output.
    """

    layers: tuple[tuple[Product, ...], ...]
    query: Product | None
    combine: Product


Attend = Callable[[Tensor, Tensor | None], tuple[Tensor, Tensor]]
"""Queries (N, H) and coverage (N, S) to contexts (N, M) and weights (N, S)."""


@dataclass(frozen=True)
class Memory:
    """A batch of sources as the decoder sees them: ``states`` (B, S, M), ``keys`` (B, S, A), ``mask`` (B, S) bool."""

    states: Tensor
    keys: Tensor
    mask: Tensor

    def select(self, sentences: Tensor) -> Memory:
        """The given rows only."""
        return Memory(self.states[sentences], self.keys[sentences], self.mask[sentences])


@dataclass(frozen=True)
class DecoderState:
    """What N hypotheses carry from step to step: (N, H) a layer, the last context (N, M), the coverage (N, S)."""

    hidden: tuple[Tensor, ...]
    cells: tuple[Tensor, ...]
    context: Tensor
    covered: Tensor | None

    def select(self, hypotheses: Tensor) -> DecoderState:
        """The states of the given hypotheses."""
        return DecoderState(
            tuple(state.index_select(0, hypotheses) for state in self.hidden),
            tuple(cell.index_select(0, hypotheses) for cell in self.cells),
            self.context.index_select(0, hypotheses),
            None if self.covered is None else self.covered.index_select(0, hypotheses),
        )
