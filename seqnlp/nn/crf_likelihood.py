"""The log likelihood of gold tags as one autograd node, its gradient in closed form.

Lafferty, McCallum & Pereira (2001), "Conditional random fields": the gradient of the log likelihood is what was
observed less what the model expects. So no step of the recursions is recorded, and none is run backwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from seqnlp.errors import SeqnlpError
from seqnlp.nn.crf_chain import (
    FloatArray,
    IntArray,
    ScoredChain,
    as_array,
    as_tensor,
    boundary_transitions,
    score_chain,
)
from seqnlp.nn.crf_lattice import build_lattice


class Evidence:
    """Gold tags (R,) of a batch beside all its paths; without gold tags nothing was observed.

    Raises:
        SeqnlpError: gold tags that are illegal.
    """

    def __init__(self, scored: ScoredChain, gold: IntArray | None) -> None:
        self.chain = scored.chain
        self.gold = gold
        self.lattice = build_lattice(scored)
        self.log_likelihoods = -self.lattice.log_partition  # (B,)
        if gold is not None:
            self.moves = scored.moves(gold)  # (S - 1, B)
            self.log_likelihoods += _refuse_illegal(scored.path_scores(gold, self.moves))

    def emission_gradient(self) -> FloatArray:
        """Expected minus observed tags (B * T, N) at each padded position; 0 where masked."""
        difference = self.lattice.marginals.take(self.chain.row_of, axis=0)  # (B * T, N)
        if self.gold is not None:
            difference.ravel()[self.chain.positions * difference.shape[1] + self.gold] -= 1.0
        return difference

    def transition_gradient(self, weights: FloatArray) -> FloatArray:
        """Expected minus observed transitions (N, N), sentences weighted by (B,)."""
        difference = self.lattice.transition_counts(weights)  # (N, N)
        if self.gold is not None:
            counted = (np.ones(self.moves.shape) * weights).ravel()  # ((S - 1) * B,)
            difference -= np.bincount(self.moves.ravel(), counted, difference.size).reshape(difference.shape)
        return difference


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
        """Emissions (B, T, K), the three parameters, tags and mask (B, T), forbidden transitions (N, N)."""
        scored = score_chain(emissions, mask, boundary_transitions(start, end, transitions, forbidden))
        gold = None if tags is None else scored.gold_tags(tags)  # (R,)
        ctx.evidence = Evidence(scored, gold)
        ctx.shape, ctx.dtypes = emissions.shape, (emissions.dtype, transitions.dtype)
        return as_tensor(ctx.evidence.log_likelihoods, emissions)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        """Observed minus expected, each sentence's times its gradient (B,)."""
        device, (emission_dtype, parameter_dtype) = gradient.device, ctx.dtypes
        difference = torch.from_numpy(ctx.evidence.emission_gradient())[:, :-1]  # (B * T, K)
        emissions = difference.to(device, emission_dtype).view(ctx.shape).mul_(-gradient[:, None, None])  # (B, T, K)
        moves = -ctx.evidence.transition_gradient(as_array(gradient).astype(np.float64))  # (N, N)
        parts = (moves[-1, :-1], moves[:-1, -1], moves[:-1, :-1])
        start, end, transitions = (torch.from_numpy(part.copy()).to(device, parameter_dtype) for part in parts)
        return emissions, start, end, transitions, None, None, None


log_likelihood: Callable[..., Tensor] = LogLikelihood.apply


def _refuse_illegal(scores: FloatArray) -> FloatArray:
    if scores.min(initial=0.0) == -np.inf:
        raise SeqnlpError(
            f"gold tags break the tag scheme in sentence {int(scores.argmin())} of the batch (counted from 0); "
            "a CRF with constraints can only be trained on legal tags: check or repair the data"
        )
    return scores
