"""Beam search as most Python toolkits write it: the yardstick of bench_translator.py, on the same weights.

The encoder's states are copied for every hypothesis, the keys are projected anew at every step, prefixes are copied,
finished hypotheses keep their slots and finished sentences stay in the batch until the last one is done.
"""

from __future__ import annotations

import torch
from torch import Tensor

from seqnlp.models.decoder import DecoderState, Memory
from seqnlp.models.translator import RecurrentTranslator
from seqnlp.text.subwords import BEGIN, END, PAD, UNKNOWN


@torch.inference_mode()
def reference_beam(
    model: RecurrentTranslator, source: Tensor, lengths: Tensor, beam: int, longest: Tensor
) -> list[list[int]]:
    """The best translation of each sentence by mean log probability.

    Args:
        source: (B, S) with END last; ``lengths``: (B,); ``longest``: (B,) most steps of each.
    """
    batch, num_subwords = len(source), len(model.output_bias)
    memory, state = model.encode(source, lengths)
    tiled = torch.arange(batch).repeat_interleave(beam)  # (B * K,)
    memory, state = Memory(memory.states[tiled], memory.keys[tiled], memory.mask[tiled]), state.select(tiled)
    prefixes = torch.full((batch * beam, 1), BEGIN)  # (B * K, T)
    scores = torch.full((batch, beam), -torch.inf)  # (B, K)
    scores[:, 0] = 0
    finished: list[list[tuple[float, list[int]]]] = [[] for _ in range(batch)]
    for step in range(int(longest.max())):
        memory = Memory(memory.states, model.decoder.attention.keys(memory.states), memory.mask)
        attend = model.decoder.attend_to(memory)
        features, _, state = model.decoder.step(model.embed_target(prefixes[:, -1]), state, attend)
        log_probs = torch.log_softmax(model.logits(features), dim=-1)  # (B * K, V)
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
        if all(len(found) >= beam for found in finished):
            break
        chosen = rows.flatten()  # (B * K,)
        prefixes = torch.cat([prefixes[chosen], following.view(-1, 1)], dim=1)  # (B * K, T + 1)
        state = DecoderState(
            tuple(one[chosen] for one in state.hidden),
            tuple(one[chosen] for one in state.cells),
            state.context[chosen],
            None if state.covered is None else state.covered[chosen],
        )
        memory = Memory(memory.states[chosen], memory.keys[chosen], memory.mask[chosen])
    return [max(found)[1] if found else [] for found in finished]
