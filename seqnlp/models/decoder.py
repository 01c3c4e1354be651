"""The recurrent decoder with attention: a whole target at once for training, one step at a time for searching."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from seqnlp.models.decoder_state import Attend, DecoderState, Memory, StepProducts
from seqnlp.nn.attention import Attention
from seqnlp.nn.attentive_lstm import AttentiveWeights, attentive_lstm
from seqnlp.nn.cells import CELLS
from seqnlp.nn.dropout import LockedDropout
from seqnlp.nn.products import Product, product


class Decoder(nn.Module):
    """Recurrent layers around an attention, and the deep output layer (Bahdanau et al. 2015; Pascanu et al. 2014).

    The first layer reads the last subword and, with input feeding, the last context; its state is the attention's
    query. Layers above it read the layer below and the context (Wu et al. 2016). The output features are
    ``tanh(W [top state, context, last subword])``.

    Args:
        embedding_dim: E, width of a subword and of the output features.
        memory_dim: M, width of the encoder's states.
        hidden_dim: H, width of a layer.
        dropout: locked dropout between layers and before the deep output.
        forget_bias: of the LSTMs' forget gates at the start.
    """

    def __init__(
        self,
        embedding_dim: int,
        memory_dim: int,
        hidden_dim: int,
        *,
        cell: str,
        num_layers: int,
        attention: str,
        attention_dim: int,
        coverage: bool,
        input_feeding: bool,
        bridge: str,
        layer_norm: bool,
        dropout: float,
        forget_bias: float,
    ) -> None:
        super().__init__()
        self.hidden_dim, self.num_layers, self.cell = hidden_dim, num_layers, CELLS[cell]
        self.has_own_loop = cell == "lstm" and attention == "additive" and not coverage
        self.input_feeding, self.coverage, self.bridge = input_feeding, coverage, bridge
        first_dim = embedding_dim + memory_dim * input_feeding
        widths = [first_dim] + [hidden_dim + memory_dim] * (num_layers - 1)
        self.layers = nn.ModuleList(self.cell.make([(width, hidden_dim) for width in widths], forget_bias))
        self.attention = Attention(memory_dim, hidden_dim, attention_dim, attention, coverage)
        if bridge != "zero":
            self.first_state = nn.Linear(memory_dim, hidden_dim * num_layers * self.cell.num_states)
        self.combine = nn.Linear(hidden_dim + memory_dim + embedding_dim, embedding_dim)
        self.norm = nn.LayerNorm(embedding_dim) if layer_norm else nn.Identity()
        self.dropout = LockedDropout(dropout)

    def start(self, memory: Memory, summary: Tensor) -> DecoderState:
        """The state before the first step, one hypothesis a sentence.

        Args:
            summary: (B, M) the source in one vector; unused with ``bridge="zero"``.
        """
        batch, positions, width = memory.states.shape
        num_states = self.num_layers * self.cell.num_states
        if self.bridge == "zero":
            states = [summary.new_zeros(batch, self.hidden_dim) for _ in range(num_states)]  # (B, H) each
        else:
            first = torch.tanh(self.first_state(summary)).to(self.first_state.weight.dtype)  # (B, states * H)
            states = list(first.chunk(num_states, dim=1))  # (B, H) each
        context = states[0].new_zeros(batch, width)  # (B, M)
        covered = states[0].new_zeros(batch, positions) if self.coverage else None  # (B, S)
        return DecoderState(tuple(states[: self.num_layers]), tuple(states[self.num_layers :]), context, covered)

    def teacher_forced(self, embedded: Tensor, memory: Memory, state: DecoderState) -> Tensor:
        """Output features (B, T, E) of all steps, each of which reads the true last subword ``embedded`` (B, T, E)."""
        if self.coverage or (self.input_feeding and not self.has_own_loop):
            return self._stepwise(embedded, memory, state)
        if self.input_feeding:
            hidden, contexts = self._attentive(embedded, memory, state)  # (B, T, H), (B, T, M)
        else:
            hidden = self._layer(0, embedded, state)  # (B, T, H)
            contexts = self.attention(hidden, memory.keys, memory.states, memory.mask)[0]  # (B, T, M)
        for depth in range(1, self.num_layers):
            hidden = self._layer(depth, torch.cat([self.dropout(hidden), contexts.to(hidden.dtype)], dim=-1), state)
        return self._features([self.dropout(hidden), contexts, embedded], self.combine)

    def products(self, make: Callable[[Tensor, Tensor | None], Product] = product) -> StepProducts:
        """What :meth:`step` multiplies with, made by ``make(weight, bias)``."""
        layers: list[tuple[Product, ...]] = []
        for depth in range(self.num_layers):
            from_input, from_state, input_bias, state_bias = self._weights(depth)
            if self.cell.adds_up:
                layers.append((make(torch.cat([from_input, from_state], dim=1), input_bias + state_bias),))
            else:
                layers.append((make(from_input, input_bias), make(from_state, state_bias)))
        query = self.attention.query_weight
        combine = make(self.combine.weight, self.combine.bias)
        return StepProducts(tuple(layers), None if query is None else make(query, None), combine)

    def step(
        self, embedded: Tensor, state: DecoderState, attend: Attend, products: StepProducts
    ) -> tuple[Tensor, Tensor, DecoderState]:
        """One step of N hypotheses.

        Args:
            embedded: (N, E) the last subword of each.
            products: from :meth:`products`.

        Returns:
            The output features (N, E), the attention (N, S), the next state.
        """
        read = [embedded, state.context] if self.input_feeding else [embedded]
        first, cell = self._advance(0, read, state, products)  # (N, H)
        query = first if products.query is None else products.query(first)  # (N, H) or (N, A)
        context, weights = attend(query, state.covered)  # (N, M), (N, S)
        hidden, cells = [first], cell
        for depth in range(1, self.num_layers):
            above, cell = self._advance(depth, [hidden[-1], context], state, products)
            hidden.append(above)
            cells += cell
        covered = None if state.covered is None else state.covered + weights  # (N, S)
        features = self._features([hidden[-1], context, embedded], products.combine)
        return features, weights, DecoderState(tuple(hidden), tuple(cells), context, covered)

    def attend_to(self, memory: Memory) -> Attend:
        """The attention of one hypothesis a sentence."""

        def attend(queries: Tensor, covered: Tensor | None) -> tuple[Tensor, Tensor]:
            seen = None if covered is None else covered[:, None]  # (B, 1, S)
            context, weights = self.attention.look(queries[:, None], memory.keys, memory.states, memory.mask, seen)
            return context[:, 0], weights[:, 0]

        return attend

    def _features(self, read: list[Tensor], combine: Product) -> Tensor:
        features: Tensor = torch.tanh(self.norm(combine(_joined(read))))
        return features

    def _stepwise(self, embedded: Tensor, memory: Memory, state: DecoderState) -> Tensor:
        """:meth:`teacher_forced` by :meth:`step`: for the cells and attentions that have no loop of their own."""
        attend, products, features = self.attend_to(memory), self.products(), []
        for one in embedded.unbind(dim=1):
            feature, _, state = self.step(one, state, attend, products)
            features.append(feature)
        return torch.stack(features, dim=1)  # (B, T, E)

    def _attentive(self, embedded: Tensor, memory: Memory, state: DecoderState) -> tuple[Tensor, Tensor]:
        """The first layer with input feeding, as one loop with its gradient in closed form."""
        from_input, from_state, input_bias, state_bias = self._weights(0)
        width = embedded.size(2)
        subword, context = from_input[:, :width], from_input[:, width:]  # (4H, E), (4H, M)
        bias = input_bias + state_bias  # (4H,)
        wide = torch.promote_types(bias.dtype, torch.float32)  # of a model in bf16 gates and cells are in fp32, too
        inputs = functional.linear(embedded.transpose(0, 1), subword, bias).to(wide)  # (T, B, 4H)
        recurrent = torch.cat([from_state, context], dim=1)  # (4H, H + M)
        query = self.attention.query_weight
        assert query is not None  # additive
        weights = AttentiveWeights(recurrent, query, self.attention.energy_weight)
        first = (state.hidden[0].to(wide), state.cells[0].to(wide))
        hidden, contexts = attentive_lstm(inputs, *first, memory.keys, memory.states, memory.mask, weights)
        return hidden.transpose(0, 1).to(bias.dtype), contexts.transpose(0, 1).to(bias.dtype)

    def _layer(self, depth: int, inputs: Tensor, state: DecoderState) -> Tensor:
        """A layer over all steps (B, T, D), from its first state."""
        first = (state.hidden[depth], *state.cells[depth : depth + 1])
        return self.cell.run(self.layers[depth], inputs, first)[0]

    def _advance(
        self, depth: int, read: list[Tensor], state: DecoderState, products: StepProducts
    ) -> tuple[Tensor, list[Tensor]]:
        """A layer's next hidden state (N, H) and, for an LSTM, its cell."""
        hidden, multiply = state.hidden[depth], products.layers[depth]
        if self.cell.adds_up:
            from_input, from_state = multiply[0](_joined([*read, hidden])), None  # (N, gates * H)
        else:
            from_input, from_state = multiply[0](_joined(read)), multiply[1](hidden)  # (N, gates * H)
        before = (hidden, *state.cells[depth : depth + 1])
        hidden, *cell = self.cell.step(from_input, from_state, before, self.layers[depth])
        return hidden, cell

    def _weights(self, depth: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """A layer's weights from its input and from its state, and their biases."""
        get = self.layers[depth].get_parameter
        return get("weight_ih_l0"), get("weight_hh_l0"), get("bias_ih_l0"), get("bias_hh_l0")


def _joined(parts: list[Tensor]) -> Tensor:
    """Tensors (..., D) side by side, in the dtype of the first."""
    first = parts[0]
    return torch.cat([first, *(part.to(first.dtype) for part in parts[1:])], dim=-1)
