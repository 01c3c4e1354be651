"""The translator as the step function that searches know (see decode/steps.py)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

from seqnlp.decode.steps import Layout, StepResult
from seqnlp.models.decoder import DecoderState, Memory
from seqnlp.models.translator import RecurrentTranslator
from seqnlp.nn.products import packed_product, padded_rows

POSITIONS = 4
"""Source positions are padded to a multiple of this many."""


@dataclass(frozen=True)
class SearchState:
    """The memory of some sentences and the state of each of N hypotheses; the memory is not copied for them.

    All sizes are rounded up to a few (see :func:`padded_rows`); what stands in the rows beyond is not read.

    Attributes:
        memory: of R sentences, the B that are in the search among them.
        rows: (B,) ascending, where in the memory each of them is.
        decoder: of N hypotheses and of padding.
    """

    memory: Memory
    rows: Tensor
    decoder: DecoderState

    def select(self, parents: Tensor, sentences: Tensor | None) -> SearchState:
        """The states that go on: hypotheses ``parents`` (N',), of the sentences (B',) that stay (None: all)."""
        memory, rows = self.memory, self.rows
        if sentences is not None:
            rows = rows[sentences]
            if padded_rows(len(rows)) < len(memory.mask):
                memory, rows = memory.select(_padded(rows)), torch.arange(len(rows))
        return SearchState(memory, rows, self.decoder.select(_padded(parents)))


class TranslatorStep:
    """``step(tokens, layout, state)`` for one model; its weights must not change any more."""

    def __init__(self, model: RecurrentTranslator) -> None:
        self.model = model
        self._products = model.decoder.products(packed_product)
        dtype = model.decoder.combine.weight.dtype
        self._output = packed_product(model.output_table.to(dtype), model.output_bias.to(dtype))

    def start(self, source: Tensor, lengths: Tensor) -> SearchState:
        """The state before the first step, one hypothesis a sentence, from sources (B, S) with END last."""
        memory, decoder = self.model.encode(source, lengths)
        extra = -source.size(1) % POSITIONS
        states, keys = (functional.pad(part, (0, 0, 0, extra)) for part in (memory.states, memory.keys))
        memory = Memory(states, keys, functional.pad(memory.mask, (0, extra)))
        if decoder.covered is not None:
            decoder = replace(decoder, covered=functional.pad(decoder.covered, (0, extra)))
        rows = torch.arange(len(source))  # (B,)
        return SearchState(memory.select(_padded(rows)), rows, decoder.select(_padded(rows)))

    def __call__(self, tokens: Tensor, layout: Layout, state: SearchState) -> StepResult:
        """Log probabilities (N, V) of what follows the last tokens (N,) of the live hypotheses."""
        memory, attention, count = state.memory, self.model.decoder.attention, len(tokens)
        grid = layout.among(state.rows, len(memory.mask))

        def attend(queries: Tensor, covered: Tensor | None) -> tuple[Tensor, Tensor]:
            seen = None if covered is None else grid.spread(covered[:count])  # (R, K, S)
            asked = grid.spread(queries[:count])  # (R, K, A)
            found = attention.look(asked, memory.keys, memory.states, memory.mask, seen)
            contexts, weights = (grid.gather(each) for each in found)  # (N, M), (N, S)
            if len(queries) == count:
                return contexts, weights
            padding = (0, 0, 0, len(queries) - count)
            return functional.pad(contexts, padding), functional.pad(weights, padding)

        embedded = self.model.embed_target(_padded(tokens))  # (N + padding, E)
        features, weights, decoder = self.model.decoder.step(embedded, state.decoder, attend, self._products)
        log_probs = torch.log_softmax(self._output(features)[:count].float(), dim=-1)  # (N, V)
        return StepResult(log_probs, weights[:count], SearchState(memory, state.rows, decoder))


def _padded(indices: Tensor) -> Tensor:
    """Indices (N,) and zeros up to a number that comes often."""
    count = len(indices)
    padding = padded_rows(count) - count
    return functional.pad(indices, (0, padding)) if padding else indices
