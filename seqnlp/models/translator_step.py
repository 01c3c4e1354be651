"""The translator as the step function that searches know (see decode/steps.py)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from seqnlp.arrays import IntArray
from seqnlp.data.flat_sequences import begun
from seqnlp.decode.steps import FloatArray, Layout, StepResult
from seqnlp.models.decoder_state import DecoderState, Memory
from seqnlp.models.translator import PairBatch, RecurrentTranslator
from seqnlp.nn.products import packed_product, padded_rows


@dataclass(frozen=True)
class SearchState:
    """The memory of each of B sentences and the state of each of N hypotheses; the memory is not copied for them.

    The number of states is rounded up to one of few (see :func:`padded_rows`); what stands beyond N is not read.
    """

    memory: Memory
    decoder: DecoderState

    @torch.inference_mode()
    def select(self, parents: IntArray, sentences: IntArray | None) -> SearchState:
        """The states that go on: hypotheses ``parents`` (N',), of the sentences (B',) that stay (None: all)."""
        memory = self.memory if sentences is None else self.memory.select(self._placed(sentences))
        return SearchState(memory, self.decoder.select(_padded(self._placed(parents))))

    def _placed(self, indices: IntArray) -> Tensor:
        return torch.from_numpy(indices).to(self.memory.mask.device)


class TranslatorStep:
    """``step(tokens, layout, state)`` for one model; its weights must not change any more."""

    def __init__(self, model: RecurrentTranslator) -> None:
        self.model = model
        self._device = model.decoder.combine.weight.device
        self._products = model.decoder.products(packed_product)
        dtype = model.decoder.combine.weight.dtype
        self._output = packed_product(model.output_table.to(dtype), model.output_bias.to(dtype))

    @torch.inference_mode()
    def start(self, source: IntArray, lengths: IntArray) -> SearchState:
        """The state before the first step, one hypothesis a sentence, from sources (B, S) with END last."""
        rows = np.arange(len(source)) if len(source) > 1 else np.zeros(2, np.int64)  # never one alone: see padded_rows
        device = self._device
        given = (torch.from_numpy(part[rows]).to(device) for part in (source, lengths))
        memory, decoder = self.model.encode(*given)
        sentences = torch.arange(len(source), device=device)  # (B,)
        memory = memory if len(source) > 1 else memory.select(sentences)
        if memory.states.dtype == torch.bfloat16:
            # Contexts are summed in fp64: rounded to bf16 they are the same in any batch, and no kernels are compiled.
            memory = replace(memory, states=memory.states.double())
        return SearchState(memory, decoder.select(_padded(sentences)))

    @torch.inference_mode()
    def __call__(self, tokens: IntArray, layout: Layout, state: SearchState) -> StepResult:
        """Log probabilities (N, V) of what follows the last tokens (N,) of the live hypotheses."""
        memory, attention, count = state.memory, self.model.decoder.attention, len(tokens)

        place = torch.from_numpy(layout.place).to(self._device)

        def attend(queries: Tensor, covered: Tensor | None) -> tuple[Tensor, Tensor]:
            seen = None if covered is None else _spread(covered[:count], layout, place)  # (B, K, S)
            asked = _spread(queries[:count], layout, place)  # (B, K, A)
            result = attention.look(asked, memory.keys, memory.states, memory.mask, seen)
            contexts, weights = (each.flatten(0, 1).index_select(0, place) for each in result)  # (N, M), (N, S)
            if len(queries) == count:
                return contexts, weights
            padding = (0, 0, 0, len(queries) - count)
            return functional.pad(contexts, padding), functional.pad(weights, padding)

        embedded = self.model.embed_target(_padded(torch.from_numpy(tokens).to(self._device)))  # (N + padding, E)
        features, weights, decoder = self.model.decoder.step(embedded, state.decoder, attend, self._products)
        log_probs = torch.log_softmax(self._output(features)[:count].float(), dim=-1)  # (N, V)
        looked = weights[:count].float().numpy(force=True)  # (N, S)
        return StepResult(log_probs.numpy(force=True), looked, SearchState(memory, decoder))

    @torch.inference_mode()
    def token_log_probs(
        self, source: IntArray, lengths: IntArray, outputs: IntArray, output_lengths: IntArray
    ) -> FloatArray:
        """Log probability (B, T) of each token of outputs (B, T), END last, after those before it; 0 at padding."""
        mask = np.arange(outputs.shape[1]) < output_lengths[:, None]  # (B, T)
        arrays = (source, lengths, begun(outputs), outputs, mask)
        batch = PairBatch(*(torch.from_numpy(array).to(self._device) for array in arrays))
        result: FloatArray = self.model.token_log_probs(batch).numpy(force=True)
        return result


def _padded(indices: Tensor) -> Tensor:
    """Indices (N,) and zeros up to a number that comes often."""
    count = len(indices)
    padding = padded_rows(count) - count
    return functional.pad(indices, (0, padding)) if padding else indices


def _spread(flat: Tensor, layout: Layout, place: Tensor) -> Tensor:
    """(N, ...) as (B, K, ...), as :meth:`Layout.spread` does with arrays."""
    shape = (layout.num_sentences, layout.width, *flat.shape[1:])
    if layout.is_full:
        return flat.reshape(shape)
    grid = flat.new_zeros(layout.num_sentences * layout.width, *flat.shape[1:])  # (B * K, ...)
    return grid.index_copy_(0, place, flat).view(shape)
