"""The log likelihood of gold tags as one autograd node, its gradient in closed form.

Lafferty, McCallum & Pereira (2001), "Conditional random fields", section 4: the gradient of the log likelihood is what
was observed minus what the model expects; so no operation of the recursions is recorded or run backwards.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from seqnlp.errors import SeqnlpError
from seqnlp.nn.crf_chain import FloatArray, IntArray, ScoredChain, as_array, boundary_transitions, score_chain
from seqnlp.nn.crf_lattice import Lattice, build_lattice


class LogLikelihood(Function):
    """Log likelihoods (B,) of tags (B, T); without tags, the negative log partition."""

    @staticmethod
    def forward(
        ctx: Any,
        emissions: Tensor,
        start: Tensor,
        end: Tensor,
        transitions: Tensor,
        tags: Tensor | None,
        mask: Tensor,
        forbidden: FloatArray,
    ) -> Tensor:
        """Raises :class:`SeqnlpError` if gold tags are illegal."""
        scored = score_chain(emissions, mask, boundary_transitions(start, end, transitions, forbidden))
        lattice = build_lattice(scored)
        gold = None if tags is None else as_array(tags).ravel().take(scored.chain.positions)  # (R,)
        value = -lattice.log_partition if gold is None else _gold_scores(scored, gold) - lattice.log_partition  # (B,)
        ctx.problem = scored, lattice, gold
        ctx.shape, ctx.dtype, ctx.device = emissions.shape, emissions.dtype, emissions.device
        ctx.parameter_dtype = transitions.dtype
        return torch.from_numpy(value).to(emissions.device, result_type(emissions))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        """Observed minus expected, each sentence's times its gradient (B,)."""
        scored, lattice, gold = ctx.problem
        scale = as_array(gradient).astype(np.float64)  # (B,)
        emissions = torch.from_numpy(_emission_gradient(scored, lattice.marginals, gold, scale, ctx.shape))  # (B, T, K)
        moves = torch.from_numpy(_transition_gradient(scored, lattice, gold, scale))  # (N, N)
        moves = moves.to(ctx.device, ctx.parameter_dtype)
        start, end, transitions = moves[-1, :-1].clone(), moves[:-1, -1].clone(), moves[:-1, :-1].clone()
        return emissions.to(ctx.device, ctx.dtype), start, end, transitions, None, None, None


def _gold_scores(scored: ScoredChain, gold: IntArray) -> FloatArray:
    scores = scored.path_scores(gold)  # (B,)
    illegal = np.isneginf(scores)
    if illegal.any():
        raise SeqnlpError(
            f"gold tags break the tag scheme in sentence {int(illegal.argmax())} of the batch (counted from 0); "
            "a CRF with constraints can only be trained on legal tags: check or repair the data"
        )
    return scores


def result_type(emissions: Tensor) -> torch.dtype:
    """Float64 for float64 emissions, else float32."""
    return torch.float64 if emissions.dtype == torch.float64 else torch.float32


def _emission_gradient(
    scored: ScoredChain, marginals: FloatArray, gold: IntArray | None, scale: FloatArray, shape: torch.Size
) -> FloatArray:
    """Observed minus expected tags of each position (B, T, K), sentences scaled by (B,); 0 where masked."""
    difference = marginals.take(scored.chain.row_of, axis=0)  # (B * T, N)
    if gold is not None:
        difference.ravel()[scored.chain.positions * difference.shape[1] + gold] -= 1.0
    result = np.empty(shape, scored.tokens.dtype)  # (B, T, K)
    return np.multiply(difference.reshape(*shape[:2], -1)[..., :-1], -scale[:, None, None], result)


def _transition_gradient(scored: ScoredChain, lattice: Lattice, gold: IntArray | None, scale: FloatArray) -> FloatArray:
    """Observed minus expected transitions (N, N) of the batch, sentences scaled by (B,)."""
    difference = -lattice.transition_counts(scale)  # (N, N)
    if gold is not None:
        weights = np.broadcast_to(scale, (scored.chain.num_steps - 1, len(scale))).ravel()  # ((S - 1) * B,)
        difference += np.bincount(scored.moves(gold), weights, difference.size).reshape(difference.shape)
    return difference
