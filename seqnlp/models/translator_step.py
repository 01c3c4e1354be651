"""The translator as the step function that searches know (see decode/steps.py)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from seqnlp.decode.steps import Layout, StepResult
from seqnlp.models.decoder import DecoderState, Memory
from seqnlp.models.translator import RecurrentTranslator


@dataclass(frozen=True)
class SearchState:
    """The memory of each of B sentences and the state of each of N hypotheses; the memory is not copied for them."""

    memory: Memory
    decoder: DecoderState

    def select(self, parents: Tensor, sentences: Tensor | None) -> SearchState:
        """The states that go on: hypotheses ``parents`` (N',), of the sentences (B',) that stay (None: all)."""
        memory = self.memory if sentences is None else self.memory.select(sentences)
        return SearchState(memory, self.decoder.select(parents))


class TranslatorStep:
    """``step(tokens, layout, state)`` for one model."""

    def __init__(self, model: RecurrentTranslator) -> None:
        self.model = model

    def start(self, source: Tensor, lengths: Tensor) -> SearchState:
        """The state before the first step, one hypothesis a sentence, from sources (B, S) with END last."""
        return SearchState(*self.model.encode(source, lengths))

    def __call__(self, tokens: Tensor, layout: Layout, state: SearchState) -> StepResult:
        """Log probabilities (N, V) of what follows the last tokens (N,) of the live hypotheses."""
        memory, model = state.memory, self.model

        def attend(queries: Tensor, covered: Tensor | None) -> tuple[Tensor, Tensor]:
            seen = None if covered is None else layout.spread(covered)  # (B, K, S)
            grid = layout.spread(queries)  # (B, K, H)
            contexts, weights = model.decoder.attention(grid, memory.keys, memory.states, memory.mask, seen)
            return layout.gather(contexts), layout.gather(weights)

        features, weights, decoder = model.decoder.step(model.embed_target(tokens), state.decoder, attend)
        log_probs = torch.log_softmax(model.logits(features).float(), dim=-1)  # (N, V)
        return StepResult(log_probs, weights, SearchState(memory, decoder))
