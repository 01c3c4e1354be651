"""Greedy translation of many texts: what scores the dev split during training."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from seqnlp.config.translation import DecodingConfig
from seqnlp.data.batches import plan_in_order
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.data.pair_batches import with_end
from seqnlp.models.translator import RecurrentTranslator
from seqnlp.tasks.translation.saved import Vocabularies
from seqnlp.text.subwords import BEGIN, END, PAD, UNKNOWN

BATCH_SENTENCES, BATCH_PIECES = 128, 4096


def greedy_translations(
    model: RecurrentTranslator,
    vocabularies: Vocabularies,
    texts: Sequence[str],
    decoding: DecodingConfig,
    device: torch.device,
) -> list[str]:
    """The translation of each text that takes the most probable subword at every step."""
    encoded = FlatSequences.of(vocabularies.source.encode(texts))
    answers = [""] * len(texts)
    for rows in plan_in_order(encoded.lengths + 1, BATCH_SENTENCES, BATCH_PIECES):
        source, lengths = with_end(encoded, rows)
        longest = decoding.max_ratio * torch.from_numpy(encoded.lengths[rows]) + decoding.max_extra  # (B,)
        outputs = greedy(model, source.to(device), lengths.to(device), longest.to(device).long().clamp(min=1))
        for row, output in zip(rows.tolist(), outputs, strict=True):
            answers[row] = vocabularies.target.decode(output)
    return answers


@torch.inference_mode()
def greedy(
    model: RecurrentTranslator, source: torch.Tensor, lengths: torch.Tensor, longest: torch.Tensor
) -> list[list[int]]:
    """The most probable subword at every step, until END or ``longest`` (B,); finished sentences leave the batch.

    Args:
        source: (B, S) ids with END last; ``lengths``: (B,).

    Returns:
        The ids of each sentence, without END.
    """
    memory, state = model.encode(source, lengths)
    rows = torch.arange(len(source), device=source.device)  # (N,) sentences still under way
    tokens = torch.full_like(rows, BEGIN)  # (N,)
    outputs: list[list[int]] = [[] for _ in range(len(source))]
    products, step = model.decoder.products(), 0
    while len(rows):
        attend = model.decoder.attend_to(memory)
        features, _, state = model.decoder.step(model.embed_target(tokens), state, attend, products)
        logits = model.logits(features)  # (N, V)
        logits[:, [PAD, UNKNOWN, BEGIN]] = -torch.inf
        tokens = logits.argmax(dim=-1)  # (N,)
        step += 1
        for row, token in zip(rows.tolist(), tokens.tolist(), strict=True):
            if token != END:
                outputs[row].append(token)
        goes_on = ((tokens != END) & (step < longest)).nonzero()[:, 0]  # (N',)
        if len(goes_on) < len(rows):
            rows, tokens, longest = rows[goes_on], tokens[goes_on], longest[goes_on]
            memory, state = memory.select(goes_on), state.select(goes_on)
    return outputs
