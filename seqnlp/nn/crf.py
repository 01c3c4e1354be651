"""The linear-chain conditional random field (Lafferty, McCallum & Pereira 2001).

A CRF gives every tag sequence y of a sentence a score, the sum of what its tags and its transitions score:

    score(y) = start[y_1] + sum_t emissions[t, y_t] + sum_t transitions[y_t, y_t+1] + end[y_T]

and the probability ``exp(score(y)) / Z``, where Z sums ``exp(score)`` over all sequences. Z and all marginal
probabilities come from the forward-backward algorithm, the best sequence from Viterbi's: time O(T K^2) both.

Here are the parameters and the loss, as one node of autograd; the algorithms are in ``seqnlp/crf/``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
import torchcrf
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from seqnlp.arrays import FloatArray
from seqnlp.crf.chain import Array, boundary_transitions, forbidden_moves, refuse_undefined, score_chain
from seqnlp.crf.gradient import Evidence
from seqnlp.crf.inference import LinearChainCRF
from seqnlp.errors import SeqnlpError

Flags = Tensor | Sequence[bool]
REDUCTIONS = ("none", "sum", "mean", "token_mean")


class CRF(torchcrf.CRF):
    """A CRF with exact gradients and probabilities, batch-first; parameters and meaning are those of pytorch-crf.

    Forbidden starts, ends and transitions have probability 0 in the loss, in every probability and in decoding, and
    their parameters get no gradient. Masks are (B, T) bool, True = a real token, and may be anything: with holes, off
    at the first step, empty sentences (log Z = 0, the empty path). What stands at masked positions is never read.

    An emission of minus infinity forbids a tag at a token. One of plus infinity or not a number is an error that names
    its sentence, in every method; only the log likelihood of gold tags is not a number then, for a training loop to say
    at which step it happened, and on every process alike.

    Everything is computed on the CPU, probabilities in float64, wherever the emissions are and whatever autocast says;
    results have the emissions' device and at least float32.

    Args:
        num_tags: K.
        legal_start, legal_end: (K,) bool, which tags may begin and end a sentence; all may if left out.
        legal_transitions: (K, K) bool, ``[from][to]``; all may if left out.

    Raises:
        SeqnlpError: constraints of another shape, or that leave no tag to start or end with.
    """

    legal_start: Tensor
    legal_end: Tensor
    legal_transitions: Tensor

    def __init__(
        self,
        num_tags: int,
        legal_start: Flags | None = None,
        legal_end: Flags | None = None,
        legal_transitions: Tensor | Sequence[Sequence[bool]] | None = None,
    ) -> None:
        super().__init__(num_tags, batch_first=True)
        given = {"legal_start": legal_start, "legal_end": legal_end, "legal_transitions": legal_transitions}
        for name, flags in given.items():
            shape = (num_tags, num_tags) if name == "legal_transitions" else (num_tags,)
            self.register_buffer(name, _flags(name, flags, shape), persistent=False)
        legal = (part.numpy() for part in (self.legal_start, self.legal_end, self.legal_transitions))
        self._forbidden = forbidden_moves(*legal)  # (N, N)

    def forward(self, emissions: Tensor, tags: Tensor, mask: Tensor | None = None, reduction: str = "sum") -> Tensor:
        """Log likelihood of gold tags; differentiable once, in the emissions and the parameters.

        Args:
            emissions: (B, T, K) scores.
            tags: (B, T) tag indices; anything where masked.
            mask: (B, T); all True if left out.
            reduction: ``none`` (B,), ``sum``, ``mean`` over sentences, or ``token_mean`` over real tokens.

        Raises:
            SeqnlpError: gold tags that the constraints forbid, shapes that do not fit, an unknown reduction.
        """
        if reduction not in REDUCTIONS:
            raise SeqnlpError(f"expected a reduction of {', '.join(REDUCTIONS)}, found '{reduction}'")
        mask = self._checked_mask(emissions, mask, tags)
        log_likelihoods = self._log_likelihoods(emissions, tags, mask)  # (B,)
        if reduction == "none":
            return log_likelihoods
        if reduction == "mean":
            return log_likelihoods.mean()
        total = log_likelihoods.sum()
        return total if reduction == "sum" else total / mask.sum()

    def cross_entropy(self, emissions: Tensor, marginals: Tensor, moves: Tensor, mask: Tensor | None = None) -> Tensor:
        """Cross-entropy (B,) of another distribution q over tag sequences with this one; differentiable as above.

        The score of a sequence is a sum over its tags and transitions, so by linearity of the expectation

            -sum_y q(y) log p(y) = log Z - E_q[score(y)]
                = log Z - sum_t,k q(y_t = k) emissions[t, k] - sum_i,j E_q[number of moves i -> j] transitions[i, j]

        which is exact for every q, also for a mixture of CRFs, whose expectations are the mean of theirs; with one
        sequence for q it is the negative log likelihood. What is forbidden here must have no probability in q.

        Args:
            marginals: (B, T, K) probability of each tag at each token; anything where masked.
            moves: (B, N, N) expected numbers of moves; row K are starts, column K ends.
        """
        mask = self._checked_mask(emissions, mask)
        unused = ~mask.to(emissions.device)[..., None] | (marginals == 0)  # (B, T, K), perhaps -inf or not a number
        emitted = (emissions.masked_fill(unused, 0.0) * marginals.masked_fill(unused, 0.0)).sum(dim=(1, 2))  # (B,)
        starts, ends, inner = moves[:, -1, :-1], moves[:, :-1, -1], moves[:, :-1, :-1]  # (B, K), (B, K), (B, K, K)
        moved = (starts * self.start_transitions + ends * self.end_transitions).sum(dim=1)  # (B,), in full precision
        moved = moved + (inner * self.transitions).sum(dim=(1, 2))
        expected: Tensor = emitted + moved
        return -self._log_likelihoods(emissions, None, mask) - expected

    def log_partition(self, emissions: Tensor, mask: Tensor | None = None) -> Tensor:
        """log Z (B,), differentiable as the log likelihood is; 0 for an empty sentence, -inf where no tags fit."""
        mask = self._checked_mask(emissions, mask)
        refuse_undefined(score_chain(as_array(emissions), as_array(mask), self.inference.transitions))
        return -self._log_likelihoods(emissions, None, mask)

    def decode(self, emissions: Tensor, mask: Tensor | None = None) -> list[list[int]]:
        """The best tags of each sentence's real tokens, as lists; :meth:`viterbi` gives tensors and says more."""
        mask = self._checked_mask(emissions, mask)
        tags, _ = self.inference.viterbi(as_array(emissions), as_array(mask))  # (B, T)
        return [row[real].tolist() for row, real in zip(tags, as_array(mask), strict=True)]

    def viterbi(self, emissions: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The best tags (B, T), 0 where masked, and their scores (B,).

        Raises:
            SeqnlpError: constraints that allow a sentence of some length no tags at all.
        """
        mask = self._checked_mask(emissions, mask)
        tags, scores = self.inference.viterbi(as_array(emissions), as_array(mask))  # (B, T), (B,)
        return torch.from_numpy(tags).to(emissions.device), as_tensor(scores, emissions)

    def greedy(self, emissions: Tensor, mask: Tensor | None = None) -> Tensor:
        """The best legal tags (B, T) from left to right, 0 where masked; the parameters do not count.

        Raises:
            SeqnlpError: as :meth:`viterbi`.
        """
        mask = self._checked_mask(emissions, mask)
        tags = self.inference.greedy(as_array(emissions), as_array(mask))  # (B, T)
        return torch.from_numpy(tags).to(emissions.device)

    def nbest(self, emissions: Tensor, mask: Tensor | None, k: int, temperature: float = 1.0) -> tuple[Tensor, Tensor]:
        """The k most probable sequences (B, k, T), best first, 0 where masked, and their log probabilities (B, k).

        A sentence with fewer than k legal sequences has -inf, and tags 0, at the ranks that are missing.

        Raises:
            SeqnlpError: ``k`` is less than 1, or more than there is room for.
        """
        mask = self._checked_mask(emissions, mask)
        tags, logs = self.inference.nbest(as_array(emissions), as_array(mask), k, temperature)  # (B, k, T), (B, k)
        return torch.from_numpy(tags).to(emissions.device), as_tensor(logs, emissions)

    def marginals(self, emissions: Tensor, mask: Tensor | None = None, temperature: float = 1.0) -> Tensor:
        """Probability (B, T, K) of each tag at each token; 0 where masked."""
        mask = self._checked_mask(emissions, mask)
        return as_tensor(self.inference.marginals(as_array(emissions), as_array(mask), temperature), emissions)

    def span_log_probabilities(
        self,
        emissions: Tensor,
        mask: Tensor | None,
        sentence: Tensor,
        start: Tensor,
        end: Tensor,
        first_tag: Tensor,
        inner_tag: Tensor,
        last_tag: Tensor,
        forbidden_next: Tensor,
        temperature: float = 1.0,
    ) -> Tensor:
        """Log probabilities (n,) of spans: that tokens ``start`` to ``end`` have these tags, whatever the others have.

        All int64 (n,), one for each span:

        Args:
            sentence, start, end: its sentence in the batch and its positions, end exclusive.
            first_tag, inner_tag, last_tag: BIOES: B, I, E, and S first for a single token; IOB2: B, I, I. The inner tag
                is not used for fewer than three tokens, the last tag not for one.
            forbidden_next: a tag that must not follow, or -1. IOB2: I, as the entity would go on.
            temperature: all scores are divided by it.

        Returns:
            Exact but for probabilities below about 1e-100, which may be given as 0.

        Raises:
            SeqnlpError: a span without tokens or outside its sentence.
        """
        mask = self._checked_mask(emissions, mask)
        places = np.stack([as_array(part) for part in (sentence, start, end)])  # (3, n)
        tags = np.stack([as_array(part) for part in (first_tag, inner_tag, last_tag)])  # (3, n)
        arrays = as_array(emissions), as_array(mask), places, tags, as_array(forbidden_next)
        return as_tensor(self.inference.span_log_probabilities(*arrays, temperature), emissions)

    @property
    def inference(self) -> LinearChainCRF:
        """The CRF with the parameters of now, for arrays."""
        start, end = as_array(self.start_transitions), as_array(self.end_transitions)
        return LinearChainCRF(boundary_transitions(start, end, as_array(self.transitions), self._forbidden))

    def _log_likelihoods(self, emissions: Tensor, tags: Tensor | None, mask: Tensor) -> Tensor:
        parameters = (self.start_transitions, self.end_transitions, self.transitions)
        return _log_likelihood(emissions, *parameters, tags, mask, self._forbidden)  # (B,)

    def _checked_mask(self, emissions: Tensor, mask: Tensor | None, tags: Tensor | None = None) -> Tensor:
        if emissions.dim() != 3 or emissions.size(2) != self.num_tags:
            raise SeqnlpError(f"expected emissions (B, T, {self.num_tags}), found {tuple(emissions.shape)}")
        shape = emissions.shape[:2]
        for name, tensor in (("tags", tags), ("mask", mask)):
            if tensor is not None and tensor.shape != shape:
                raise SeqnlpError(f"expected {name} {tuple(shape)} as the emissions have, found {tuple(tensor.shape)}")
        return torch.ones(shape, dtype=torch.bool) if mask is None else mask.bool()


class _LogLikelihood(Function):
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
        scores = boundary_transitions(as_array(start), as_array(end), as_array(transitions), forbidden)  # (N, N)
        scored = score_chain(as_array(emissions), as_array(mask), scores)
        gold = None if tags is None else scored.gold_tags(as_array(tags))  # (R,)
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


_log_likelihood: Callable[..., Tensor] = _LogLikelihood.apply


def _flags(name: str, flags: Any, shape: tuple[int, ...]) -> Tensor:
    if flags is None:
        return torch.ones(shape, dtype=torch.bool, device="cpu")
    tensor = torch.as_tensor(flags, dtype=torch.bool, device="cpu").clone()  # whatever the weights are made on
    if tensor.shape != shape:
        raise SeqnlpError(f"expected {name} {shape}, found {tuple(tensor.shape)}")
    if not tensor.any():
        raise SeqnlpError(f"{name} forbids everything; expected at least one True")
    return tensor


def as_array(tensor: Tensor) -> Array:
    """The values of a tensor, without a copy if it is on the CPU and of a type that numpy has."""
    if tensor.dtype in (torch.bfloat16, torch.float16):
        tensor = tensor.float()
    return tensor.numpy(force=True)


def as_tensor(values: Array, like: Tensor) -> Tensor:
    """The values on the device of ``like``, in float64 if it is, else in float32."""
    dtype = np.float64 if like.dtype == torch.float64 else np.float32
    return torch.from_numpy(values.astype(dtype, copy=False)).to(like.device)
