"""Beam search as most Python toolkits write it: the yardstick of bench_translator.py, on the same weights.

The encoder's states are copied for every hypothesis, the keys are projected anew at every step, prefixes are copied,
finished hypotheses keep their slots and finished sentences stay in the batch until the last one is done. The decoder's
step is the formulas in torch's own functions; only the encoder is shared with what it is compared to.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from seqnlp.models.translator import RecurrentTranslator
from seqnlp.text.subwords import BEGIN, END, PAD, UNKNOWN


@torch.inference_mode()
def reference_beam(
    model: RecurrentTranslator, source: Tensor, lengths: Tensor, beam: int, longest: Tensor
) -> list[list[int]]:
    """The best translation of each sentence by mean log probability.

    Args:
        model: with the recipes' usual decoder (see :func:`plain_step`).
        source: (B, S) with END last; ``lengths``: (B,); ``longest``: (B,) most steps of each.
    """
    batch, num_subwords = len(source), len(model.output_bias)
    memory, start = model.encode(source, lengths)
    tiled = torch.arange(batch).repeat_interleave(beam)  # (B * K,)
    states, mask = memory.states[tiled], memory.mask[tiled]  # (B * K, S, M), (B * K, S)
    state = (start.hidden[0][tiled], start.cells[0][tiled], start.context[tiled])  # (B * K, H), the same, (B * K, M)
    prefixes = torch.full((batch * beam, 1), BEGIN)  # (B * K, T)
    scores = torch.full((batch, beam), -torch.inf)  # (B, K)
    scores[:, 0] = 0
    finished: list[list[tuple[float, list[int]]]] = [[] for _ in range(batch)]
    for step in range(int(longest.max())):
        features, state = plain_step(model, model.embed_target(prefixes[:, -1]), states, mask, state)
        logits = functional.linear(features, model.output_table, model.output_bias)  # (B * K, V)
        log_probs = torch.log_softmax(logits.float(), dim=-1)  # (B * K, V)
        log_probs[:, [PAD, UNKNOWN, BEGIN]] = -torch.inf
        total = scores.view(-1, 1) + log_probs  # (B * K, V)
        best, places = total.view(batch, -1).topk(2 * beam)  # (B, 2K)
        origins, tokens = places // num_subwords, places % num_subwords  # (B, 2K)
        rows = torch.zeros(batch, beam, dtype=torch.int64)  # (B, K)
        following = torch.full((batch, beam), PAD)  # (B, K)
        scores = torch.full((batch, beam), -torch.inf)  # (B, K)
        for sentence in range(batch):
            slot = 0
            for score, origin, token in zip(
                best[sentence].tolist(), origins[sentence].tolist(), tokens[sentence].tolist(), strict=True
            ):
                row = sentence * beam + origin
                if token == END or step + 1 >= int(longest[sentence]):
                    ids = prefixes[row, 1:].tolist() + ([] if token == END else [token])
                    if len(finished[sentence]) < beam and score > -torch.inf:
                        finished[sentence].append((score / (step + 1), ids))
                elif slot < beam:
                    rows[sentence, slot], following[sentence, slot], scores[sentence, slot] = row, token, score
                    slot += 1
        if all(len(actual) >= beam for actual in finished):
            break
        chosen = rows.flatten()  # (B * K,)
        prefixes = torch.cat([prefixes[chosen], following.view(-1, 1)], dim=1)  # (B * K, T + 1)
        state = (state[0][chosen], state[1][chosen], state[2][chosen])
        states, mask = states[chosen], mask[chosen]
    return [max(actual)[1] if actual else [] for actual in finished]


def plain_step(
    model: RecurrentTranslator, embedded: Tensor, states: Tensor, mask: Tensor, state: tuple[Tensor, Tensor, Tensor]
) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor]]:
    """One step of an LSTM of one layer with input feeding and additive attention.

    Args:
        embedded: (N, E); ``states``: (N, S, M); ``mask``: (N, S) bool.
        state: hidden state and cell (N, H), context (N, M).

    Returns:
        The output features (N, E) and the next state.
    """
    decoder, attention = model.decoder, model.decoder.attention
    hidden, cell, context = state
    hidden, cell = torch.lstm_cell(
        torch.cat([embedded, context], dim=-1), (hidden, cell), *decoder.layers[0].parameters()
    )
    mixed = torch.tanh(attention.query(hidden)[:, None, :] + attention.key(states))  # (N, S, A)
    weights = (mixed @ attention.energy).masked_fill(~mask, -torch.inf).softmax(dim=-1)  # (N, S)
    context = torch.bmm(weights[:, None, :], states)[:, 0]  # (N, M)
    return torch.tanh(decoder.combine(torch.cat([hidden, context, embedded], dim=-1))), (hidden, cell, context)
