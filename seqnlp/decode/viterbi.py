"""The best tag sequence of a chain, and its K best (Viterbi 1967; K best: Seshadri & Sundberg 1994)."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqnlp.errors import SeqnlpError
from seqnlp.nn.crf_chain import Chain, FloatArray, IntArray, ScoredChain

RESCALE_EVERY = 8

MOST_PATHS = 1000
"""The most that are found of a sentence."""

MOST_POINTERS = 2**28
"""Of 4 bytes each, that are kept to find the k best: one for each token, tag and rank."""


def best_paths(scored: ScoredChain) -> tuple[IntArray, FloatArray]:
    """The best tags (R,) of the real tokens and the scores (B,) of the sentences; of equals the lower tag.

    The way forward keeps scores only. The way back finds again, for the one tag chosen, where its score came from: that
    is one row of N candidates a sentence, where keeping pointers would mean an argmax over N x N at every step.

    Raises:
        SeqnlpError: the constraints allow a sentence no tags at all.
    """
    chain, dtype = scored.chain, scored.tokens.dtype
    into = scored.transitions.T.astype(dtype)  # (N, N) [to][from]
    with torch.inference_mode(), np.errstate(invalid="ignore"):
        emissions = torch.from_numpy(chain.spread(scored.emission_table(dtype)))  # (S, B, N)
        scores = _prefix_scores(emissions, torch.from_numpy(into.T)).numpy()  # (S, B, N)
        path = np.full(scores.shape[:2], scored.num_tags)  # (S, B), the boundary at both ends
        for step in range(chain.num_steps - 1, 1, -1):
            candidates = into.take(path[step], axis=0)  # (B, N)
            candidates += scores[step - 1]
            candidates.argmax(axis=1, out=path[step - 1])
    tags: IntArray = path.ravel().take(chain.rows)  # (R,)
    return tags, refuse_impossible(chain, scored.path_scores(tags, scored.moves(tags)))


def _prefix_scores(emissions: Tensor, transitions: Tensor) -> Tensor:
    """Score (S, B, N) of the best beginning that reaches each tag at each step, less a number that all tags share."""
    size, num_tags = emissions.shape[1:]
    # The tag before comes first and the sentence last, so that the maximum runs along long vectors.
    wide = transitions[:, :, None].expand(num_tags, num_tags, size).contiguous()  # (N, N, B)
    candidates, message = torch.empty_like(wide), torch.empty_like(wide[0])  # (N, N, B), (N, B)
    columns = emissions.transpose(1, 2).contiguous()  # (S, N, B)
    befores, scores = columns[:, :, None].unbind(0), columns.unbind(0)  # S times (N, 1, B), (N, B)
    for step in range(1, len(scores)):
        torch.add(wide, befores[step - 1], out=candidates)
        torch.amax(candidates, 0, out=message)
        scores[step].add_(message)
        if step % RESCALE_EVERY == 0:  # small numbers keep their digits
            scores[step].sub_(scores[step].amax(dim=0))
    return columns.transpose(1, 2).contiguous()


def k_best_paths(scored: ScoredChain, k: int) -> tuple[IntArray, FloatArray]:
    """The tags (R, k) of the k best paths of each sentence, best first, and their scores (B, k).

    Ranks that a sentence does not have score -inf and have tags 0.

    Raises:
        SeqnlpError: ``k`` is less than 1, more than :data:`MOST_PATHS` or more than there is room for in a batch of so
            many tokens, or a sentence has no legal tags.
    """
    refuse_count(k)
    chain = scored.chain
    most = MOST_POINTERS // max(1, chain.num_steps * chain.size * (scored.num_tags + 1))
    if k > most:
        raise SeqnlpError(
            f"expected k of at most {most:,} for the k best paths of {chain.size * (chain.num_steps - 2):,} tokens, "
            f"found {k:,}; memory grows with both: ask for fewer, or cut the text"
        )
    pointers, scores = _k_best_forward(scored, k)  # (S, B, N * k), (B, k)
    places = np.empty((chain.num_steps, chain.size, k), dtype=np.int64)  # (S, B, k), each tag * k + rank
    places[-1] = scored.num_tags * k + np.arange(k)
    for step in range(chain.num_steps - 1, 0, -1):
        places[step - 1] = np.take_along_axis(pointers[step], places[step], axis=1)
    tags = places.reshape(-1, k)[chain.rows] // k  # (R, k)
    refuse_impossible(chain, scores[:, 0])
    return np.where(np.isneginf(scores[chain.sentences]), 0, tags), scores


def refuse_count(k: int) -> None:
    """Stop where nobody can want so many paths.

    Raises:
        SeqnlpError: ``k`` is less than 1 or more than :data:`MOST_PATHS`.
    """
    if k < 1:
        raise SeqnlpError(f"expected k of at least 1 for the k best paths, found {k}")
    if k > MOST_PATHS:
        raise SeqnlpError(
            f"expected k of at most {MOST_PATHS:,} for the k best paths, found {k:,}; memory grows with it"
        )


def _k_best_forward(scored: ScoredChain, k: int) -> tuple[NDArray[np.int32], FloatArray]:
    """Where each of the k best beginnings at each tag came from (S, B, N * k), and the scores (B, k) of whole paths."""
    into = torch.from_numpy(scored.transitions.T.copy())  # (N, N) [to][from]
    emissions = torch.from_numpy(scored.chain.spread(scored.emission_table()))  # (S, B, N)
    size, num_tags = emissions.shape[1:]
    scores = torch.full((size, num_tags, k), -torch.inf, dtype=torch.float64)  # (B, N, k)
    scores[:, -1, 0] = 0.0
    pointers = np.zeros((len(emissions), size, num_tags * k), dtype=np.int32)
    for step in range(1, len(emissions)):
        # The k best come from at most k tags: those whose own best would be among the k best.
        before = (scores[:, None, :, 0] + into).topk(min(k, num_tags), dim=2).indices  # (B, N, M)
        behind = scores.gather(1, before.flatten(1)[..., None].expand(-1, -1, k))  # (B, N * M, k)
        moves = into.expand(size, -1, -1).gather(2, before)  # (B, N, M)
        candidates = (behind.view(*before.shape, k) + moves[..., None]).flatten(2)  # (B, N, M * k)
        best, chosen = candidates.topk(k, dim=2)  # (B, N, k)
        pointers[step] = (before.gather(2, chosen // k) * k + chosen % k).flatten(1).numpy()
        scores = best + emissions[step][..., None]
    return pointers, scores[:, -1].numpy()


def refuse_impossible(chain: Chain, scores: FloatArray) -> FloatArray:
    """The scores (B,) themselves.

    Raises:
        SeqnlpError: one is minus infinity: the sentence has no tag sequence at all.
    """
    if scores.min(initial=0.0) == -np.inf:
        sentence = int(scores.argmin())
        raise SeqnlpError(
            f"no legal tag sequence exists for sentence {sentence} of the batch, of {chain.lengths[sentence]} tokens; "
            "check the constraints, and that no token has minus infinity for every tag it may have"
        )
    return scores
